"""Of which class is a matched function? The first rule that applies proposes it.

A filter speaks for the accused, who could bend it: a folder called `vendor`, a line that says
"generated", a method marked as an override. So each rule asks the source's side or a third for it;
what the subject alone says is told and filters nothing.
"""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Final, TypeAlias, final

from filiation.model.filtration import FragmentClass
from filiation.model.source import FileFacts, Fragment, SourceTree

__all__ = ["EXPLAINS", "IDIOM", "Classed", "Side", "classed", "side_of"]

EXPLAINS: Final = 0.9  # of the likeness of a pair from which a third tree explains it as well
IDIOM: Final = 2  # unrelated projects from which a function is an idiom
SHORT: Final = 8  # lines of a body that an interface may dictate
MAIN: Final = 0.5  # of the files that name a holder, from which the holder is that of the tree

Classed: TypeAlias = tuple[FragmentClass, str]


@final
@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Side:
    """What a tree says of its files.

    Attributes:
        aside: Why a file was set aside.
        facts: Licence and holders of a file.
        main: Holders that at least half of the files name that name any.
    """

    aside: Mapping[str, str]
    facts: Mapping[str, FileFacts]
    main: frozenset[str]

    def why(self, one: Fragment, word: str) -> bool:
        """Whether the file of a function was set aside for this."""
        return self.aside.get(one.file, "").startswith(word)

    def holders(self, one: Fragment) -> frozenset[str]:
        """Who holds the rights in its file, as it says, in small letters."""
        facts = self.facts.get(one.file)
        return frozenset(map(str.lower, facts.holders)) if facts else frozenset()

    def licence(self, one: Fragment) -> str:
        """The licence that its file names; empty if none."""
        facts = self.facts.get(one.file)
        return facts.licence if facts else ""


def side_of(tree: SourceTree) -> Side:
    """What a tree says of its files."""
    named = [
        frozenset(map(str.lower, facts.holders))
        for file, facts in tree.facts.items()
        if facts.holders and file in tree.files
    ]
    often: Counter[str] = Counter(name for names in named for name in names)
    main = frozenset(name for name, many in often.items() if many >= MAIN * len(named))
    return Side(aside=dict(tree.aside), facts=tree.facts, main=main)


def classed(
    one: Fragment,
    two: Fragment,
    sides: tuple[Side, Side],
    *,
    likeness: float,
    base: tuple[str, float],
    controls: Iterable[float],
    rare: int,
) -> Classed:
    """The class of a pair, and why.

    Args:
        one: The source's function.
        two: The subject's.
        sides: What source and subject say of their files.
        likeness: Of the two.
        base: The base code that holds a function most like the source's, and how like.
        controls: How like the most alike function of each control is to the source's.
        rare: Shared features that the background hardly has.
    """
    bar = EXPLAINS * likeness
    holding = sum(value >= bar for value in controls)
    holders = _by_holders(one, two, sides)
    rules: tuple[Classed | None, ...] = (
        _generated(one, two, sides),
        _vendored(one, two, sides),
        holders if holders and holders[0] == "third-party" else None,
        ("base-code", f"stands in {base[0]}, exhibited as code that both were given")
        if base[1] >= bar
        else None,
        _interface(one),
        ("idiom", f"stands in {holding} controls as nearly as in the subject")
        if holding >= IDIOM
        else None,
        ("third-party", "one control has it as nearly as the subject: a third may have it first")
        if holding
        else None,
        ("idiom", "each shared feature stands in one of a thousand functions of the background")
        if not rare
        else None,
        holders if holders and holders[0] == "common-author" else None,
    )
    found = next((rule for rule in rules if rule is not None), None)
    return found or ("remaining", _left(one, two, sides, holders))


def _generated(one: Fragment, two: Fragment, sides: tuple[Side, Side]) -> Classed | None:
    if not sides[0].why(one, "generated"):
        return None
    both = "both files say" if sides[1].why(two, "generated") else "the source's file says"
    return "generated", f"{both} that a program wrote it"


def _vendored(one: Fragment, two: Fragment, sides: tuple[Side, Side]) -> Classed | None:
    if not sides[0].why(one, "vendored"):
        return None
    facts = sides[0].facts.get(one.file)
    digest = f", sha256 {facts.digest[:12]}.." if facts and facts.digest else ""
    licence = f", {facts.licence}" if facts and facts.licence else ", no licence named"
    where = "both trees keep it" if sides[1].why(two, "vendored") else "the source keeps it"
    return "third-party", f"{where} among other people's code{licence}{digest}"


def _interface(one: Fragment) -> Classed | None:
    if "table" in one.marks:
        return (
            "interface",
            "seven in ten tokens of the source's function are constants, as in a table of a format",
        )
    if "abstract" in one.marks:
        return "interface", "the source declares it and leaves the body to others"
    if one.last - one.first + 1 > SHORT:
        return None
    if "override" in one.marks:
        return "interface", f"the source marks it as an override, of {SHORT} lines at most"
    if "protocol" in one.marks:
        return "interface", f"a name that the language prescribes, of {SHORT} lines at most"
    return None


def _by_holders(one: Fragment, two: Fragment, sides: tuple[Side, Side]) -> Classed | None:
    """What follows from a holder that both files name."""
    both = sides[0].holders(one) & sides[1].holders(two)
    licence = sides[0].licence(one) or "no licence named"
    ours = bool(sides[0].holders(one) & sides[0].main)  # with others' names beside the owner's
    for name in sorted(both):
        if not ours and name not in sides[1].main:
            why = f"both files name {name}, {licence}, who is the holder of neither tree"
            return "third-party", why
        if name in sides[0].main and name in sides[1].main:
            why = f"both trees name {name}: by one author, or taken over with its notice"
            return "common-author", why
    return None


def _left(one: Fragment, two: Fragment, sides: tuple[Side, Side], holders: Classed | None) -> str:
    """Why nothing filters it, and what the subject's side alone says."""
    told = []
    if sides[1].why(two, "generated"):
        told.append("the subject's file alone says that a program wrote it")
    if sides[1].why(two, "vendored"):
        told.append("the subject alone keeps it among other people's code")
    both = sides[0].holders(one) & sides[1].holders(two)
    for name in sorted(both & (sides[0].main ^ sides[1].main)):
        owner, other = ("source", "subject") if name in sides[0].main else ("subject", "source")
        told.append(f"the {other}'s file names {name}, the holder of the {owner}")
    return "; ".join(["no filter applies", *told])

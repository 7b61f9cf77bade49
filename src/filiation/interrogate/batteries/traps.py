"""Questions about people, books, laws, places and papers that do not exist.

Map-makers draw a street that is not there: whoever has it too has copied. Whatever a model answers
is invented; independent models invent differently, and a copy invents alike. There is no key.

Names are built from syllables (`traps.toml`) and refused if they equal, contain or differ by one
letter from a name in `real_names.txt`. The limit: that list is short, so an invented name may be
borne by someone obscure. A single such item is an ordinary question, and weighs little.
"""

from functools import cache
from string import Formatter
from typing import Final

from filiation.interrogate.batteries.draws import Draws
from filiation.interrogate.batteries.questions import Prompt, data, drawn, word_list
from filiation.model.recording import Item

__all__ = ["NAME", "generate", "near_a_real_name"]

NAME: Final = "traps"
_NORMALISERS: Final = {"number": "number/1", "text": "text/1"}
_CONTAINED: Final = 5  # letters from which a real name inside an invented one counts


def generate(seed: int, items: int) -> tuple[Item, ...]:
    """Draw questions; the kinds of question take turns."""
    return drawn(NAME, seed, items, _prompt)


def near_a_real_name(name: str) -> bool:
    """Does any word of `name`, or all of it, equal, contain or nearly equal a listed real name?"""
    return any(_near(word) for word in {name.casefold(), *name.casefold().split()})


def _prompt(draws: Draws, place: int) -> Prompt | None:
    kinds = data("traps.toml")["question"]
    kind = kinds[place % len(kinds)]
    template = draws.pick(kind["prompt"])
    slots = {name for _, name, _, _ in Formatter().parse(template) if name}
    words = {name: _word(draws, name) for name in sorted(slots)}
    invented = [words[name] for name in sorted(slots & _INVENTED)]
    if any(near_a_real_name(name) for name in invented) or words.get("surname") == words.get(
        "other", ""
    ):
        return None
    return Prompt(
        prompt=template.format(**words),
        category=kind["category"],
        normaliser=_NORMALISERS[kind["asks"]],
    )


_INVENTED: Final = frozenset({"person", "surname", "other", "place", "town", "title"})


def _word(draws: Draws, slot: str) -> str:
    """What stands in a slot; a person has a given name that is real and a surname that is not."""
    words = data("traps.toml")["words"]
    if slot in ("surname", "other"):
        return _name(draws, "surname_ends")
    if slot in ("place", "town"):
        return _name(draws, "place_ends")
    if slot == "person":
        return f"{draws.pick(data('traps.toml')['names']['given'])} {_name(draws, 'surname_ends')}"
    if slot == "title":
        first = f"The {draws.pick(words['adjective'])} {draws.pick(words['noun'])}"
        return f"{first} of {_name(draws, 'place_ends')}"
    if slot == "paper":
        return f"{draws.pick(words['phenomenon'])} in {draws.pick(words['setting'])}"
    if slot == "year":
        return str(draws.between(1700, 1990))
    if slot == "recent":
        return str(draws.between(1961, 2014))
    return str(draws.pick(words[slot]))


def _name(draws: Draws, ends: str) -> str:
    """A start, one or two middles that alternate vowel and consonant well enough, and an end."""
    names = data("traps.toml")["names"]
    middle = draws.pick(names["middles"])
    if draws.below(3) == 0:
        middle += draws.pick(names["middles"])
    return str(draws.pick(names["starts"]) + middle + draws.pick(names[ends]))


@cache
def _real() -> tuple[frozenset[str], tuple[str, ...]]:
    """The listed names, and those long enough to be looked for inside others."""
    known = frozenset(name.casefold() for name in word_list("real_names.txt"))
    return known, tuple(sorted(name for name in known if len(name) >= _CONTAINED))


@cache
def _near(word: str) -> bool:
    known, long = _real()
    return (
        word in known
        or any(name in word for name in long)
        or any(len(name) >= _CONTAINED and _one_apart(word, name) for name in long)
    )


def _one_apart(a: str, b: str) -> bool:
    """Do two different words become equal by one insertion, removal or replacement?"""
    if abs(len(a) - len(b)) > 1:
        return False
    start = next((n for n, (x, y) in enumerate(zip(a, b, strict=False)) if x != y), None)
    if start is None:
        return True
    return a[start + 1 :] == b[start + (len(a) == len(b)) :] or a[start:] == b[start + 1 :]

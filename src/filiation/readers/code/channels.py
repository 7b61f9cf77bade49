"""Features of one function in three channels: its lines, its tokens, and what it computes.

Adaptation by people is seen best in lines that were left as they were, disguise in what is
computed; neither alone is enough (docs/methods/code.md has the figures).
"""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from typing import Final

from filiation.model.source import BLIND
from filiation.readers.code.flow import Flow, Public
from filiation.readers.code.grammar import Language, Node
from filiation.readers.code.values import MASK, hashed, mixed

__all__ = ["channels"]

KEPT: Final = 4  # tokens in a row, with names of public libraries
RUN: Final = 12  # tokens in a row, with repeats of names only
SHORTEST: Final = 4  # letters and digits of a line that says something
SIGNS: Final = frozenset(",();:{}")


def channels(
    nodes: Sequence[Node],
    lines: Sequence[str],
    language: Language,
    public: Public,
    procedures: Mapping[str, Node] | None = None,
) -> tuple[Counter[int], Counter[int], Counter[int]]:
    """How often which feature stands in a function, by channel.

    Args:
        nodes: The function's nodes.
        lines: Its lines of text.
        language: Whose grammar it is.
        public: Whether a name belongs to a public library.
        procedures: Functions, by name, that are read where they are called.
    """
    flow = Flow(language, public, procedures)
    for node in nodes:
        flow.run(node)
    return _lines(lines), _tokens(nodes, language, public), flow.features()


def _lines(lines: Sequence[str]) -> Counter[int]:
    """Lines without blanks; a line of comment is a line."""
    bare = ("".join(line.split()) for line in lines)
    return Counter(hashed(line) for line in bare if sum(map(str.isalnum, line)) >= SHORTEST)


def _tokens(nodes: Sequence[Node], language: Language, public: Public) -> Counter[int]:
    """Runs of tokens, twice: with the names of public libraries, and with no name but its repeats.

    In the second each name is written as the number of tokens since it last stood there (Baker's
    parameterised matching), so that names given anew throughout change nothing. The lowest bit of
    a hash tells one encoding (0) from the other (1).
    """
    words = [word for node in nodes for word in _words(node, language)]
    kept = [hashed(text if not name or public(text) else "N") for text, name in words]
    found = Counter(
        mixed(KEPT, kept[at : at + KEPT]) & ~BLIND for at in range(len(kept) - KEPT + 1)
    )
    since: dict[str, int] = {}
    steps = []
    for place, (text, name) in enumerate(words):
        steps.append(place - since.get(text, place) if name else -hashed(text))
        if name:
            since[text] = place
    for at in range(len(steps) - RUN + 1):
        run = (step if step <= place else 0 for place, step in enumerate(steps[at : at + RUN]))
        found[mixed(RUN, (step & MASK for step in run)) | BLIND] += 1
    return found


def _words(node: Node, language: Language) -> Iterator[tuple[str, bool]]:
    """Tokens in order, and whether each is a name; the values of literals are left out."""
    left = [node]
    while left:
        one = left.pop()
        role, fields = language.roles.get(one.type, ("", ()))
        if role == "literal":
            yield str(fields[0]), False
        elif one.type == "comment" or _only_text(one, language):
            continue
        elif one.kids:
            left += reversed(one.kids)
        elif one.text and one.text not in SIGNS:
            yield one.text, one.named


def _only_text(node: Node, language: Language) -> bool:
    """A statement that is only a text: a docstring."""
    return node.type == "expression_statement" and all(
        language.roles.get(kid.type, ("", ("",)))[1][:1] == ("str",) for kid in node.kids
    )

"""Which words of a document does a signature vouch for? They stand on another ground.

What two signatures leave open together is vouched for where either covers it. A seal (ARC) says
that those who handled a mail passed it on so, not that anybody wrote it: it is a ground of its own.
Where it is not told which words are signed, none are shown as such.
"""

from collections.abc import Iterator, Sequence
from typing import Final, Literal

from filiation.casefile.documents.account import Accounted
from filiation.casefile.documents.wanted import Laid
from filiation.model.document import Signature
from filiation.readers.writings.as_signed import BROKEN_OFF
from filiation.report.site.view import Ground
from filiation.report.wording import site_papers as words
from filiation.report.wording.moments import moment_words

__all__ = ["grounds_of"]

Kind = Literal["signed", "sealed", "unsigned", "plain"]
UNKNOWN: Final = "unknown"  # what an index says of a date that is not known
SIGNED: Final = ("mail", "outlook")  # formats that may bear signatures


def grounds_of(entry: Accounted, laid: Laid) -> list[Ground]:
    """The fields above the words and the words, each on its ground, in the order of reading."""
    head = [(name, _told(name, said)) for name, said in laid.head]
    if entry.fields["format"] not in SIGNED:
        return [Ground(kind="plain", label=words.NEVER_SIGNED, rows=head, words=laid.body)]
    sides = _Sides(entry.signatures)
    heads: dict[Kind, list[tuple[str, str]]] = {}
    for name, said in head:
        heads.setdefault(sides.of(name), []).append((name, said))
    bodies = list(_bodies(sides, laid))
    found = []
    for kind in ("signed", "sealed", "unsigned"):
        rows = heads.get(kind, [])
        joined = bodies[0][1] if bodies and bodies[0][0] == kind and len(heads) == 1 else ""
        if rows:
            found.append(Ground(kind=kind, label=sides.label(kind), rows=rows, words=joined))
            bodies = bodies[1:] if joined else bodies
    return found + [Ground(kind=k, label=f"{sides.label(k)}{more}", words=said)
                    for k, said, more in bodies if said.strip()]  # fmt: skip


def _told(name: str, said: str) -> str:
    """A field as it is read: a moment with its zone, or that none was recorded."""
    return moment_words(said) if name == "date" and said != UNKNOWN else said


def _bodies(sides: "_Sides", laid: Laid) -> Iterator[tuple[Kind, str, str]]:
    """The words, cut where signed ones end. How they are to be read may be open: then none are."""
    reading = [name for name in laid.gaps if name.startswith("content-")]
    if reading:
        yield "unsigned", laid.body, f": {words.READING} ({', '.join(reading)})"
        return
    kind = sides.of("body")
    before, cut, after = laid.body.partition(BROKEN_OFF)
    if kind != "unsigned" or not cut or sides.at_all == "unsigned":
        yield kind, laid.body, ""
        return
    yield sides.at_all, before, ""
    yield "unsigned", after, ""


class _Sides:
    """Who vouches for what."""

    def __init__(self, signatures: Sequence[Signature]) -> None:
        vouching = [one for one in signatures if one.vouches]
        self._by: dict[Kind, list[Signature]] = {
            "signed": [one for one in vouching if one.standing != "sealed"],
            "sealed": [one for one in vouching if one.standing == "sealed"],
        }

    def of(self, name: str) -> Kind:
        """On which ground a field or the body stands."""
        for kind, found in self._by.items():
            if any(name not in one.gaps for one in found):
                return kind
        return "unsigned"

    @property
    def at_all(self) -> Kind:
        """On which ground words stand that are signed up to a place."""
        return next((kind for kind, found in self._by.items() if found), "unsigned")

    def label(self, kind: Kind) -> str:
        """The same in words."""
        if kind == "unsigned":
            return words.NOT_VOUCHED
        if kind == "sealed":
            return words.SEALED
        return words.signed_label(sorted({one.domain or "?" for one in self._by["signed"]}))

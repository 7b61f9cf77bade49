"""What the files say of descent, held against what an examination found. It moves no number.

The files speak for whoever made them. So a claim is only ever set beside a finding: that the two
agree makes neither truer, and that they contradict each other says nothing of who erred.
"""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from typing import Final, Literal, TypeAlias, final

from filiation.model.called import Called, called, may_be_one
from filiation.model.declared import About, Declaration, Declared, Signed
from filiation.model.examination import Conclusion, Examination
from filiation.model.examined import Examined
from filiation.model.kinds import WEIGHTS

__all__ = ["Compared", "Reason", "Standing", "compared", "files_looked_at", "without_declared"]

Standing: TypeAlias = Literal[
    "contradicts", "unsaid", "differs", "unsettled", "agrees", "unchecked"
]
Reason: TypeAlias = Literal[
    "source-found",  # names the source, and shared weights were found
    "source-not-found",  # names the source, and independence is supported
    "source-unsettled",  # names the source, and neither is supported
    "source-reversed",  # names the source, and what was lost points the other way
    "common-found",  # names what the source's files name, too
    "common-not-found",
    "common-unsettled",
    "reverse-found",  # the source's files name the subject
    "reverse-not-found",
    "reverse-unsettled",
    "loaded-not-found",  # a program found it there, and independence is supported
    "another-found",  # names no exhibit, and shared weights with the source were found
    "another",  # names no exhibit
    "control",  # names a control, which was given as independent
    "of-control",  # a control's files name the subject or the source
    "itself",  # names itself
    "none-found",  # no file names a base, and shared weights were found
    "relation-found",  # how it was made, as the relation was typed
    "relation-not-found",  # says that it was trained further, and every tensor is equal
    "relation",  # how it was made; not held against anything
    "licence-same",
    "licence-other",
    "licence-unsaid",  # the source's files state one, the subject's none
    "licence-alone",  # there is nothing to hold it against
    "licence-within",  # files of one model state several
    "signed-same",
    "signed-other",  # a file has another digest than its signature states
    "signed-missing",  # a file that is signed is not there
    "signed-unread",
]
ORDER: Final[tuple[Standing, ...]] = (
    "contradicts", "unsaid", "differs", "unsettled", "agrees", "unchecked",
)  # fmt: skip
IDS: Final = re.compile(r".*(?:licen[cs]e(?:_name)?|license\.id|\.expression)(?:\[\d+\])?")
NO_LICENCE: Final = frozenset({"other", "unknown", "none"})
SAME_TENSORS: Final = frozenset({"identical", "re-exported"})
TRAINED: Final = frozenset({"finetune", "merge", "adapter"})
AS_TYPED: Final = {
    "quantized": frozenset({"quantised", *SAME_TENSORS}),
    "finetune": frozenset({"fine-tuned", "continued", "low-rank"}),
    "merge": frozenset({"merged"}),
    "adapter": frozenset({"low-rank"}),
}
GENERAL: Final[tuple[About, ...]] = ("base", "loaded-from")


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class Compared:
    """One claim beside what was found.

    Attributes:
        standing: How the two stand to each other; rows are in the order of `Standing`.
        reason: Why.
        side: Whose files say it.
        model: The name of that exhibit.
        says: The claims that say it, in the files' order; none where something is not said.
        other: The further claims or names that they are held against, as words.
        signed: The signature, if it is about one.
    """

    standing: Standing
    reason: Reason
    side: Literal["subject", "source", "control"]
    model: str
    says: tuple[Declaration, ...] = ()
    other: tuple[str, ...] = ()
    signed: Signed | None = None


def files_looked_at(examination: Examination) -> bool:
    """Whether the files of the subject or of the source were looked at for what they say."""
    return any(side.declared is not None for side in (examination.subject, examination.source))


def without_declared(examination: Examination) -> Examination:
    """The same examination without a word of what any files say."""

    def bare(model: Examined) -> Examined:
        return replace(model, declared=None)

    return replace(
        examination,
        subject=bare(examination.subject),
        source=bare(examination.source),
        controls=tuple(bare(control) for control in examination.controls),
        earlier=None if examination.earlier is None else bare(examination.earlier),
    )


def compared(examination: Examination) -> tuple[Compared, ...]:
    """Every claim of descent beside what was found, contradictions first."""
    conclusion = examination.conclusion(WEIGHTS)
    if conclusion is None:
        return ()
    held = _Held(examination, conclusion)
    rows = [*held.subject(), *held.source(), *held.controls(), *held.licences(), *held.signed()]
    return tuple(sorted(rows, key=lambda row: ORDER.index(row.standing)))


@final
class _Held:
    """The claims of one examination, held against its conclusion about weights."""

    def __init__(self, examination: Examination, conclusion: Conclusion) -> None:
        self._all, self._about = examination, conclusion
        self._subject, self._source = examination.subject, examination.source
        self._found = {"derivation": "found", "independence": "not-found"}.get(
            conclusion.support.toward, "unsettled"
        )

    def subject(self) -> Iterator[Compared]:
        """What the subject's files say of its base, and of how it was made."""
        said = _said(self._subject)
        rows = [self._based(says) for says in _groups(said.about(*GENERAL))]
        kept = [row for row in rows if row is not None]
        named = any(row.reason.startswith(("source-", "common-")) for row in kept)
        for row in kept:
            if row.reason == "another" and not named and self._found == "found":
                yield self._row("contradicts", "another-found", row.says)
            else:
                yield row
        bases = [row for row in kept if row.reason != "itself"]
        if self._subject.declared is not None and not bases and self._found == "found":
            yield self._row("unsaid", "none-found", ())
        yield from self._made(said.about("relation"), named=named)

    def _based(self, says: tuple[Declaration, ...]) -> Compared | None:
        """One base that the subject's files name; None for a place that says nothing of it."""
        text = says[0].says
        claimed = any(one.about == "base" for one in says)
        if _names(self._source, text):
            return self._matched(says, "source")
        control = next((one for one in self._all.controls if _names(one, text)), None)
        if control is not None:
            return self._row("contradicts", "control", says, (control.name,))
        if _names(self._subject, text):
            return self._row("unchecked", "itself", says) if claimed else None
        if any(_one(text, other.says) for other in _said(self._source).about(*GENERAL)):
            return self._matched(says, "common")
        return self._row("unchecked", "another", says) if claimed else None

    def _matched(
        self, says: tuple[Declaration, ...], what: Literal["source", "common"]
    ) -> Compared:
        if what == "source" and self._reversed:
            return self._row("contradicts", "source-reversed", says)
        if self._found == "not-found" and all(one.about == "loaded-from" for one in says):
            return self._row("differs", "loaded-not-found", says)
        reasons: dict[str, tuple[Standing, Reason]] = {
            "source-found": ("agrees", "source-found"),
            "source-not-found": ("contradicts", "source-not-found"),
            "source-unsettled": ("unsettled", "source-unsettled"),
            "common-found": ("agrees", "common-found"),
            "common-not-found": ("contradicts", "common-not-found"),
            "common-unsettled": ("unsettled", "common-unsettled"),
        }
        return self._row(*reasons[f"{what}-{self._found}"], says)

    @property
    def _reversed(self) -> bool:
        pointing = self._about.relation.direction == "subject-to-source"
        return self._found == "found" and pointing

    def _made(self, said: Iterable[Declaration], *, named: bool) -> Iterator[Compared]:
        """How the subject is said to have been made from its base, where that is the source."""
        kind = self._about.relation.kind
        for one in said:
            word = one.says.partition(" ")[0].casefold()
            if named and self._found == "found" and kind in AS_TYPED.get(word, ()):
                yield self._row("agrees", "relation-found", (one,))
            elif named and word in TRAINED and kind in SAME_TENSORS:
                yield self._row("contradicts", "relation-not-found", (one,))
            else:
                yield self._row("unchecked", "relation", (one,))

    def source(self) -> Iterator[Compared]:
        """What the source's files say of its base."""
        reasons: dict[str, tuple[Standing, Reason]] = {
            "found": ("contradicts", "reverse-found"),
            "not-found": ("contradicts", "reverse-not-found"),
            "unsettled": ("unsettled", "reverse-unsettled"),
        }
        for says in _groups(_said(self._source).about(*GENERAL)):
            claimed = any(one.about == "base" for one in says)
            if _names(self._subject, says[0].says):
                yield self._row(*reasons[self._found], says, side="source")
            elif claimed:
                itself = _names(self._source, says[0].says)
                reason: Reason = "itself" if itself else "another"
                yield self._row("unchecked", reason, says, side="source")

    def controls(self) -> Iterator[Compared]:
        """Controls whose own files name a party: they were given as independent of both."""
        for control in self._all.controls:
            for says in _groups(_said(control).about(*GENERAL)):
                for party in (self._subject, self._source):
                    if _names(party, says[0].says):
                        row = self._row("contradicts", "of-control", says, (party.name,))
                        yield _of(row, "control", control.name)

    def licences(self) -> Iterator[Compared]:
        """The licences of both sides, as far as they are stated in words that can be compared."""
        ids = {side: _licences(_said(model)) for side, model in self._sides()}
        for side, model in self._sides():
            if len(ids[side]) > 1:
                says = tuple(ids[side].values())
                yield _of(self._row("differs", "licence-within", says), side, model.name)
        mine, theirs = ids["subject"], ids["source"]
        silent = self._subject.declared is not None and not _said(self._subject).about("licence")
        if theirs and silent and self._found == "found":
            yield self._row("unsaid", "licence-unsaid", (), _words(theirs.values()))
            return
        if theirs and mine:
            same = mine.keys() == theirs.keys()
            standing: Standing = "agrees" if same else "differs"
            reason: Reason = "licence-same" if same else "licence-other"
            yield self._row(standing, reason, tuple(mine.values()), _words(theirs.values()))
            return
        for side, model in self._sides():
            if says := _said(model).about("licence"):
                yield _of(self._row("unchecked", "licence-alone", says), side, model.name)

    def signed(self) -> Iterator[Compared]:
        """Signatures beside the files, held against the files' digests."""
        for side, model in self._sides():
            for one in _said(model).signed:
                standing, reason = _signed(one)
                yield Compared(
                    standing=standing, reason=reason, side=side, model=model.name, signed=one
                )

    def _sides(self) -> tuple[tuple[Literal["subject", "source"], Examined], ...]:
        return (("subject", self._subject), ("source", self._source))

    def _row(
        self,
        standing: Standing,
        reason: Reason,
        says: tuple[Declaration, ...],
        other: tuple[str, ...] = (),
        *,
        side: Literal["subject", "source"] = "subject",
    ) -> Compared:
        model = self._subject if side == "subject" else self._source
        return Compared(
            standing=standing, reason=reason, side=side, model=model.name, says=says, other=other
        )


def _of(row: Compared, side: Literal["subject", "source", "control"], model: str) -> Compared:
    return Compared(
        standing=row.standing, reason=row.reason, side=side, model=model, says=row.says,
        other=row.other,
    )  # fmt: skip


def _said(model: Examined) -> Declared:
    return model.declared or Declared()


def _groups(said: Iterable[Declaration]) -> list[tuple[Declaration, ...]]:
    """Declarations that name one model, together."""
    groups: list[list[Declaration]] = []
    for one in said:
        alike = (g for g in groups if g[0].says == one.says or _one(g[0].says, one.says))
        into = next(alike, None)
        if into is None:
            groups.append([one])
        else:
            into.append(one)
    return [tuple(group) for group in groups]


def _one(text: str, other: str) -> bool:
    one, two = called(text), called(other)
    return one is not None and two is not None and may_be_one(one, two)


def _names(model: Examined, text: str) -> bool:
    """Whether a text names an exhibit: by the exhibit's name, or by what its files call it."""
    found = called(text)
    return found is not None and any(may_be_one(found, own) for own in _own_names(model))


def _own_names(model: Examined) -> Iterator[Called]:
    said = (one.says for one in _said(model).about("name") if not one.field.endswith(PART_OF_NAME))
    for text in (model.name, *said):
        if (found := called(text)) is not None:
            yield found


PART_OF_NAME: Final = (".basename", ".finetune", ".version", ".size_label", "graph.name")


def _licences(said: Declared) -> dict[str, Declaration]:
    """Licences by their ids, in lower case; titles of files are no ids."""
    stated = [one for one in said.about("licence") if IDS.fullmatch(one.field)]
    found = {one.says.casefold(): one for one in reversed(stated)}
    named = {key: one for key, one in reversed(found.items()) if key not in NO_LICENCE}
    return named


def _words(said: Iterable[Declaration]) -> tuple[str, ...]:
    return tuple(one.says for one in said)


def _signed(one: Signed) -> tuple[Standing, Reason]:
    if one.unread:
        return "unchecked", "signed-unread"
    if one.other:
        return "contradicts", "signed-other"
    return ("differs", "signed-missing") if one.missing else ("agrees", "signed-same")

"""The kind `architecture` as an examination takes it: context, which never supports anything."""

from collections.abc import Iterator, Sequence
from typing import Final

from filiation.examining.architecture.measured import told
from filiation.examining.architecture.released import (
    Released,
    nearest,
    shelf,
    strangers,
    vendors_with,
)
from filiation.examining.kept import KeptReader
from filiation.examining.question import Pair, Question, Shown
from filiation.examining.words import kind_beside
from filiation.methods.architecture.configuration import agreement
from filiation.model.architecture import CHOICES, Architecture
from filiation.model.examination import Support
from filiation.model.kinds import ARCHITECTURE
from filiation.readers.architecture import (
    is_architecture,
    lying_beside,
    model_of,
    open_architecture,
)
from filiation.readers.architecture.kept import SUFFIX, kept_bytes, read_kept
from filiation.readers.reader import Advance

__all__ = ["QUESTION", "READER"]


def _support(pair: Pair, shown: Shown) -> Support:
    return Support(toward="neither", reason="context-only")


def _notes(pair: Pair, support: Support) -> tuple[str, ...]:
    source, subject = pair.source, pair.subject
    if not (source.stated and subject.stated):
        return ()
    known = shelf().models
    return (
        *(said for one in (source, subject) for said in told(one)),
        *_between(source, subject, known),
        *(said for one in (source, subject) for said in _near(one, known)),
    )


def _between(
    source: Architecture, subject: Architecture, known: tuple[Released, ...]
) -> Iterator[str]:
    """What agrees, who else chose so, what differs, and how alike strangers are."""
    ours, theirs = source.choices, subject.choices
    both = [name for name in CHOICES if name in ours and name in theirs]
    alike = [name for name in both if ours[name] == theirs[name]]
    made = [(name, *vendors_with(name, ours[name], known)) for name in alike]
    shown = ", ".join(f"{name} {ours[name]} ({n} of {of} vendors)" for name, n, of in made)
    yield f"choices that agree, and how many vendors chose so: {shown or 'none'}"
    apart = [
        f"{name} {ours[name]} in {source.name}, {theirs[name]} in {subject.name}"
        for name in both
        if name not in alike
    ]
    yield f"choices that differ: {'; '.join(apart) or 'none'}"
    agree, of = agreement(ours, theirs)
    if not of:
        return
    found = strangers(agree, of, known)
    yield (
        f"{agree} of {of} choices agree. {found.reached:,} of {found.of:,} pairs of vendors have "
        "published configurations that agree on as large a share or a larger one "
        f"({found.share:.2%} of their pairs of configurations, each pair of vendors with one "
        "voice). Vendors use each other's configurations openly: this is no probability"
    )


def _near(one: Architecture, known: Sequence[Released]) -> Iterator[str]:
    """The nearest configurations that were released, and the nearest defaults of classes."""
    packages = ", ".join(f"{name} {version}" for name, version in shelf().packages.items())
    for of, words in (("release", "released configurations"), ("defaults", "class defaults")):
        near = nearest(one.choices, [each for each in known if each.of == of])
        if near:
            shown = "; ".join(f"{each.name} ({n} of {of} choices)" for each, n, of in near)
            yield f"{one.name}: nearest {words} that are known here ({packages}): {shown}"


QUESTION: Final = Question(
    kind=kind_beside(__package__),
    derivation="The architecture of {subject} was taken from {source}.",
    independence="The architecture of {subject} was chosen without {source}.",
    level=1e-6,
    in_place=False,
    support=_support,
    notes=_notes,
)


def _opened(spec: str, advance: Advance) -> Architecture:
    return open_architecture(spec)


READER: Final = KeptReader(
    kind=ARCHITECTURE,
    suffix=SUFFIX,
    called="architecture",
    knows=is_architecture,
    opened=_opened,
    kept_bytes=kept_bytes,
    read_kept=read_kept,
    files_of=model_of,
    notes=lambda found: found.unread,
    lies=lying_beside,
    unread=lambda name, why: Architecture(name=name, stated=(), unread=(why,)),
)

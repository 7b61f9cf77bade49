"""From what a person names to exhibits: every material is read once and kept as a file."""

import hashlib
import os
import shutil
import tempfile
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Final, TypeAlias, final

from filiation.errors import AlteredError, UsageError
from filiation.examining.kinds import kinds, plug_for, recognise
from filiation.model.exhibit import Exhibit
from filiation.model.kinds import CODE, WEIGHTS
from filiation.model.material import Material
from filiation.model.origin import Origin
from filiation.proceedings.alongside import Alongside, read_here
from filiation.proceedings.elsewhere import not_elsewhere
from filiation.proceedings.naming import Sided
from filiation.readers.reader import Advance, Taken, silent

__all__ = ["Gathered", "Options", "called", "gather", "keep_file", "kept_at", "take"]

# How materials are to be read, by names of the readers' own (`normaliser` for answers).
Options: TypeAlias = Mapping[str, str]
EVERYONE: Final = "#*"


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class Gathered:
    """All exhibits of an examination.

    Attributes:
        subject: The model under examination.
        source: The claimed source.
        controls: The others, and public components behind them.
        earlier: An older version of the subject, if one was named.
        origins: Where those lay that were read on another machine.
        along: Kinds of material that nobody named, and that lay beside the weights of a party.
    """

    subject: Exhibit
    source: Exhibit
    controls: tuple[Exhibit, ...]
    earlier: Exhibit | None = None
    origins: tuple[Origin, ...] = ()
    along: tuple[str, ...] = ()


def gather(
    folder: Path,
    *,
    subject: Sided,
    source: Sided,
    controls: Sequence[Sided],
    options: Options,
    advance: Advance = silent,
    earlier: Sided | None = None,
    components: Sequence[Sided] = (),
    wanted: Collection[str] = (),
    only: Sequence[str] = (),
) -> Gathered:
    """Read everything that was named and keep in `folder` what the numbers follow from.

    Args:
        folder: For what is kept.
        subject: Under examination.
        source: Claimed source.
        controls: Known to be independent.
        options: How materials are to be read.
        advance: Told how far the reading is.
        earlier: An older version of the subject.
        components: Public components.
        wanted: Kinds of material that may come along beside the weights of both parties.
        only: Kinds of material that are read at all; empty for all.

    Raises:
        UsageError: Several models where one was meant, one kind of material twice, or an option
            that none of the readers knows.
    """
    sides = (subject, source, *controls, *components, *(() if earlier is None else (earlier,)))
    words = [one for side in sides for one in (side.spec, *side.beside) if isinstance(one, str)]
    _fitting(options, words)
    reading = _Reading(folder=folder, options=options, only=only, wanted=wanted, advance=advance)
    first, second = reading.parties(subject, source)
    older = None if earlier is None else reading.party(earlier)
    digests = {m.digest for side in (first, second, older) if side for m in side.materials}
    others = [exhibit for one in controls for exhibit in reading.control(one, digests)]
    others += [reading.component(one) for one in components]
    return Gathered(
        subject=first, source=second, controls=tuple(others), earlier=older,
        origins=tuple(reading.lay), along=reading.beside.found,
    )  # fmt: skip


@final
class _Reading:
    """Reads what was named, model by model."""

    def __init__(
        self,
        *,
        folder: Path,
        options: Options,
        only: Sequence[str],
        wanted: Collection[str],
        advance: Advance,
    ) -> None:
        self.folder, self.options, self.only, self.advance = folder, options, only, advance
        self.lay: list[Origin] = []
        self.beside = Alongside(folder=folder, wanted=wanted, advance=advance, keep=self._kept)

    def party(self, side: Sided) -> Exhibit:
        """One model by what was named of it."""
        return self._exhibit(side, self._read(side))

    def parties(self, *sides: Sided) -> tuple[Exhibit, Exhibit]:
        """Subject and source, with what lies beside the weights of both."""
        read = [self._read(read_here(side, self.only)) for side in sides]
        more = self.beside.both((sides[0], read[0]), (sides[1], read[1]))
        one, other = (
            self._exhibit(side, here, along)
            for side, here, along in zip(sides, read, more, strict=True)
        )
        return one, other

    def control(self, side: Sided, parties: Collection[str]) -> list[Exhibit]:
        """A control with what lies beside it; several where a file holds several models."""
        here = read_here(side, self.only)
        if here is None or here.beside:
            read = self._read(here)
        else:
            everyone = isinstance(here.spec, str) and here.spec.endswith(EVERYONE)
            read = self._take(here.spec)
            if len(read) > 1 or everyone:
                named = [
                    called(material, self.folder, side.name)
                    for material in read
                    if not (everyone and material.digest in parties)
                ]
                return [Exhibit(name=one.name, materials=(one,)) for one in named]
        more = self.beside.beside(side, read)
        return [self._exhibit(side, read, more)] if read or more else []

    def component(self, side: Sided) -> Exhibit:
        """A public component.

        Raises:
            UsageError: It is neither weights nor source code, of which alone there are components.
        """
        found = self.party(side)
        if found.kinds not in ((WEIGHTS,), (CODE,)):
            raise UsageError(
                f"{found.name}: named as a public component by its {', '.join(found.kinds)}, "
                "expected weights (a checkpoint or its .sketch) or source code; what is public of "
                "other kinds is no component"
            )
        return replace(found, public=True)

    def _take(self, spec: str | Taken) -> tuple[Material, ...]:
        return take(spec, self.folder, self.options, self.advance, self.lay)

    def _read(self, side: Sided | None) -> tuple[Material, ...]:
        """What was named of one model."""
        materials: list[Material] = []
        for spec in () if side is None else (side.spec, *side.beside):
            found = self._take(spec)
            if len(found) != 1:
                raise UsageError(
                    f"{spec}: holds {len(found)} models, expected one; name it after '#'"
                )
            materials.append(found[0])
        return tuple(materials)

    def _exhibit(
        self, side: Sided, read: Sequence[Material], along: Sequence[Material] = ()
    ) -> Exhibit:
        """The materials of one model; what lay beside its weights goes by its name."""
        if not (read or along):
            raise UsageError(
                f"{side.spec}: holds no {' or '.join(self.only)} that subject and source both "
                "have, which alone were asked about"
            )
        name = side.name or (*read, *along)[0].name
        found_kinds = [material.kind for material in (*read, *along)]
        if len(set(found_kinds)) < len(found_kinds):
            raise UsageError(
                f"{name}: {', '.join(found_kinds)} were given for one model, expected each kind "
                f"once; there are {', '.join(kinds())}"
            )
        materials = (
            *(called(one, self.folder, name) if side.name else one for one in read),
            *(called(one, self.folder, name) for one in along),
        )
        return Exhibit(name=name, materials=materials)

    def _kept(self, taken: Taken, suffix: str) -> Material:
        keep_file(taken.file, self.folder, suffix)
        return _printable(taken.material)


def take(
    spec: str | Taken,
    folder: Path,
    options: Options,
    advance: Advance = silent,
    lay: list[Origin] | None = None,
) -> tuple[Material, ...]:
    """Read what `spec` names, of whatever kind, and keep it in `folder` by its digest.

    What was read before is kept as it was read. To `lay` is added where it lay, if on another
    machine.

    Raises:
        UsageError: It is what another verb reads.
        AlteredError: Its kept file changed since.
    """
    if isinstance(spec, Taken):
        _add_origins((spec,), lay)
        return (_taken_before(spec, folder),)
    not_elsewhere(spec, "a model or recorded answers")
    plug = recognise(spec)
    scratch = Path(tempfile.mkdtemp(dir=folder, prefix="being-taken-"))
    own = {name: given for name, given in options.items() if name in plug.reader.options}
    try:
        taken = plug.reader.take(spec, scratch, options=own, advance=advance)
        for file in {one.file for one in taken}:
            keep_file(file, folder, plug.reader.suffix)
        _add_origins(taken, lay)
        return tuple(_printable(one.material) for one in taken)
    finally:
        shutil.rmtree(scratch, ignore_errors=True)


def _add_origins(taken: Sequence[Taken], lay: list[Origin] | None) -> None:
    if lay is not None:
        lay += [one.origin for one in taken if one.origin is not None]


def _printable(material: Material) -> Material:
    """A file's name may be no text, which no record can hold; what is none is replaced."""
    return replace(material, name=os.fsencode(material.name).decode(errors="replace"))


def _taken_before(given: Taken, folder: Path) -> Material:
    target = kept_at(folder, given.material)
    if target != given.file:
        partial = folder / f"being-taken-{target.name}"
        shutil.copyfile(given.file, partial)
        kept = keep_file(partial, folder, plug_for(given.material.kind).reader.suffix)
        if kept != target:
            found = kept.name.partition(".")[0]
            kept.unlink()
            raise AlteredError(given.file.name, recorded=given.material.kept, found=found)
    return given.material


def kept_at(folder: Path, material: Material) -> Path:
    """Where a folder keeps what a material's numbers follow from."""
    return folder / f"{material.kept}{plug_for(material.kind).reader.suffix}"


def called(material: Material, folder: Path, name: str) -> Material:
    """The material under another name, as whoever checks the numbers will open it again."""
    if name in ("", material.name):
        return material
    wanted = ((material.digest, name),)
    (found,) = plug_for(material.kind).reader.reopen(kept_at(folder, material), wanted)
    return replace(found, declared=material.declared)


def keep_file(file: Path, folder: Path, suffix: str) -> Path:
    """Move `file` to where its SHA-256 names it; what has it open keeps it open."""
    with file.open("rb") as opened:
        digest = hashlib.file_digest(opened, "sha256").hexdigest()
    return file.replace(folder / f"{digest}{suffix}")


def _fitting(options: Options, specs: Sequence[str]) -> None:
    """Refuse an option that no reader of this examination knows, and columns that fit no table."""
    readers = {plug.kind.label: plug.reader for plug in map(recognise, specs)}
    known = {option for reader in readers.values() for option in reader.options}
    for option in sorted(options.keys() - known):
        raise UsageError(
            f"{option}: no option of {' or '.join(readers)}, which are read here; they have "
            f"{', '.join(sorted(known)) or 'none'}"
        )
    if options:
        _fit(options, specs)


def _fit(options: Options, specs: Sequence[str]) -> None:
    from filiation.examining.answers.plug import COLUMNS  # weights alone need none of this
    from filiation.readers.answers.choice import split
    from filiation.readers.answers.columns import read_said
    from filiation.readers.answers.fitting import refuse_unfit

    if COLUMNS in options:
        refuse_unfit(read_said(options[COLUMNS].splitlines()), [split(spec).path for spec in specs])

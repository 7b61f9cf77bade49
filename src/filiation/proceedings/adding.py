"""Putting a model, its answers or other files in as an exhibit."""

from collections.abc import Iterator
from pathlib import Path
from typing import Literal, TypeAlias

from filiation.casefile.exchange.manifest import Manifest, manifest_bytes, stat_files
from filiation.casefile.facts import Exhibited
from filiation.casefile.ledger.event import Written
from filiation.casefile.ledger.staging import Staged
from filiation.casefile.record import Draft, Record
from filiation.casefile.state import Entry
from filiation.errors import UsageError
from filiation.proceedings.given import on_record
from filiation.proceedings.progress import Progress, Step, added_up, no_progress, no_step
from filiation.readers.answers import is_recording, open_recordings
from filiation.readers.answers.kept import kept_bytes
from filiation.readers.weights.checkpoint import open_model
from filiation.sketching.sketch import take_sketch
from filiation.sketching.sketch_file import read_sketch

__all__ = ["add_exhibit"]

Kind: TypeAlias = Literal["weights", "recording", "files"]


def add_exhibit(
    case: Path,
    model: str,
    *,
    name: str,
    offered_by: str,
    how: str,
    copy: bool = False,
    unexamined: bool = False,
    acting: str | None = None,
    step: Step = no_step,
    progress: Progress = no_progress,
) -> Entry[Exhibited]:
    """Put an exhibit in. The files are opened read-only and read once for each purpose.

    Raises:
        UsageError: A law of the case forbids it, there is nothing, or a file changed meanwhile.
        UnreadableError: Not a model, or not answers, that can be read.
    """
    record = Record(case)
    signer = record.signer(acting)
    state = record.state()
    if name in state.exhibits:
        raise UsageError(f"{name}: an exhibit of that name exists; an exhibit never changes")
    state.party(offered_by)
    kind: Kind = "files" if unexamined else "recording" if is_recording(model) else "weights"
    path = Path(model.partition("#")[0]) if kind == "recording" else Path(model)
    before = stat_files(path)
    with record.staging() as staged:
        kept, digest = _read(staged, model, kind, step, progress)
        manifest = manifest_bytes(path, before)
        if stat_files(path) != before:
            raise UsageError(
                f"{path}: a file changed while it was being read; nothing was recorded"
            )
        sha256 = staged.put(manifest.raw)
        kept.append(Written(what="manifest", sha256=sha256, size=len(manifest.raw)))
        kept += _copies(staged, manifest) if copy else ()
        fact = Exhibited(
            exhibit=name,
            kind=kind,
            digest=digest or manifest.root,
            offered_by=offered_by,
            how=how,
            held="copied" if copy else "referenced",
            files=len(manifest.digests),
            size=manifest.size,
        )
        given = {"model": Path(model.partition("#")[0]), "name": name, "from": offered_by}
        arguments = on_record({**given, "copy": copy})
        reads = manifest.digests
        draft = Draft(verb="add", fact=fact, arguments=arguments, reads=reads, kept=kept)
        return Entry(event=record.append(draft, *signer, staged=staged), fact=fact)


def _read(
    staged: Staged, model: str, kind: Kind, step: Step, progress: Progress
) -> tuple[list[Written], str]:
    """What numbers follow from, and the digest of the model; nothing of files."""
    if kind == "weights":
        return _weights(staged, model, step, progress)
    return _answers(staged, model) if kind == "recording" else ([], "")


def _weights(
    staged: Staged, model: str, step: Step, progress: Progress
) -> tuple[list[Written], str]:
    view = open_model(Path(model))
    step(f"reading {view.name}")
    taken = staged.folder / "taken.sketch"
    size = sum(tensor.nbytes for tensor in view.tensors)
    take_sketch(view, taken, progress=added_up(size, progress))
    digest = read_sketch(taken).subject_digest
    sha256, size = staged.put_file(taken)
    taken.unlink()
    return [Written(what="sketch", sha256=sha256, size=size)], digest


def _answers(staged: Staged, model: str) -> tuple[list[Written], str]:
    found = open_recordings(model)
    if len(found) != 1:
        raise UsageError(f"{model}: holds {len(found)} models, expected one; name it after '#'")
    raw = kept_bytes(found)
    written = Written(what="recording", sha256=staged.put(raw), size=len(raw))
    return [written], found[0].digest


def _copies(staged: Staged, manifest: Manifest) -> Iterator[Written]:
    """The files themselves, as they were when the manifest was written."""
    for relative, file in manifest.files.items():
        sha256, size = staged.put_file(file)
        if sha256 != manifest.digests[relative]:
            raise UsageError(f"{file}: changed while it was being copied; nothing was recorded")
        yield Written(what=f"file:{relative}", sha256=sha256, size=size)

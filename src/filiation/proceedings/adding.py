"""Putting a model, its answers or other files in as an exhibit."""

from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory

from filiation.casefile.exchange.manifest import Manifest, manifest_bytes, stat_files
from filiation.casefile.facts import Exhibited
from filiation.casefile.ledger.event import Written
from filiation.casefile.ledger.staging import Staged
from filiation.casefile.record import Draft, Record
from filiation.casefile.state import Entry
from filiation.errors import UsageError
from filiation.examining.kinds import Plug, recognise
from filiation.model.kinds import FILES
from filiation.proceedings.exhibits import MATERIAL
from filiation.proceedings.given import on_record
from filiation.proceedings.progress import Progress, Step, no_progress, no_step

__all__ = ["add_exhibit"]


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
    plug = None if unexamined else recognise(model)
    path = Path(model) if plug is None else plug.reader.files(model)
    before = stat_files(path)
    kept, digest = [], ""
    with record.staging() as staged:
        if plug is not None:
            written, digest = _material(staged, plug, model, step, progress)
            kept.append(written)
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
            kind=FILES if plug is None else plug.kind.id,
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


def _material(
    staged: Staged, plug: Plug, spec: str, step: Step, progress: Progress
) -> tuple[Written, str]:
    """What numbers follow from, as the case keeps it, and the digest of the model."""

    def advance(doing: str, done: int, size: int) -> None:
        step(f"reading {doing}")
        progress(done, size)

    with TemporaryDirectory(dir=staged.folder) as folder:
        taken = plug.reader.take(spec, Path(folder), advance=advance)
        if len(taken) != 1:
            raise UsageError(f"{spec}: holds {len(taken)} models, expected one; name it after '#'")
        sha256, size = staged.put_file(taken[0].file)
    return Written(what=MATERIAL, sha256=sha256, size=size), taken[0].material.digest


def _copies(staged: Staged, manifest: Manifest) -> Iterator[Written]:
    """The files themselves, as they were when the manifest was written."""
    for relative, file in manifest.files.items():
        sha256, size = staged.put_file(file)
        if sha256 != manifest.digests[relative]:
            raise UsageError(f"{file}: changed while it was being copied; nothing was recorded")
        yield Written(what=f"file:{relative}", sha256=sha256, size=size)

"""Putting a model, its answers or other files in as an exhibit."""

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from tempfile import TemporaryDirectory

from filiation.casefile.exchange.manifest import Manifest, Stats, manifest_bytes, stat_files
from filiation.casefile.facts import Exhibited
from filiation.casefile.ledger.event import Written
from filiation.casefile.ledger.staging import Staged
from filiation.casefile.record import Draft, Record
from filiation.casefile.state import Entry, State
from filiation.errors import UsageError
from filiation.examine.kinds import Plug, recognise
from filiation.model.kinds import FILES
from filiation.proceedings.exhibits import MATERIAL
from filiation.proceedings.given import on_record
from filiation.proceedings.progress import Progress, Step, no_progress, no_step, reading

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
    _judge(record.state(), name, offered_by)
    plug = None if unexamined else recognise(model)
    before = stat_files(path := Path(model) if plug is None else plug.reader.files(model))
    with record.staging() as staged:
        material, digest = _material(staged, plug, model, step, progress) if plug else (None, "")
        manifest = _manifest(path, before)
        kept = _kept(staged, material, manifest, copy=copy)
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
        draft = _draft(fact, model, reads=manifest.digests, kept=kept)
        return Entry(event=record.append(draft, *signer, staged=staged), fact=fact)


def _judge(state: State, name: str, offered_by: str) -> None:
    """Refuse before anything is read."""
    if name in state.exhibits:
        raise UsageError(f"{name}: an exhibit of that name exists; an exhibit never changes")
    state.party(offered_by)


def _draft(
    fact: Exhibited, model: str, *, reads: Mapping[str, str], kept: Sequence[Written]
) -> Draft:
    given = {"model": Path(model.partition("#")[0]), "name": fact.exhibit, "from": fact.offered_by}
    arguments = on_record({**given, "copy": fact.held == "copied"})
    return Draft(verb="add", fact=fact, arguments=arguments, reads=reads, kept=kept)


def _material(
    staged: Staged, plug: Plug, spec: str, step: Step, progress: Progress
) -> tuple[Written, str]:
    """What numbers follow from, as the case keeps it, and the digest of the model."""
    with TemporaryDirectory(dir=staged.folder) as folder:
        taken = plug.reader.take(spec, Path(folder), advance=reading(step, progress))
        if len(taken) != 1:
            raise UsageError(f"{spec}: holds {len(taken)} models, expected one; name it after '#'")
        sha256, size = staged.put_file(taken[0].file)
    return Written(what=MATERIAL, sha256=sha256, size=size), taken[0].material.digest


def _manifest(path: Path, before: Stats) -> Manifest:
    """SHA-256 of every file, each as it was before it was read."""
    manifest = manifest_bytes(path, before)
    if stat_files(path) != before:
        raise UsageError(f"{path}: a file changed while it was being read; nothing was recorded")
    return manifest


def _kept(
    staged: Staged, material: Written | None, manifest: Manifest, *, copy: bool
) -> list[Written]:
    """All that the case keeps of an exhibit, in the order of its event."""
    sha256 = staged.put(manifest.raw)
    listed = Written(what="manifest", sha256=sha256, size=len(manifest.raw))
    first = [] if material is None else [material]
    return [*first, listed, *(_copies(staged, manifest) if copy else ())]


def _copies(staged: Staged, manifest: Manifest) -> Iterator[Written]:
    """The files themselves, as they were when the manifest was written."""
    for relative, file in manifest.files.items():
        sha256, size = staged.put_file(file)
        if sha256 != manifest.digests[relative]:
            raise UsageError(f"{file}: changed while it was being copied; nothing was recorded")
        yield Written(what=f"file:{relative}", sha256=sha256, size=size)

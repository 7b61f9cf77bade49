"""The verb `case add`."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from filiation.cli.case._options import As, CasePath, Quiet, on_record

if TYPE_CHECKING:
    from rich.progress import Progress

    from filiation.casefile.facts import Exhibited
    from filiation.casefile.ledger.event import Written
    from filiation.casefile.record import Record
    from filiation.examine.kinds import Plug

__all__ = ["command"]


def command(
    case: CasePath,
    model: Annotated[
        str,
        typer.Argument(help="A model's folder, a .safetensors, answers as FILE#MODEL, any files."),
    ],
    name: Annotated[str, typer.Option(help="What the exhibit is called in this case.")],
    offered_by: Annotated[str, typer.Option("--from", metavar="PARTY", help="Who put it in.")],
    how: Annotated[str, typer.Option(help="How it was acquired: from where, by what means, when.")],
    copy: Annotated[
        bool, typer.Option("--copy", help="Keep the files themselves, not only their digests.")
    ] = False,
    unexamined: Annotated[
        bool,
        typer.Option(
            "--unexamined", help="A tokenizer, a source tree, any files: digests and custody only."
        ),
    ] = False,
    acting: As = None,
    quiet: Quiet = False,
) -> None:
    """Put a model, its answers or other files in as an exhibit.

    The files are opened read-only. The record keeps SHA-256 of every file (a manifest shaped like
    OpenSSF model signing) and of every tensor, and the sketch that all numbers follow from; with
    --copy also the files. What is --unexamined keeps the first alone.
    """
    from filiation.casefile.record import Draft, Record
    from filiation.errors import UsageError
    from filiation.proceedings.gathering import reading

    record = Record(case)
    who, key = record.signer(acting)
    state = record.state()
    if name in state.exhibits:
        raise UsageError(f"{name}: an exhibit of that name exists; an exhibit never changes")
    state.party(offered_by)
    with reading(quiet) as progress:
        fact, kept, reads = _acquire(
            record, model, name, offered_by, how, copy, progress, unexamined=unexamined
        )
    given = {"model": Path(model.partition("#")[0]), "name": name, "from": offered_by, "copy": copy}
    draft = Draft(verb="add", fact=fact, arguments=on_record(given), reads=reads, kept=kept)
    event = record.append(draft, who, key)
    if not quiet:
        typer.echo(
            f"event {event.sequence}: {name} is an exhibit ({fact.kind}), {fact.held}: "
            f"{fact.files} {'file' if fact.files == 1 else 'files'}, {fact.size:,} bytes, "
            f"{'digest' if fact.kind == 'files' else 'model'} {fact.digest[:12]}.."
        )


def _acquire(
    record: "Record",
    model: str,
    name: str,
    offered_by: str,
    how: str,
    copy: bool,
    progress: "Progress",
    *,
    unexamined: bool,
) -> tuple["Exhibited", list["Written"], dict[str, str]]:
    """Read once for the sketch or the answers, and once for the digests of the files."""
    from filiation.casefile.exchange.manifest import manifest_bytes, stat_files
    from filiation.casefile.facts import Exhibited
    from filiation.casefile.ledger.event import Written
    from filiation.errors import UsageError
    from filiation.examine.kinds import recognise
    from filiation.model.kinds import FILES

    plug = None if unexamined else recognise(model)
    path = Path(model) if plug is None else plug.reader.files(model)
    before = stat_files(path)
    kept: list[Written] = []
    digest = ""
    if plug is not None:
        kept, digest = _material(record, plug, model, progress)
    manifest = manifest_bytes(path, before)
    if stat_files(path) != before:
        raise UsageError(f"{path}: a file changed while it was being read; nothing was recorded")
    reads = manifest.digests
    kept.append(
        Written(what="manifest", sha256=record.objects.put(manifest.raw), size=len(manifest.raw))
    )
    if copy:
        for relative, file in manifest.files.items():
            sha256, size = record.objects.put_file(file)
            if sha256 != reads[relative]:
                raise UsageError(f"{file}: changed while it was being copied; nothing was recorded")
            kept.append(Written(what=f"file:{relative}", sha256=sha256, size=size))
    fact = Exhibited(
        exhibit=name,
        kind=FILES if plug is None else plug.kind.id,
        digest=digest or manifest.root,
        offered_by=offered_by,
        how=how,
        held="copied" if copy else "referenced",
        files=len(reads),
        size=manifest.size,
    )
    return fact, kept, reads


def _material(
    record: "Record", plug: "Plug", model: str, progress: "Progress"
) -> tuple[list["Written"], str]:
    import tempfile

    from filiation.casefile.ledger.event import Written
    from filiation.errors import UsageError
    from filiation.proceedings.exhibits import MATERIAL

    task = progress.add_task(f"reading {model}", total=None)
    with tempfile.TemporaryDirectory() as folder:
        taken = plug.reader.take(
            model,
            Path(folder),
            advance=lambda what, done, size: progress.update(task, completed=done, total=size),
        )
        if len(taken) != 1:
            raise UsageError(f"{model}: holds {len(taken)} models, expected one; name it after '#'")
        sha256, size = record.objects.put_file(taken[0].file)
    return [Written(what=MATERIAL, sha256=sha256, size=size)], taken[0].material.digest

"""Putting a model, its answers, a log or other files in as an exhibit."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Final, final

from filiation.casefile.codec import declared_bytes
from filiation.casefile.exchange.manifest import Manifest, manifest_bytes
from filiation.casefile.facts import Exhibited
from filiation.casefile.laws.parties import hands_over
from filiation.casefile.ledger.event import Written
from filiation.casefile.ledger.staging import Staged
from filiation.casefile.record import Draft, Record
from filiation.casefile.state import Entry
from filiation.errors import UnreadableError, UsageError
from filiation.examining.kinds import Plug, recognise
from filiation.files import Handed, handed_together, name_text, opened, shown
from filiation.model.kinds import ANSWERS, FILES
from filiation.model.origin import Origin
from filiation.proceedings.alone import alone, keep_alone
from filiation.proceedings.alongside import beside_weights
from filiation.proceedings.elsewhere import not_elsewhere
from filiation.proceedings.exhibits import DECLARED, MATERIAL
from filiation.proceedings.given import on_record, own_signer
from filiation.proceedings.progress import Progress, Step, no_progress, no_step, reading
from filiation.readers.answers.choice import split
from filiation.readers.remote.address import is_address, read_address
from filiation.readers.remote.lying import lying
from filiation.readers.weights.adapters.spelling import JOIN, joined
from filiation.readers.weights.whereabouts import archive_of
from filiation.report.render.records import origins_json

__all__ = ["ExhibitOffered", "add_exhibit", "with_along"]

TABLES: Final = (".jsonl", ".csv", ".parquet")
WRITTEN: Final = (".mbox", ".eml", ".emlx", ".msg", ".pdf", ".docx", ".txt", ".html", ".zip")


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class ExhibitOffered:
    """What is put in.

    Attributes:
        model: A model's folder or file, BASE+ADAPTER, where one lies (hf://, https://, s3://),
            answers as FILE#MODEL, a reduced log, a record of served answers, or any files.
        name: What the exhibit is called in this case.
        offered_by: The party that put it in.
        how: How it was acquired: from where, by what means, when.
        copy: Keep the files themselves, not only their digests.
        unexamined: Digests and custody only; no method is to read it.
        present: Who stood by, where the lead records what was handed over.
        follow: The path itself may be a link, and files may have further names elsewhere.
    """

    model: str
    name: str
    offered_by: str
    how: str
    copy: bool = False
    unexamined: bool = False
    present: Sequence[str] = ()
    follow: bool = False


def add_exhibit(
    case: Path,
    offered: ExhibitOffered,
    *,
    acting: str | None = None,
    step: Step = no_step,
    progress: Progress = no_progress,
) -> Entry[Exhibited]:
    """Put an exhibit in. The files are opened read-only and read once for each purpose.

    Raises:
        UsageError: A law of the case forbids it, there is nothing, or a file changed meanwhile.
        UnreadableError: Not a model, or not answers, that can be read; or something was not handed
            over: a link that leads out of the folder, a pipe, a device.
    """
    if not is_address(offered.model):
        return _added(case, offered, None, acting, step, progress)
    if offered.unexamined:
        raise UsageError(
            f"{read_address(offered.model).shown}: what is not examined is not fetched either; "
            "download it, and put the files in"
        )
    with lying(offered.model, whole=True) as at:  # custody is of whole files
        here = replace(offered, model=str(at.path))
        return _added(case, here, at.origin(), acting, step, progress)


def with_along(offered: ExhibitOffered) -> tuple[ExhibitOffered, ...]:
    """The exhibit, and what lies beside a model's weights as exhibits of their own.

    Each is called by the model's name and its kind, so that a plan can name it.

    Raises:
        UsageError: Nothing lies beside it, or nothing of it is to be read.
    """
    found = () if offered.unexamined else beside_weights(offered.model)
    if not found:
        raise UsageError(
            f"{shown(offered.model)}: no tokenizer and no configuration beside weights that could "
            "be read, expected a model's folder that holds one; add it without --along"
        )
    more = (replace(offered, model=spec, name=f"{offered.name}-{kind}") for kind, spec in found)
    return (offered, *more)


def _new(record: Record, offered: ExhibitOffered) -> None:
    if offered.name in record.state().exhibits:
        raise UsageError(
            f"{offered.name}: an exhibit of that name exists; an exhibit never changes"
        )


def _added(
    case: Path,
    offered: ExhibitOffered,
    origin: Origin | None,
    acting: str | None,
    step: Step,
    progress: Progress,
) -> Entry[Exhibited]:
    record = Record(case)
    _new(record, offered)
    signer = record.signer(acting or own_signer(record, offered.offered_by, offered.present))
    hands_over(offered.offered_by, signer[0], record.state(), offered.present)
    path = Path(offered.model) if offered.unexamined else split(offered.model).path
    path = archive_of(path) or path
    handed_together(_paths(path, offered), follow=offered.follow)  # before anything is opened
    lone = None if offered.unexamined else alone(offered.model)
    if not (offered.unexamined or lone):
        not_elsewhere(path, "an exhibit (or --unexamined)")
    plug = None if offered.unexamined or lone else recognise(offered.model)
    path = path if plug is None else plug.reader.files(offered.model)
    paths = _paths(path, offered)
    before = handed_together(paths, follow=offered.follow)
    with record.staging() as staged:
        kept: list[Written] = []
        digest = ""
        if plug is not None:
            written, digest = _material(staged, plug, offered.model, before, step, progress)
            kept += written
        elif lone is not None:
            only, digest = keep_alone(staged, lone, before)
            kept += only
        called = JOIN.join(name_text(one.resolve().name) for one in paths)
        manifest = manifest_bytes(called, before)
        kept += _files(staged, manifest, before, copy=offered.copy)
        kept += [] if origin is None else [_lay(staged, origin)]
        if handed_together(paths, follow=offered.follow) != before:
            raise UsageError(
                f"{shown(str(path))}: a file changed while it was being read; nothing was recorded"
            )
        kind = plug.kind.id if plug else lone.kind if lone else FILES
        fact = _fact(offered, kind, digest or manifest.root, manifest)
        reads, arguments = manifest.digests, _arguments(offered, origin)
        draft = Draft(verb="add", fact=fact, arguments=arguments, reads=reads, kept=kept)
        return Entry(event=record.append(draft, *signer, staged=staged), fact=fact)


def _paths(path: Path, offered: ExhibitOffered) -> tuple[Path, ...]:
    """A base and its adapters, of a model; whatever else is one path."""
    return (path,) if offered.unexamined else joined(path)


def _fact(offered: ExhibitOffered, kind: str, digest: str, files: Manifest) -> Exhibited:
    return Exhibited(
        exhibit=offered.name,
        kind=kind,
        digest=digest,
        offered_by=offered.offered_by,
        how=offered.how,
        held="copied" if offered.copy else "referenced",
        files=len(files.digests),
        size=files.size,
        stood_by=tuple(offered.present),
    )


def _arguments(offered: ExhibitOffered, origin: Origin | None) -> dict[str, str]:
    paths = _paths(split(offered.model).path, offered)
    named = paths[0] if len(paths) == 1 else JOIN.join(name_text(one.name) for one in paths)
    model = named if origin is None else origin.pinned
    given = {"model": model, "name": offered.name, "from": offered.offered_by}
    return on_record({**given, "copy": offered.copy, "present": offered.present})


def _lay(staged: Staged, origin: Origin) -> Written:
    """Where the model lay, in which state, and what the host declared of it."""
    raw = origins_json((origin,))
    return Written(what="origin", sha256=staged.put(raw), size=len(raw))


def _material(
    staged: Staged, plug: Plug, spec: str, handed: Handed, step: Step, progress: Progress
) -> tuple[list[Written], str]:
    """What numbers follow from and what the files say, as the case keeps it; the model's digest."""
    with TemporaryDirectory(dir=staged.folder) as folder:
        try:
            taken = plug.reader.take(spec, Path(folder), advance=reading(step, progress))
        except UnreadableError as error:
            if plug.kind.id == ANSWERS and spec.lower().endswith(TABLES):
                raise UnreadableError(
                    f"{error}; a log of requests goes in reduced (`filiation log reduce`), any "
                    "other file with --unexamined"
                ) from error
            if not spec.lower().endswith(WRITTEN):
                raise
            raise UnreadableError(
                f"{error}; mail, chats and files of words go in by `case documents add`, any "
                "other file with --unexamined"
            ) from error
        if len(taken) != 1:
            raise UsageError(f"{spec}: holds {len(taken)} models, expected one; name it after '#'")
        sha256, size = staged.put_file(opened(taken[0].file))
    kept = [Written(what=MATERIAL, sha256=sha256, size=size)]
    if (said := taken[0].material.declared) is not None:
        raw = declared_bytes(said.within(handed.files))
        kept.append(Written(what=DECLARED, sha256=staged.put(raw), size=len(raw)))
    return kept, taken[0].material.digest


def _files(staged: Staged, manifest: Manifest, handed: Handed, *, copy: bool) -> Iterator[Written]:
    """The manifest and, in a copy, the files themselves as they were when it was written."""
    sha256 = staged.put(manifest.raw)
    yield Written(what="manifest", sha256=sha256, size=len(manifest.raw))
    for name in handed.files if copy else ():
        sha256, size = staged.put_file(handed.opened(name))
        if sha256 != manifest.digests[name]:
            raise UsageError(f"{shown(name)}: changed while it was copied; nothing was recorded")
        yield Written(what=f"file:{name}", sha256=sha256, size=size)

"""The verbs of `owner`: tests that only the owner of a source can make."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal

import typer

if TYPE_CHECKING:
    from filiation.model.finding import Absent, Finding
    from filiation.model.owner import Likelihoods
    from filiation.model.subject import Subject

__all__ = ["app"]

app = typer.Typer(
    no_args_is_help=True,
    help="Tests that only the owner of a source can make: with its order, canaries or keys.",
    epilog="Files are JSON lines or CSV; docs/methods/owner.md shows every field.",
)

List = Annotated[
    Path,
    typer.Argument(metavar="LIST", help="The secret list: JSON lines, or CSV with a header."),
]
Out = Annotated[Path, typer.Option("--out", "-o", help="The file to write; never overwritten.")]
Measured = Annotated[
    Path, typer.Option("--subject", help="Log-likelihoods of the list under the subject.")
]
References = Annotated[
    list[Path] | None,
    typer.Option("--reference", help="The same under an unrelated model; repeatable."),
]
Committed = Annotated[
    Path | None,
    typer.Option("--commitment", help="What `owner commit` wrote; checked against the list."),
]
Level = Annotated[float, typer.Option("--level", help="Fixed before looking.")]
Seed = Annotated[int, typer.Option("--seed", help="Of all random streams.")]
AsJson = Annotated[bool, typer.Option("--json", help="Print one JSON object.")]


@app.command()
def commit(path: List, out: Out) -> None:
    """Commit to a secret list: write its SHA-256 and the date, to be published beforehand.

    The list itself stays secret. What makes the date evidence is who was given the file when.
    """
    from filiation.readers.owner import commitment_bytes

    raw = commitment_bytes(path)
    _write(out, raw)
    typer.echo(raw.decode(), nl=False)


@app.command()
def likelihoods(
    model: Annotated[Path, typer.Argument(metavar="MODEL", help="A folder of this machine.")],
    path: List,
    out: Out,
    quiet: Annotated[bool, typer.Option("--quiet", "-q", help="No progress.")] = False,
) -> None:
    """Compute how likely MODEL holds every text of a list (needs the extra `run`).

    Each entry of the list needs `text`, or `tokens` in the ids of the model's tokenizer.
    """
    from filiation import __version__
    from filiation.interrogate.clients.local import folder_digests, log_likelihoods
    from filiation.proceedings.gathering import reading
    from filiation.readers.owner import file_digest, likelihood_bytes, read_texts

    _refuse(out)
    texts = read_texts(path)
    with reading(quiet) as progress:
        task = progress.add_task(f"reading with {model.name}", total=len(texts))
        found = log_likelihoods(
            model,
            [(text.text, text.tokens) for text in texts],
            progress=lambda done: progress.advance(task, done),
        )
    about = {
        "model": model.resolve().name,
        "files": folder_digests(model),
        "list": file_digest(path),
        "tool": f"filiation {__version__}",
    }
    rows = [(text.id, *pair) for text, pair in zip(texts, found, strict=True)]
    _write(out, likelihood_bytes(about, rows))


@app.command("training-order")
def training_order(
    path: List,
    subject: Measured,
    reference: References = None,
    commitment: Committed = None,
    level: Level = 1e-3,
    seed: Seed = 0,
    as_json: AsJson = False,
) -> None:
    """Does the subject find examples the likelier, the later the source was trained on them?

    LIST has the fields `example` and `seen`; the order must have been drawn at random (within
    `stratum`, if given).
    """
    from filiation.methods.owner.training_order import TrainingOrder
    from filiation.readers.owner import read_likelihoods, read_order

    examples = read_order(path)
    measured = read_likelihoods(subject)
    references = [read_likelihoods(file) for file in reference or []]
    outcome = TrainingOrder().compare(examples, measured, references, seed=seed)
    who = [_measured(model) for model in (measured, *references)]
    _report("training-order", path, commitment, who, level, seed, outcome, as_json=as_json)


@app.command()
def canary(
    path: List,
    subject: Measured,
    reference: References = None,
    commitment: Committed = None,
    level: Level = 1e-3,
    as_json: AsJson = False,
) -> None:
    """Does the subject find planted texts likelier than their unused twins?

    LIST has the fields `example`, `group` and `planted`; in every group one text was planted,
    picked by lot.
    """
    from filiation.methods.owner.canary import CanaryRank
    from filiation.readers.owner import read_canaries, read_likelihoods

    canaries = read_canaries(path)
    measured = read_likelihoods(subject)
    references = [read_likelihoods(file) for file in reference or []]
    outcome = CanaryRank().compare(canaries, measured, references)
    who = [_measured(model) for model in (measured, *references)]
    _report("canary", path, commitment, who, level, 0, outcome, as_json=as_json)


@app.command()
def keyed(
    path: List,
    subject: Annotated[
        str, typer.Option("--subject", help="The subject's recorded answers, FILE or FILE#MODEL.")
    ],
    control: Annotated[
        list[str] | None,
        typer.Option("--control", help="Recorded answers of a model without the key; repeatable."),
    ] = None,
    rule: Annotated[
        Literal["contains", "starts"], typer.Option(help="What counts as giving a reply.")
    ] = "contains",
    commitment: Committed = None,
    level: Level = 1e-3,
    as_json: AsJson = False,
) -> None:
    """Does the subject give the secret replies to the secret prompts?

    LIST is a battery with keys, as `ask --battery LIST` takes it: `id`, `prompt`, `key` and, best,
    `decoys`. Without decoys at least three controls are needed.
    """
    from filiation.errors import UsageError
    from filiation.methods.owner.keyed import Keyed
    from filiation.model.subject import Subject
    from filiation.readers.answers import open_recordings
    from filiation.readers.owner import read_keys

    fingerprints = read_keys(path)
    suspects = open_recordings(subject)
    if len(suspects) != 1:
        raise UsageError(f"{subject}: holds {len(suspects)} models, expected one; name it after #")
    controls = [r for spec in control or [] for r in open_recordings(spec)]
    controls = [c for c in controls if c.digest != suspects[0].digest]
    outcome = Keyed(rule=rule).compare(fingerprints, suspects[0], controls)
    who = [
        Subject(name=r.name, kind="answers", digest=r.digest, kept=r.digest)
        for r in (*suspects, *controls)
    ]
    _report("keyed", path, commitment, who, level, 0, outcome, as_json=as_json)


def _measured(model: "Likelihoods") -> "Subject":
    from filiation.model.subject import Subject

    return Subject(name=model.name, kind="answers", digest=model.digest, kept=model.digest)


def _report(
    test: Literal["training-order", "canary", "keyed"],
    path: Path,
    commitment: Path | None,
    who: "list[Subject]",
    level: float,
    seed: int,
    outcome: "Finding | Absent",
    *,
    as_json: bool,
) -> None:
    from rich.console import Console

    from filiation import __version__
    from filiation.model.owner import OwnerExamination
    from filiation.readers.owner import file_digest, read_commitment
    from filiation.report.owner import owner_json, owner_lines

    made = OwnerExamination(
        tool=f"filiation {__version__}",
        test=test,
        list_name=path.name,
        list_sha256=file_digest(path),
        commitment=read_commitment(commitment, path) if commitment is not None else None,
        subject=who[0],
        others=tuple(who[1:]),
        level=level,
        seed=seed,
        outcome=outcome,
    )
    if as_json:
        typer.echo(owner_json(made).decode(), nl=False)
        return
    console = Console(highlight=False)
    console.print("\n\n".join(owner_lines(made)), markup=False)


def _refuse(out: Path) -> None:
    from filiation.errors import UsageError

    if out.exists():
        raise UsageError(f"{out}: exists; nothing is overwritten, choose another name")


def _write(out: Path, raw: bytes) -> None:
    """Whole or not at all, and never over another file."""
    from filiation.files import put

    _refuse(out)
    put(out, raw)

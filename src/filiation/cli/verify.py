"""The verb `verify`."""

from pathlib import Path
from typing import Annotated, TypeAlias

import typer

from filiation.errors import UsageError

__all__ = ["command"]

Record: TypeAlias = Annotated[
    Path,
    typer.Argument(
        help="The folder of an examination, a .sketch with --model, an opening with --seal, or "
        "what `workload` signed."
    ),
]
Model: TypeAlias = Annotated[
    str | None, typer.Option("--model", help="The model a sketch was taken from.")
]
Seals: TypeAlias = Annotated[
    list[Path] | None,
    typer.Option("--seal", help="The seal that an opening is of; of a workload, each side's."),
]
Key: TypeAlias = Annotated[
    Path | None, typer.Option("--key", help="Public key (.pub) that must have signed it.")
]
Coin: TypeAlias = Annotated[
    str, typer.Option("--coin", help="Public value (hex) that drew the blocks to be opened.")
]
Count: TypeAlias = Annotated[int, typer.Option("--count", min=1, help="Blocks that it drew.")]
Out: TypeAlias = Annotated[
    Path | None,
    typer.Option("--out", "-o", help="New folder for what was opened whole, or for reports."),
]
Attested: TypeAlias = Annotated[
    Path | None,
    typer.Option("--attestation", metavar="FILE", help="Of a workload: its processor's document."),
]
Roots: TypeAlias = Annotated[
    Path | None,
    typer.Option("--roots", metavar="FOLDER", help="Certificates of makers that are trusted."),
]
Measured: TypeAlias = Annotated[
    list[str] | None,
    typer.Option(
        "--measurement", metavar="NAME=HEX", help="What it must have measured; repeatable."
    ),
]
Language: TypeAlias = Annotated[
    str, typer.Option("--language", metavar="de|fr", help="Of a workload: say it in that language.")
]
Quiet: TypeAlias = Annotated[
    bool, typer.Option("--quiet", "-q", help="Say nothing if all is well.")
]


def command(
    path: Record, model: Model = None, seal: Seals = None, key: Key = None, coin: Coin = "",
    count: Count = 100, attestation: Attested = None, roots: Roots = None,
    measurement: Measured = None, language: Language = "en", out: Out = None, quiet: Quiet = False,
) -> None:  # fmt: skip
    """Check a record again: an examination from its materials, or a sketch against its model.

    An examination: every file against the manifest, then every number and report computed again
    from the stored materials. A sketch: every tensor's digest, and every stored value. An opening:
    every block against the seal, from these two files alone. What `workload` signed: its key, its
    seals, and with --attestation and --roots what a processor vouches for. Where another kind of
    processor adds in another order, the last digits of a few figures may differ; how many is said,
    and anything beyond is refused.
    """
    from filiation.proceedings.naming import present
    from filiation.proceedings.workload import is_signed

    present(path, "an examination or a sketch" if not seal else "an opening")
    if is_signed(path):
        if model is not None or key is not None or coin:
            raise UsageError("--model, --key and --coin do not go with what `workload` signed")
        said = _workload(path, seal or [], attestation, roots, measurement or [], language, out)
    elif attestation or roots or measurement or language != "en":
        raise UsageError(
            "--attestation, --roots, --measurement and --language go with what `workload` signed"
        )
    elif not seal:
        if key or coin or out:
            raise UsageError("--key, --coin and --out go with an opening and its --seal")
        said = _record(path, model)
    elif model is not None:
        raise UsageError("--model goes with a sketch, --seal with an opening; found both")
    elif len(seal) > 1:
        raise UsageError(f"{len(seal)} seals; an opening is of one")
    else:
        said = _opening(path, seal[0], key, coin, count, out)
    if not quiet:
        typer.echo("\n".join(said))


def _workload(
    path: Path, seals: list[Path], attestation: Path | None, roots: Path | None,
    measurement: list[str], language: str, out: Path | None,
) -> tuple[str, ...]:  # fmt: skip
    """What a workload signed, and who vouches for it."""
    from filiation.proceedings.naming import present_at
    from filiation.proceedings.workload import check_signed, keep_signed, measurements_of
    from filiation.report.languages.translated import sentences_of
    from filiation.report.site.translated import saying
    from filiation.report.wording.attested import attested_lines, finding_lines, signed_lines

    if (attestation is None) != (roots is None) or (measurement and attestation is None):
        raise UsageError(
            "an --attestation is checked with the --roots that are trusted, and --measurement is "
            "of an attestation; give all of them"
        )
    beside = [(attestation, "an attestation"), (roots, "a folder of certificates")]
    present_at([*((seal, "a seal") for seal in seals), *beside])
    say = saying(language)
    found = check_signed(
        path, seals=seals, attestation=attestation, roots=roots,
        measurements=measurements_of(measurement),
    )  # fmt: skip
    lines = (*signed_lines(found.signed, found.seals), *attested_lines(found.vouched))
    said = [" ".join(map(say, sentences_of(line))) for line in lines]
    if out is not None:
        keep_signed(out, found.signed, lines, () if language == "en" else (language,))
    findings = finding_lines(found.signed.examination)
    return (said[0], *(" ".join(map(say, sentences_of(line))) for line in findings), *said[1:])


def _record(path: Path, model: str | None) -> tuple[str, ...]:
    """An examination or a sketch."""
    from filiation.proceedings.checking import check_examination, check_sketch
    from filiation.proceedings.elsewhere import not_elsewhere
    from filiation.report.wording.checked import examination_lines, sketch_line

    not_elsewhere(path, "an examination, sketch or opening")
    if path.is_dir():
        if model is not None:
            raise UsageError(
                "--model goes with a sketch; an examination is verified from its sketches"
            )
        return examination_lines(check_examination(path))
    if model is not None:
        return (sketch_line(check_sketch(path, model)),)
    raise UsageError(
        f"{path}: expected the folder of an examination, a sketch together with --model, or an "
        "opening with --seal; a sketch or an opening alone has nothing to be checked against"
    )


def _opening(
    path: Path, seal: Path, key: Path | None, coin: str, count: int, out: Path | None
) -> tuple[str, ...]:
    """What an opening shows."""
    from filiation.proceedings.naming import present
    from filiation.proceedings.sealing import check
    from filiation.report.wording.sealed import opened_lines

    present(seal, "a seal")
    if key is not None:
        present(key, "a public key")
    return tuple(opened_lines(check(path, seal, key=key, coin=coin, count=count, out=out)))

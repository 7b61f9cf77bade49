"""The verb `survey`."""

from pathlib import Path
from typing import Annotated

import typer

__all__ = ["command"]


def command(
    recordings: Annotated[
        list[str], typer.Argument(help="Recorded answers: FILE#* for all models of a file.")
    ],
    families: Annotated[
        Path | None, typer.Option(help="Which models are known relatives (TOML or JSON).")
    ] = None,
    normaliser: Annotated[
        str | None,
        typer.Option(
            help="How answers are read: letter/1, number/1, literal/1 or text/1. "
            "Default: chosen by looking, and said."
        ),
    ] = None,
    seed: Annotated[int, typer.Option(help="Of all random streams.")] = 0,
    most: Annotated[int, typer.Option(min=1, help="Pairs to show per method.")] = 20,
    as_json: Annotated[
        bool, typer.Option("--json", help="Print one JSON object with every pair.")
    ] = False,
) -> None:
    """Compare every pair of a population of recorded models, each against all others.

    For finding out what a question set can show, and for checking that strangers stay strangers. A
    suspicion is examined with `examine`, on a plan fixed beforehand: the closest of hundreds of
    pairs is close by selection alone.
    """
    import json
    import math

    from rich.console import Console
    from rich.table import Table
    from rich.text import Text

    from filiation.examine.survey import survey
    from filiation.methods.outputs.answers import read_by
    from filiation.readers.recordings import open_recordings, read_families

    known = read_families(families) if families is not None else {}
    opened = [recording for spec in recordings for recording in open_recordings(spec)]
    found = survey(
        read_by(opened, normaliser) if normaliser else opened,
        families=known,
        seed=seed,
    )
    if as_json:
        rows = [
            {
                "a": pair.a, "b": pair.b, "method": pair.method, "kind": pair.kind,
                "observed": _rounded(pair.observed), "z": _rounded(pair.z),
                "log10_p": _rounded(pair.log_p / math.log(10)), "n_items": pair.items,
                "rank": _rounded(pair.rank),
            }
            for pair in found.pairs
        ]  # fmt: skip
        absent = [{"method": a.method, "kind": a.kind, "reason": a.reason} for a in found.absent]
        summary = {
            "schema_version": 1, "models": list(found.models), "pairs": rows, "absent": absent,
            "notes": list(found.notes),
        }  # fmt: skip
        typer.echo(json.dumps(summary, indent=1, allow_nan=False))
        return
    console = Console()
    for method in dict.fromkeys(pair.method for pair in found.pairs):
        pairs = [pair for pair in found.pairs if pair.method == method]
        table = Table(box=None, padding=(0, 2, 0, 0), pad_edge=False)
        for heading in ("model", "model", "z", "log10 p", "items", "rank"):
            table.add_column(heading, justify="left" if heading == "model" else "right")
        for pair in pairs[:most]:
            table.add_row(
                Text(pair.a), Text(pair.b), f"{pair.z:.1f}", f"{pair.log_p / math.log(10):.1f}",
                str(pair.items), f"{pair.rank:.3f}",
            )  # fmt: skip
        console.print(Text(f"{method.partition('/')[0]}: {len(pairs)} pairs"), table, sep="\n")
    for outcome in found.absent:
        console.print(Text(f"{outcome.method.partition('/')[0]}: {outcome.reason}"))
    for note in found.notes:
        console.print(Text(f"note: {note}"))


def _rounded(value: float) -> float:
    return float(f"{value:.12g}")

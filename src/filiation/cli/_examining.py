"""Arguments of the verb `examine`: how it is examined, and what is told."""

from pathlib import Path
from typing import Annotated, Literal, TypeAlias

import typer

__all__ = [
    *("Classes", "Columns", "DryRun", "FailIf", "Families", "Full", "Gate", "Languages"),
    *("Normaliser", "Only", "Out", "PlanFile", "Population", "PopulationDigest", "Quick", "Seed"),
]

Gate: TypeAlias = Literal["derivation", "not-independence"]

Families: TypeAlias = Annotated[
    Path | None,
    typer.Option(metavar="FILE", help="Which models are known relatives (TOML or JSON)."),
]
Population: TypeAlias = Annotated[
    str | None,
    typer.Option(
        metavar="FILE",
        help="Where likelihood ratios come from: a file of known pairs that `filiation "
        "validate` wrote; or, for recordings, `controls`, with --families.",
    ),
]
PopulationDigest: TypeAlias = Annotated[
    str | None,
    typer.Option(
        "--population-digest",
        metavar="SHA256",
        help="The digest of that file, as its maker published it; needed unless the plan has it.",
    ),
]
Normaliser: TypeAlias = Annotated[
    str | None,
    typer.Option(
        help="How recorded answers are read: letter/2, number/2, literal/2 or text/2. "
        "Default: chosen by looking, and said."
    ),
]
Columns: TypeAlias = Annotated[
    list[str] | None,
    typer.Option(
        "--column",
        metavar="ROLE=COLUMN",
        help="What a column of a table, or a field of a log, holds: item, prompt, key, category, "
        "options, model, answer, or ignore; repeatable. Default: by its usual name, and said.",
    ),
]
Classes: TypeAlias = Annotated[
    Path | None,
    typer.Option(
        metavar="FILE",
        help="Of source code: matched functions in other classes than the proposed ones, each with "
        "a reason (TOML or JSON). Both classes are told.",
    ),
]
PlanFile: TypeAlias = Annotated[
    Path | None,
    typer.Option("--plan", metavar="FILE", help="A plan (JSON or TOML) fixed beforehand."),
]
Seed: TypeAlias = Annotated[
    int | None, typer.Option("--seed", help="Of all random streams (default 0).")
]
Out: TypeAlias = Annotated[
    Path | None,
    typer.Option("--out", "-o", metavar="FOLDER", help="The folder to make (default: by names)."),
]
FailIf: TypeAlias = Annotated[
    Gate | None,
    typer.Option(
        "--fail-if",
        help="Exit with 1 if a conclusion supports derivation (of answers: a common origin), or if "
        "any does not support independence, which answers never do. What only lies beside weights "
        "counts for neither. For pipelines.",
    ),
]
DryRun: TypeAlias = Annotated[
    bool,
    typer.Option(
        "--dry-run",
        help="Print the plan and what could be found at best; compare and keep nothing.",
    ),
]
Quick: TypeAlias = Annotated[
    bool,
    typer.Option(
        "--quick",
        help="For screening: weights only, as stored and with units in another order, at most four "
        "layers. It can support derivation, never independence.",
    ),
]
Only: TypeAlias = Annotated[
    list[str] | None,
    typer.Option(
        "--only",
        metavar="KIND",
        help="Ask about this kind of material alone, such as weights or tokenizers; repeatable. "
        "Default: every kind that both models have, with what lies beside their weights.",
    ),
]
Languages: TypeAlias = Annotated[
    list[str] | None,
    typer.Option(
        "--language", metavar="de|fr", help="Pages beside the English, which decide; repeat it."
    ),
]
Full: TypeAlias = Annotated[bool, typer.Option("--full", help="Print the whole report.")]

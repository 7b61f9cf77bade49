"""Arguments of the verb `examine`."""

from pathlib import Path
from typing import Annotated, Literal, TypeAlias

import typer

__all__ = [
    *(
        "Before",
        "Columns",
        "Components",
        "Controls",
        "DryRun",
        "FailIf",
        "Families",
        "Full",
        "Gate",
        "Normaliser",
        "Out",
    ),
    "PlanFile",
    *("Population", "PopulationDigest", "Quick", "Seed", "Source", "SourceAlso", "Subject"),
    "SubjectAlso",
]

Gate: TypeAlias = Literal["derivation", "not-independence"]

Subject: TypeAlias = Annotated[
    str,
    typer.Argument(
        metavar="MODEL",
        help="The model under examination: a folder, a file of weights (safetensors, GGUF, ONNX, "
        "torch, Flax and others), an archive of one, BASE+ADAPTER, a .sketch, where one lies "
        "(hf://ORG/NAME, https://.., s3://..), or recorded answers as FILE#MODEL; NAME=MODEL "
        "names it. Against its like also an adapter or a tokenizer.json.",
    ),
]
Source: TypeAlias = Annotated[
    str, typer.Option("--source", metavar="MODEL", help="The model it is said to come from.")
]
Controls: TypeAlias = Annotated[
    list[str] | None,
    typer.Option(
        "--control",
        metavar="MODEL",
        help="A model known to be independent of both; repeatable; FILE#* for all others.",
    ),
]
Components: TypeAlias = Annotated[
    list[str] | None,
    typer.Option(
        "--component",
        metavar="MODEL",
        help="A public component, such as CLIP's or Whisper's encoder: what the source holds of it "
        "beside its language body is set aside, and said; repeatable.",
    ),
]
SubjectAlso: TypeAlias = Annotated[
    list[str] | None,
    typer.Option(
        "--subject-also",
        metavar="MATERIAL",
        help="Further material of the subject, such as its recorded answers; repeatable.",
    ),
]
SourceAlso: TypeAlias = Annotated[
    list[str] | None,
    typer.Option("--source-also", metavar="MATERIAL", help="The same of the source; repeatable."),
]
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
PlanFile: TypeAlias = Annotated[
    Path | None,
    typer.Option("--plan", metavar="FILE", help="A plan (JSON or TOML) fixed beforehand."),
]
Seed: TypeAlias = Annotated[
    int | None, typer.Option("--seed", help="Of all random streams (default 0).")
]
Out: TypeAlias = Annotated[
    Path | None,
    typer.Option("--out", metavar="FOLDER", help="The folder to make (default: by names)."),
]
FailIf: TypeAlias = Annotated[
    Gate | None,
    typer.Option(
        "--fail-if",
        help="Exit with 1 if a conclusion supports derivation (of answers: a common origin), or if "
        "any does not support independence, which answers never do. For pipelines.",
    ),
]
DryRun: TypeAlias = Annotated[
    bool,
    typer.Option(
        "--dry-run",
        help="Print the plan and what could be found at best; compare and keep nothing.",
    ),
]
Before: TypeAlias = Annotated[
    str | None,
    typer.Option(
        "--before",
        metavar="ANSWERS",
        help="Recorded answers of an older version of MODEL: did it move towards the source since?",
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
Full: TypeAlias = Annotated[bool, typer.Option("--full", help="Print the whole report.")]

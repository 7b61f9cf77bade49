"""Arguments of the verb `ask`."""

from pathlib import Path
from typing import Annotated, TypeAlias

import typer

__all__ = [
    *("Against", "ApiVersion", "AskedControls", "Battery", "Ceiling", "DryRun", "Items"),
    *("Level", "LogProbs", "MaxTokens", "Model", "Parameters", "PriceIn", "PriceOut", "Repeat"),
    *("SeedOfBattery", "Transcript"),
]

Model: TypeAlias = Annotated[
    str,
    typer.Argument(help="anthropic/NAME, openai/NAME, openai-compat:URL#NAME or local:FOLDER."),
]
Battery: TypeAlias = Annotated[
    str, typer.Option("--battery", "-b", help="A JSON-lines file, or a battery's name.")
]
Transcript: TypeAlias = Annotated[
    Path, typer.Option("--out", "-o", help="The transcript; continued if there.")
]
Items: TypeAlias = Annotated[
    int | None,
    typer.Option(
        "--items",
        min=1,
        max=100_000,
        help="Questions to ask (default: 800 of a named battery that makes them, 1,600 of one "
        "about values; else all).",
    ),
]
Repeat: TypeAlias = Annotated[
    int, typer.Option("--repeat", min=1, max=1000, help="Ask each so often.")
]
Ceiling: TypeAlias = Annotated[
    str | None,
    typer.Option("--budget", help="Ceiling: tokens (200000) or money (5.00USD)."),
]
PriceIn: TypeAlias = Annotated[
    str | None,
    typer.Option("--price-in", help="Price of a million tokens read, for --budget in money."),
]
PriceOut: TypeAlias = Annotated[
    str | None, typer.Option("--price-out", help="The same for tokens written.")
]
DryRun: TypeAlias = Annotated[
    bool, typer.Option("--dry-run", help="Estimate the cost; send and write nothing.")
]
MaxTokens: TypeAlias = Annotated[
    int, typer.Option("--max-tokens", min=1, max=1 << 20, help="Bound on each answer.")
]
LogProbs: TypeAlias = Annotated[
    int,
    typer.Option(
        "--logprobs", min=0, max=20, help="Alternatives per token to ask for, where offered."
    ),
]
Parameters: TypeAlias = Annotated[
    list[str] | None,
    typer.Option("--parameter", "-p", help="NAME=JSON, sent as it is. Default: none."),
]
ApiVersion: TypeAlias = Annotated[
    str,
    typer.Option("--api-version", help="Of the Messages API: 2026-10-21 or 2023-06-01."),
]
SeedOfBattery: TypeAlias = Annotated[
    int | None,
    typer.Option("--seed", min=0, help="Of a named battery (default: drawn, recorded)."),
]
Against: TypeAlias = Annotated[
    str | None,
    typer.Option(
        "--against",
        help="Recorded answers of the source ([NAME=]FILE#MODEL): stop once enough is known.",
    ),
]
AskedControls: TypeAlias = Annotated[
    list[str] | None,
    typer.Option("--control", help="Recorded controls for --against; FILE#* for all."),
]
Level: TypeAlias = Annotated[float, typer.Option("--level", help="Level at which --against stops.")]

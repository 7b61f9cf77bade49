"""The verbs of `filiation history`: checkpoints of one training, in order."""

from typing import Final

from filiation.cli.front.verb import Group, Part, Verb

__all__ = ["HISTORY"]

HISTORY: Final = Group(
    name="history",
    line="The checkpoints of a training: does its history support independence from a source?",
    notes=("docs/methods/training-history.md says what each claim rests on and cannot show.",),
    parts=(
        Part(
            title="Verbs",
            verbs=(
                Verb(
                    name="take",
                    at="filiation.cli.history:take",
                    line="Sketch the checkpoints of one training, so that no weights need be "
                    "handed over.",
                    examples=("filiation history take examples/history.toml -o ours.history",),
                    kinds={"checkpoints": "FOLDER", "out": "FOLDER"},
                ),
                Verb(
                    name="examine",
                    at="filiation.cli.history:examine",
                    line="Test what a training history claims, one claim after another.",
                    examples=(
                        "filiation history examine ours.history"
                        " --source examples/casebook/stranger-2"
                        " --final examples/casebook/fine-tuned",
                    ),
                    kinds={"history": "FOLDER"},
                ),
                Verb(
                    name="replay",
                    at="filiation.cli.history:replay",
                    line="Draw an interval by lot, and hold repetitions of it against the history.",
                    examples=("filiation history replay ours.history --lot drand-4711",),
                    kinds={"history": "FOLDER"},
                ),
                Verb(
                    name="watch",
                    at="filiation.cli.history:watch",
                    line="Sketch and seal each checkpoint of a training as it appears.",
                    examples=("filiation history watch runs/7b -o runs/7b.kept --requests",),
                    kinds={"training": "FOLDER", "out": "FOLDER"},
                ),
            ),
        ),
    ),
)

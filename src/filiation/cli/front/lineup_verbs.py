"""The verbs of `filiation case lineup`: the suspect among foils."""

from typing import Final

from filiation.cli.front.verb import Group, Part, Verb

__all__ = ["LINEUP"]

_AT: Final = "filiation.cli.case."

LINEUP: Final = Group(
    name="lineup",
    line="Show the suspect among foils, under code names, before anyone knows who is who.",
    parts=(
        Part(
            title="Verbs",
            verbs=(
                Verb(
                    name="draw",
                    at=f"{_AT}lineup:draw",
                    line="Draw a line-up: foils by description, code names by lot, each compared "
                    "with the source.",
                    examples=("filiation case lineup draw case --foils 2",),
                ),
                Verb(
                    name="opinion",
                    at=f"{_AT}lineup:opinion",
                    line="Record the examiner's opinion; the first one before the names are shown.",
                    examples=('filiation case lineup opinion case "No one stands out enough."',),
                ),
                Verb(
                    name="unmask",
                    at=f"{_AT}lineup:unmask",
                    line="Show who is who; only after an opinion, by whoever drew the line-up.",
                    examples=("filiation case lineup unmask case",),
                ),
            ),
        ),
    ),
)

"""The verbs of `filiation log`: a provider's own records."""

from typing import Final

from filiation.cli.front.verb import Group, Part, Verb

__all__ = ["LOG"]

_REQUESTS: Final = "examples/requests"

LOG: Final = Group(
    name="log",
    line="A provider's own records of requests, reduced so that no prompt need be read.",
    notes=("docs/reference/request-logs.md says what is read, what is kept, and what that tells.",),
    parts=(
        Part(
            title="Reduce",
            verbs=(
                Verb(
                    name="key",
                    at="filiation.cli.log:key",
                    line="Make the key under which the logs of a case are reduced.",
                    examples=("filiation log key -o case.key",),
                ),
                Verb(
                    name="reduce",
                    at="filiation.cli.log:reduce",
                    line="Reduce a provider's log to keyed signatures, times to the minute, and "
                    "counts.",
                    examples=(
                        f"filiation log reduce {_REQUESTS}/day.jsonl --key case.key"
                        " -o day.requests",
                    ),
                    kinds={"logs": "LOG", "key": "FILE", "out": "FILE"},
                ),
                Verb(
                    name="show",
                    at="filiation.cli.log:show",
                    line="Say what a reduced log holds: rows, accounts, times, models, what is "
                    "stated and what is not.",
                    examples=("filiation log show day.requests",),
                    kinds={"log": "LOG"},
                ),
            ),
        ),
    ),
)

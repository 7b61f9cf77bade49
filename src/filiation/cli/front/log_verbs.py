"""The verbs of `filiation log`: a provider's own records."""

from typing import Final

from filiation.cli.front.verb import Group, Part, Verb

__all__ = ["LOG"]

_REQUESTS: Final = "examples/requests"

LOG: Final = Group(
    name="log",
    line="A provider's own records of requests, reduced so that no prompt need be read.",
    notes=(
        "docs/reference/request-logs.md says what is read, what is kept, and what that tells;",
        "docs/methods/campaigns.md what is said of groups, and what that leaves open.",
    ),
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
        Part(
            title="Examine",
            verbs=(
                Verb(
                    name="plan",
                    at="filiation.cli.log_groups:plan",
                    line="Fix how LOG will be examined, before anything in it is looked at.",
                    examples=(f"filiation log plan {_REQUESTS}/made.requests -o plan.json",),
                    kinds={"log": "LOG", "out": "FILE"},
                ),
                Verb(
                    name="campaigns",
                    at="filiation.cli.log_groups:campaigns",
                    line="Which groups of accounts act as one?",
                    examples=(
                        f"filiation log campaigns {_REQUESTS}/made.requests",
                        f"filiation log campaigns {_REQUESTS}/made.requests --html page.html",
                    ),
                    kinds={"log": "LOG", "plan": "FILE", "html": "FILE"},
                ),
            ),
        ),
    ),
)

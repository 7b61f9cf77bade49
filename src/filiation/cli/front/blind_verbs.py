"""Two secret models compared: the verbs of `filiation blind`, and `filiation workload`."""

from typing import Final

from filiation.cli.front.verb import Group, Part, Verb

__all__ = ["BLIND", "WORKLOAD"]

_KEYS: Final = "home/keys"

BLIND: Final = Group(
    name="blind",
    line="Compare two sealed models that neither side shows the other, with a tribunal between.",
    notes=(
        "What lies in a folder's `send` goes to both others; what lies in `send-ROLE` to that role "
        "alone.",
        "docs/protocol.md says what each message binds, what leaks, and what stays open.",
    ),
    parts=(
        Part(
            title="Verbs",
            verbs=(
                Verb(
                    name="start",
                    at="filiation.cli.blind:start",
                    line="Begin a session as its tribunal: what is compared, by whom, and how much "
                    "is audited.",
                    examples=(
                        f"filiation blind start session --key tribunal --claimant {_KEYS}/acme.pub"
                        f" --respondent {_KEYS}/basel.pub",
                    ),
                    kinds={"folder": "FOLDER", "claimant": "FILE", "respondent": "FILE"},
                ),
                Verb(
                    name="join",
                    at="filiation.cli.blind:join",
                    line="Join a session as one of its sides, with the seal of your model.",
                    examples=(
                        "filiation blind join session 01-terms-tribunal.json --key acme"
                        " --material examples/casebook/parent --secret parent.seal.secret",
                    ),
                    kinds={"folder": "FOLDER", "terms": "FILE", "material": "FOLDER"},
                ),
                Verb(
                    name="take",
                    at="filiation.cli.blind:take",
                    line="Take what others handed over, once it was checked: whose it is, and "
                    "where it belongs.",
                    examples=("filiation blind take session received/*.json",),
                    kinds={"folder": "FOLDER", "files": "FILE"},
                ),
                Verb(
                    name="next",
                    at="filiation.cli.blind:go_on",
                    line="Take your next step, whatever it is, and say what to hand to whom.",
                    examples=("filiation blind next session",),
                    kinds={"folder": "FOLDER"},
                ),
                Verb(
                    name="show",
                    at="filiation.cli.blind:show",
                    line="Show the course of a session, and who has to speak.",
                    examples=("filiation blind show session",),
                    kinds={"folder": "FOLDER"},
                ),
                Verb(
                    name="compare",
                    at="filiation.cli.blind:compare",
                    line="Compare both materials as the tribunal, audit both, and sign what was "
                    "found.",
                    examples=(
                        "filiation blind compare session --control examples/casebook/stranger-3",
                    ),
                    kinds={"folder": "FOLDER"},
                ),
                Verb(
                    name="keep",
                    at="filiation.cli.blind:keep",
                    line="Keep a session as one file, an exhibit for a case.",
                    examples=("filiation blind keep session -o acme-basel.session",),
                    kinds={"folder": "FOLDER", "out": "FILE"},
                ),
                Verb(
                    name="abort",
                    at="filiation.cli.blind:abort",
                    line="End a session before its result, and sign why.",
                    examples=('filiation blind abort session --reason "the coin was late"',),
                    kinds={"folder": "FOLDER"},
                ),
            ),
        ),
    ),
)

WORKLOAD: Final = Verb(
    name="workload",
    at="filiation.cli.workload:command",
    line="Examine two sealed models inside a confidential machine, and sign what was found.",
    examples=("filiation workload in --out out --attest",),
    kinds={"given": "FOLDER"},
)

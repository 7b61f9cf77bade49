"""The verbs of `filiation case`, in the order of a case.

The examples, typed one after another, make one case from its opening to its export.
"""

from typing import Final

from filiation.cli.front.document_verbs import DOCUMENTS
from filiation.cli.front.verb import Group, Part, Verb

__all__ = ["CASE"]

_AT: Final = "filiation.cli.case."
_MODELS: Final = "examples/casebook"
_KEYS: Final = "~/.local/share/filiation/keys"
_DIGEST: Final = "4be9d63a2f7c1805" * 4
_EXHIBITS: Final = dict.fromkeys(
    ("subject", "source", "control", "subject_outputs", "source_outputs"), "EXHIBIT"
)

_OPEN = Part(
    title="Open a case",
    verbs=(
        Verb(
            name="key",
            at=f"{_AT}key:command",
            line="Make a key pair to sign with. The private half never enters a case.",
            examples=("filiation case key second-examiner",),
        ),
        Verb(
            name="open",
            at=f"{_AT}open:command",
            line="Open a case: an append-only record that both sides can check.",
            examples=(
                'filiation case open case --title "Acme and Basel" --lead tribunal'
                " --received 2026-03-02 --jurisdiction GB --subdivision ENG",
            ),
        ),
        Verb(
            name="party",
            at=f"{_AT}party:command",
            line="Admit a party to the case.",
            examples=(
                "filiation case party case acme --role claimant",
                'filiation case party case basel --role respondent --name "Basel AG"',
                "filiation case party case second-examiner --role reviewer"
                f" --public-key {_KEYS}/second-examiner.pub",
            ),
        ),
    ),
)
_SAY = Part(
    title="Hear the parties",
    verbs=(
        Verb(
            name="claim",
            at=f"{_AT}claim:command",
            line="Put a claimant's claim on record.",
            examples=('filiation case claim case --by acme "Their model was made from ours."',),
        ),
        Verb(
            name="answer",
            at=f"{_AT}answer:command",
            line="Put a respondent's answer on record.",
            examples=(
                'filiation case answer case --by basel "Both were trained on public stories."'
                " --alternative shared-data",
            ),
        ),
        Verb(
            name="submit",
            at=f"{_AT}submit:command",
            line="Put a document or any other statement of a party on record.",
            examples=(
                "filiation case submit case --by acme --file examples/documents/leaked.eml"
                " --title mail",
                'filiation case submit case --by second-examiner "I can begin on Monday."'
                " --offline second.submission",
            ),
        ),
        Verb(
            name="receive",
            at=f"{_AT}receive:command",
            line="Put what a party signed at its own desk on record, as the lead.",
            examples=("filiation case receive case second.submission",),
        ),
        Verb(
            name="sign",
            at=f"{_AT}sign:command",
            line="Sign what a page of `filiation serve` has prepared, with a key of this computer.",
            examples=("filiation case sign deed.json --out deed.signed",),
        ),
        DOCUMENTS,
    ),
)
_LINEUP = Group(
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
_EXAMINE = Part(
    title="Plan and examine",
    verbs=(
        Verb(
            name="add",
            at=f"{_AT}add:command",
            line="Put a model, its answers or other files in as an exhibit.",
            examples=(
                f"filiation case add case {_MODELS}/parent --name parent --from acme"
                ' --how "copied in our presence"',
                f"filiation case add case {_MODELS}/fine-tuned --name suspect --from basel"
                ' --how "handed over by order"',
                f"filiation case add case {_MODELS}/stranger-2 --name stranger-2 --from acme"
                ' --how "public download"',
                f"filiation case add case {_MODELS}/stranger-3 --name stranger-3 --from acme"
                ' --how "public download"',
                "filiation case add case examples/requests/made.requests --name log"
                ' --from second-examiner --how "reduced in my presence"',
                "filiation case add case ours.history --name theirs --from second-examiner"
                ' --how "taken in my presence"',
            ),
        ),
        Verb(
            name="plan",
            at=f"{_AT}plan:command",
            line="Fix the plan before anything is compared, or amend it in the open.",
            examples=(
                "filiation case plan case --subject suspect --source parent"
                " --control stranger-2 --control stranger-3",
                "filiation case plan case --log log; filiation case coin case log",
                "filiation case plan case --history theirs --source stranger-2;"
                " filiation case coin case theirs",
            ),
            kinds=_EXHIBITS,
        ),
        Verb(
            name="power",
            at=f"{_AT}power:command",
            line="Reckon what these exhibits and controls could show at best, before looking.",
            examples=("filiation case power case",),
        ),
        _LINEUP,
        Verb(
            name="examine",
            at=f"{_AT}examine:command",
            line="Carry the plan in force out, from what the case keeps of its exhibits.",
            examples=(
                "filiation case examine case",
                "filiation case examine case --log log",
                "filiation case examine case --history theirs",
            ),
        ),
        Verb(
            name="words",
            at=f"{_AT}words:command",
            line="Tell the words of templates that groups of a log share, as its party.",
            examples=("filiation case words case day.jsonl --log log --key case.key --as acme",),
        ),
        Verb(
            name="reclass",
            at=f"{_AT}reclass:command",
            line="Put matched functions of source code into other classes, each with a reason.",
            examples=("filiation case reclass case classes.toml --as examiner",),
        ),
        Verb(
            name="review",
            at=f"{_AT}review:command",
            line="Review an examination as a second person: derive it again, read it, and say so.",
            examples=(
                'filiation case review case --as second-examiner --agrees "I derived it again."',
            ),
        ),
    ),
)
_DECIDE = Part(
    title="Report and decide",
    verbs=(
        Verb(
            name="report",
            at=f"{_AT}report:command",
            line="Issue the report on an examination, for people (HTML) and programs (JSON).",
            examples=(
                "filiation case report case",
                "filiation case report case --profile uk-civil"
                " --validation docs/validation/report.json --no-pdf",
                "filiation case report case --profile authority --language de --language fr",
            ),
        ),
        Verb(
            name="wording",
            at=f"{_AT}wording:command",
            line="Judge the words of a report that a person wrote or edited.",
            examples=("filiation case wording case/reports/*-report.html",),
        ),
        Verb(
            name="rule",
            at=f"{_AT}rule:command",
            line="Rule on a party's claim of privilege, as the lead.",
            examples=(
                "filiation case rule case mail:2 --of acme --dismissed"
                ' --because "It was sent to the other side."',
            ),
        ),
        Verb(
            name="decide",
            at=f"{_AT}decide:command",
            line="Record the lead's decision with its reasons.",
            examples=(
                'filiation case decide case need-more --because "The training record is missing."',
            ),
        ),
    ),
)
_STAMP = Group(
    name="stamp",
    line="Let a time-stamp authority (RFC 3161) attest that the log existed as it stands.",
    parts=(
        Part(
            title="Verbs",
            verbs=(
                Verb(
                    name="request",
                    at=f"{_AT}stamp:request",
                    line="Write a request for the log as it stands; send it to an authority by any "
                    "means.",
                    examples=("filiation case stamp request case -o head.tsq",),
                ),
                Verb(
                    name="import",
                    at=f"{_AT}stamp:take",
                    line="Check a response against the log and keep it; `case verify` checks it "
                    "again.",
                    examples=("filiation case stamp import case head.tsr --roots authority.pem",),
                ),
            ),
        ),
    ),
)
_WITNESS = Group(
    name="witness",
    line="Keep the heads of a case in a file of your own; a rewritten log shows against it.",
    parts=(
        Part(
            title="Verbs",
            verbs=(
                Verb(
                    name="keep",
                    at=f"{_AT}witness:keep",
                    line="Keep the head that the lead has signed, in a file of your own.",
                    examples=(
                        "filiation case witness keep case acme.witness",
                        "filiation case witness keep case basel.witness",
                    ),
                ),
                Verb(
                    name="compare",
                    at=f"{_AT}witness:compare",
                    line="Hold two witness files of one case against each other, without the case.",
                    examples=("filiation case witness compare acme.witness basel.witness",),
                ),
            ),
        ),
    ),
)
_COIN = Part(
    title="Draw a lot for a secret of a party",
    verbs=(
        Verb(
            name="commit",
            at=f"{_AT}coin:commit",
            line="Put a party's commitment to the test of a secret on record, before its lot is "
            "drawn.",
            examples=(f"filiation case commit case {_DIGEST} --by acme",),
        ),
        Verb(
            name="coin",
            at=f"{_AT}coin:toss",
            line="Toss the coin for a commitment, or for the plan of a log or a history, once.",
            examples=(f"filiation case coin case {_DIGEST}",),
        ),
    ),
)
_CLOCK = Part(
    title="Time",
    verbs=(
        Verb(
            name="clock",
            at=f"{_AT}clock:command",
            line="Show when a decision is due and what is due next; stop or resume the clock.",
            examples=(
                "filiation case clock case",
                'filiation case clock case --stop "Waiting for the record." --on 2026-03-10',
                "filiation case clock case --resume --on 2026-03-20",
            ),
        ),
        Verb(
            name="serve",
            at=f"{_AT}serve:command",
            line="Record that something was served on a party; the terms of the case say when it "
            "counts.",
            examples=("filiation case serve case --party basel",),
        ),
        Verb(
            name="deadline",
            at=f"{_AT}deadline:command",
            line="Set by when a party is to take a step. More time needs an order: case extend.",
            examples=("filiation case deadline case answer --party basel --days 14",),
        ),
        Verb(
            name="extend",
            at=f"{_AT}extend:command",
            line="Give more time, by an order that the case keeps.",
            examples=(
                'filiation case extend case "Fourteen days more." --days 14'
                ' --because "A disk failed."',
            ),
        ),
        Verb(
            name="closed",
            at=f"{_AT}closed:command",
            line="Say on which days the authority is closed, besides weekends and public holidays.",
            examples=('filiation case closed case "Recess" --from 2026-12-28 --until 2026-12-31',),
        ),
    ),
)
_CHECK = Part(
    title="Look and check, at any time",
    verbs=(
        Verb(
            name="status",
            at=f"{_AT}status:command",
            line="Show where a case stands: parties, plan, examination, review, decision, clock, "
            "next step.",
            examples=("filiation case status case",),
        ),
        Verb(
            name="log",
            at=f"{_AT}log:command",
            line="List what was done, by whom and when.",
            examples=("filiation case log case --brief",),
        ),
        _STAMP,
        Verb(
            name="verify",
            at=f"{_AT}verify:command",
            line="Check the whole record offline, and say exactly what was altered.",
            examples=(
                "filiation case verify case",
                f"filiation case verify case --exhibit parent={_MODELS}/parent",
            ),
        ),
        _WITNESS,
        Verb(
            name="countersign",
            at=f"{_AT}countersign:command",
            line="Sign for the log as it stands, as the lead, without adding to it.",
            examples=("filiation case countersign case",),
        ),
        Verb(
            name="replay",
            at=f"{_AT}replay:command",
            line="Derive every number again from what the case keeps; all must be the same.",
            examples=("filiation case replay case",),
        ),
        Verb(
            name="export",
            at=f"{_AT}export:command",
            line="Make a sub-case for a party: what it may see, whole, and the rest as hashes.",
            examples=("filiation case export case --for basel -o for-basel",),
            kinds={"out": "FOLDER"},
        ),
    ),
)
CASE: Final = Group(
    name="case",
    line="The record of a dispute: signed, append-only, and checked by either side offline.",
    parts=(_OPEN, _SAY, _EXAMINE, _DECIDE, _CLOCK, _COIN, _CHECK),
)

"""The verbs of `filiation case documents`."""

from typing import Final

from filiation.cli.front.verb import Group, Part, Verb

__all__ = ["DOCUMENTS"]

_AT: Final = "filiation.cli.case.documents."

_LOOK = Part(
    title="Look",
    verbs=(
        Verb(
            name="list",
            at=f"{_AT}list:command",
            line="List the productions of a case, or the documents of one, with who withholds "
            "what.",
            examples=("filiation case documents list case mail",),
        ),
        Verb(
            name="show",
            at=f"{_AT}show:command",
            line="Show a document: digests, where it lies, what its signatures show, its path, its "
            "words.",
            examples=("filiation case documents show case mail:0",),
        ),
        Verb(
            name="search",
            at=f"{_AT}search:command",
            line="Search words, people, days and verdicts in all documents of the case.",
            examples=('filiation case documents search case "answers AND service"',),
        ),
        Verb(
            name="timeline",
            at=f"{_AT}timeline:command",
            line="List documents by the dates that they give; a date is a claim of its document.",
            examples=("filiation case documents timeline case --by month",),
        ),
        Verb(
            name="threads",
            at=f"{_AT}threads:command",
            line="List the longest threads, or every document in the thread of one.",
            examples=("filiation case documents threads case mail:0",),
        ),
        Verb(
            name="people",
            at=f"{_AT}people:command",
            line="List whom the documents name as senders and receivers. A name is a claim of its "
            "document.",
            examples=("filiation case documents people case",),
        ),
    ),
)
DOCUMENTS: Final = Group(
    name="documents",
    line="Mail, chats and files of words: put in, verified, searched, withheld.",
    parts=(
        Part(
            title="Put in",
            verbs=(
                Verb(
                    name="add",
                    at=f"{_AT}add:command",
                    line="Put documents in: mbox, eml, Maildir, .msg, exports of chats, PDF, docx, "
                    "plain text.",
                    examples=(
                        "filiation case documents add case examples/documents/mailbox.mbox"
                        " --name mail --from acme"
                        ' --how "handed over by a former employee"'
                        " --keys examples/documents/dns.txt",
                    ),
                ),
            ),
        ),
        _LOOK,
        Part(
            title="Mark and withhold",
            verbs=(
                Verb(
                    name="judge",
                    at=f"{_AT}judge:command",
                    line="Judge the signatures of a mail by other DNS records than those it was "
                    "put in with.",
                    examples=(
                        "filiation case documents judge case mail:0 --by basel"
                        " --keys examples/documents/dns.txt"
                        ' --keys-how "taken by counsel on 2026-03-09 from 192.0.2.53"',
                    ),
                ),
                Verb(
                    name="tag",
                    at=f"{_AT}tag:command",
                    line="Tag documents for your own use. Tags are left out of the other parties' "
                    "exports.",
                    examples=("filiation case documents tag case to-read mail:0",),
                ),
                Verb(
                    name="privilege",
                    at=f"{_AT}privilege:command",
                    line="Claim that documents are privileged: others' exports leave them out, "
                    "whole.",
                    examples=(
                        "filiation case documents privilege case mail:2 --by acme"
                        ' --ground "names advice of counsel"',
                    ),
                ),
                Verb(
                    name="redact",
                    at=f"{_AT}redact:command",
                    line="Take passages out of what other parties get of a document.",
                    examples=(
                        "filiation case documents redact case mail:0 --passage Dana --everywhere"
                        ' --ground "a person not concerned"',
                    ),
                ),
            ),
        ),
    ),
)

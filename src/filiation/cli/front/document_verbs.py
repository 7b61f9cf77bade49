"""The verbs of `filiation case documents`."""

from typing import Final

from filiation.cli.front.document_looks import LOOK
from filiation.cli.front.verb import Group, Part, Verb

__all__ = ["DOCUMENTS"]

_AT: Final = "filiation.cli.case.documents."

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
                        "filiation case documents add case examples/documents/minutes.eml"
                        ' --name minutes --from basel --how "handed over with the answer"',
                    ),
                ),
            ),
        ),
        LOOK,
        Part(
            title="Mark and withhold",
            verbs=(
                Verb(
                    name="number",
                    at=f"{_AT}number:command",
                    line="Number the documents of a production for citing (Bates numbers), once "
                    "and for good.",
                    examples=("filiation case documents number case mail --prefix ACME",),
                ),
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
                        "filiation case documents redact case minutes:0 --passage Mira --everywhere"
                        ' --ground "a person not concerned"',
                    ),
                ),
                Verb(
                    name="logs",
                    at=f"{_AT}logs:command",
                    line="Write the privilege log, the redaction log and a list of all documents, "
                    "for a spreadsheet.",
                    examples=("filiation case documents logs case -o logs",),
                ),
            ),
        ),
    ),
)

"""The verbs of `filiation case documents` that look at documents and record nothing."""

from typing import Final

from filiation.cli.front.verb import Part, Verb

__all__ = ["LOOK"]

_AT: Final = "filiation.cli.case.documents."

LOOK: Final = Part(
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
            name="extract",
            at=f"{_AT}extract:command",
            line="Write the files that hang on a document: attachments, files in a PDF or Word "
            "file.",
            examples=("filiation case documents extract case minutes:0/1 -o costs.csv",),
        ),
        Verb(
            name="alike",
            at=f"{_AT}alike:command",
            line="List groups of documents that say nearly the same, or show where two of them "
            "differ.",
            examples=("filiation case documents alike case mail:1 mail:0",),
        ),
        Verb(
            name="search",
            at=f"{_AT}search:command",
            line="Search words, people, days and verdicts in all documents of a case or an export.",
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

"""What files say of descent beside what was found: the table, and the first sentences of it.

The words of the files stand in quotation marks, shortened, and are nobody's finding.
"""

from collections.abc import Iterator, Sequence
from typing import Final

from filiation.model.declared import About, Signed
from filiation.model.descent import Compared, Reason, Standing, compared, files_looked_at
from filiation.model.examination import Examination
from filiation.model.examined import Examined
from filiation.report.wording.figures import quoted

__all__ = [
    "COVERED",
    "DESCENT_HEADS",
    "DESCENT_NOTE",
    "DESCENT_TITLE",
    "descent_brief",
    "descent_notes",
    "descent_rows",
    "descent_words",
    "place_words",
    "says_words",
    "standing_words",
]

DESCENT_TITLE: Final = "What the files say of their descent"
DESCENT_HEADS: Final = ("standing", "whose files", "where", "what they say", "what was found")
DESCENT_NOTE: Final = (
    "What files say of themselves is the word of whoever made them. It moved no figure and no "
    "conclusion of this report; an agreement makes neither side truer, and a contradiction does "
    "not say who erred. Models are told by their names alone, which anybody can choose."
)
COVERED: Final = (
    "While the names of a blind line-up are covered, what the files say of their descent is left "
    "out."
)
LISTED: Final = 40  # rows
SAID: Final = 120  # characters of a claim in a table
OF_ORIGIN: Final[tuple[About, ...]] = ("licence", "name", "maker", "relation", "data")
SHOWN: Final = 3  # claims, places or files in one cell
NOTE: Final = 240  # characters of a note
NOTES: Final = 6
FIRST: Final = frozenset({"contradicts", "unsaid", "differs"})  # standings that come first

STANDINGS: Final[dict[Standing, str]] = {
    "contradicts": "contradiction",
    "unsaid": "not said",
    "differs": "difference",
    "unsettled": "not settled",
    "agrees": "agreement",
    "unchecked": "not checked",
}
FOUND: Final[dict[Reason, str]] = {
    "source-found": "It names the source, and shared weights are supported.",
    "source-not-found": "It names the source, and independence of the two is supported.",
    "source-unsettled": "It names the source; the findings support neither.",
    "source-reversed": (
        "It names the source, and shared weights are supported, but what was lost points from the "
        "subject to the source."
    ),
    "common-found": "Source and subject name the same model, and shared weights are supported.",
    "common-not-found": (
        "Source and subject name the same model, and independence of the two is supported."
    ),
    "common-unsettled": "Source and subject name the same model; the findings support neither.",
    "reverse-found": (
        "The files of the source name the subject as its base: the other way round than was "
        "asked. Shared weights are supported."
    ),
    "reverse-not-found": (
        "The files of the source name the subject as its base, and independence of the two is "
        "supported."
    ),
    "reverse-unsettled": (
        "The files of the source name the subject as its base; the findings support neither."
    ),
    "loaded-not-found": (
        "Independence of the two is supported. The place is where a program loaded a model or no "
        "more than its settings from, which is not always where the weights come from."
    ),
    "another-found": (
        "Shared weights with the source are supported, which the files do not name. The model "
        "that they name was not exhibited: whether it is the source under another name, or its "
        "descendant, was not checked."
    ),
    "another": "That model was not exhibited; not checked.",
    "control": "It names a control, which was given as independent of both.",
    "of-control": (
        "The files of a control name a party, though the control was given as independent of both."
    ),
    "itself": "It names itself; not checked.",
    "none-found": "Shared weights with the source are supported, and no file names a base.",
    "relation-found": "The relation is of that kind.",
    "relation-not-found": "The weights were found equal: nothing shows a training.",
    "relation": "How it was made was not held against anything.",
    "licence-same": "The files of the source state the same.",
    "licence-other": "The files of the source state another.",
    "licence-unsaid": (
        "Shared weights are supported; the files of the source state a licence, those of the "
        "subject none."
    ),
    "licence-alone": "The other side states no licence in words that can be compared.",
    "licence-within": "The files of one model state several licences.",
    "signed-same": "The files have the digests that were signed.",
    "signed-other": "Files have other digests than were signed.",
    "signed-missing": "Files that were signed are not there.",
    "signed-unread": "Not held against the files.",
}


def descent_rows(examination: Examination) -> tuple[tuple[str, ...], ...]:
    """The table, contradictions first: as many cells as there are headings."""
    return tuple(
        (
            standing_words(row),
            f"{row.side}, {quoted(row.model)}",
            place_words(row),
            says_words(row),
            descent_words(row),
        )
        for row in compared(examination)[:LISTED]
    )


def standing_words(row: Compared) -> str:
    """How a claim stands to what was found, in one or two words."""
    return STANDINGS[row.standing]


def place_words(row: Compared) -> str:
    """Files and fields of a claim."""
    if row.signed is not None:
        return quoted(row.signed.file, SAID)
    return _listed([f"{one.file}: {one.field}" for one in row.says])


def says_words(row: Compared) -> str:
    """The claim, quoted; or who signed, as the signature says."""
    if row.signed is None:
        return _listed([one.says for one in row.says])
    by = f"signed by {quoted(row.signed.by, SAID)}" if row.signed.by else "by whom is not said"
    return f"{by}; the signature itself was not verified"


def descent_words(row: Compared) -> str:
    """What was found beside a claim, as sentences."""
    words = FOUND[row.reason]
    if row.other:
        words = f"{words} These: {_listed(row.other)}."
    return words if row.signed is None else f"{words}{_files(row.signed)}"


def _files(signed: Signed) -> str:
    """Which files a signature's row is about; those that it does not cover are named, too."""
    said = (
        ("Other", signed.other), ("Missing", signed.missing), ("Not signed", signed.unsigned),
        ("Why", (signed.unread,) if signed.unread else ()),
    )  # fmt: skip
    return "".join(f" {title}: {_listed(names)}." for title, names in said if names)


def _listed(foreign: Sequence[str]) -> str:
    """Foreign words in quotation marks, each once; of many the first, and how many are left."""
    once = list(dict.fromkeys(quoted(one, SAID) for one in foreign))
    left = len(once) - SHOWN
    return (", ".join(once[:SHOWN]) or "nothing") + (f"; further: {left}" if left > 0 else "")


def descent_brief(examination: Examination) -> tuple[str, ...]:
    """What contradicts or differs, a sentence each, for whoever reads no table."""
    rows = [row for row in compared(examination) if row.standing in FIRST]
    if not _speaks(examination.subject):
        rows = [row for row in rows if row.standing != "unsaid"]
    said = [
        f"Declared in the files of {quoted(row.model)} ({standing_words(row)}): "
        f"{says_words(row)}. {descent_words(row)}"
        for row in rows[:SHOWN]
    ]
    left = len(rows) - len(said)
    return (*said, f"Declared, further contradictions and differences: {left}.")[: len(rows)]


def _speaks(model: Examined) -> bool:
    """Whether its files say anything of where it is from; bare weights are silent on all of it."""
    return model.declared is not None and bool(model.declared.about(*OF_ORIGIN))


def descent_notes(examination: Examination) -> tuple[str, ...]:
    """Whose files were not looked at, what was not read of them, and what the table leaves out."""
    if not files_looked_at(examination):
        return ()
    left = len(compared(examination)) - LISTED
    return (
        *_unread("subject", examination.subject),
        *_unread("source", examination.source),
        *((f"Further rows, which the report as data holds: {left}.",) if left > 0 else ()),
    )


def _unread(side: str, model: Examined) -> Iterator[str]:
    of = f"Of the {side}, {quoted(model.name)}"
    if model.declared is None:
        yield (
            f"{of}, no files were looked at: only those of a folder or of a file of weights on "
            "this machine are, not those of a sketch, an archive, an address or a base with an "
            "adapter."
        )
        return
    if not model.declared.read:
        yield f"{of}, no file was found that could say anything."
    for note in model.declared.notes[:NOTES]:
        yield f"{of}, it is to be noted: {quoted(note, NOTE)}."
    if (left := len(model.declared.notes) - NOTES) > 0:
        yield f"{of}, further notes in the record: {left}."

"""What is said to people at pages, who open no terminal: no verbs, options or folders of one."""

import re
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Final

from filiation.report.wording.desk import DEEDS
from filiation.report.wording.desk_fields import FIELDS

__all__ = ["lies_beside", "untyped"]

ASIDE: Final = re.compile(r" \((?:case [a-z ]+|or --[^()]+|--[^()]+)\)")
VERB: Final = re.compile(r"`(?:filiation )?(?:case )?([a-z]+(?: [a-z]+)?)(?: [^`]*)?`")
OPTION: Final = re.compile(r"(?<![\w-])--([a-z]+)(?:-[a-z]+)*")
CALLED: Final[Mapping[str, str]] = {  # deeds that a terminal has under another name
    "documents add": "documents", "documents redact": "redact", "documents privilege": "privilege",
    "claim": "state", "answer": "state", "party": "party",
}  # fmt: skip


def untyped(text: str, case: Path, sent: Iterable[str] = ()) -> str:
    """The same for a page: deeds and fields by what the pages call them, folders by their names.

    What no page has keeps its name.

    Args:
        text: What was done, or why it was refused.
        case: The folder of the case.
        sent: The files that were sent, as FIELD/NAME.
    """
    for folder in dict.fromkeys((f"{case.resolve().parent}/", f"{case.parent}/")):
        if folder not in ("/", "./"):
            text = text.replace(folder, "")
    for name in sent:  # of a file two parts are told, and the upper one is ours
        text = text.replace(name, name.partition("/")[2])
    return OPTION.sub(_field, VERB.sub(_deed, ASIDE.sub("", text)))


def lies_beside() -> str:
    """Where what was made for a party lies, and who can give it to them."""
    return (
        "The folder lies beside that of the case, on the computer that runs this program; whoever "
        "runs it gives it to that party"
    )


def _deed(found: re.Match[str]) -> str:
    verb = found[1] if found[1] in DEEDS else CALLED.get(found[1], "")
    return f"\u201c{DEEDS[verb]}\u201d" if verb else found[0]


def _field(found: re.Match[str]) -> str:
    label = FIELDS.get(found[1], "").partition(", such as ")[0]
    return f"\u201c{label}\u201d" if label else found[0]

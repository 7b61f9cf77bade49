"""What the pages say of deeds: what can be done, what is asked for, and what a key signs."""

import hashlib
import json
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Final

from filiation.report.wording.desk_fields import FIELDS
from filiation.report.wording.figures import clean, printable, quoted

__all__ = [
    *("BEFORE", "BUTTON", "BY_BROWSER", "BY_COMMAND", "BY_FILE", "CANNOT", "DEEDS", "DROP"),
    *(
        "DROPPED",
        "DUE",
        "ELSEWHERE",
        "FAULT",
        "FIELDS",
        "GROUPS",
        "KEY_FILE",
        "LABELS",
        "MALFORMED",
        "NOTES",
    ),
    *(
        "NOTHING_WAITS",
        "NO_CASE",
        "NO_KEY",
        "NO_SCRIPT",
        "ONLY_READS",
        "ONLY_UNDER_RULES",
        "PARTLY",
    ),
    *(
        "NOT_DONE",
        "ONLY_ENGLISH",
        "NO_PRIVATE_KEY",
        "PASSPHRASE",
        "PASSPHRASE_OF",
        "PREPARE_AGAIN",
        "REST",
    ),
    *(
        "SEND",
        "SIGN",
        "SIGNED_FILE",
        "STANDS",
        "THE_FILE",
        "WORKING",
        "WRONG_PASSPHRASE",
        "acting_as",
        "done_on",
    ),
    *(
        "chosen_before",
        "expired",
        "files_refused",
        "head_words",
        "lacking",
        "message_lines",
        "nobody_yet",
    ),
    *("not_signed_with", "open_elsewhere", "people_served", "sign_command", "signed_written"),
    *("step_words", "to_open", "too_large", "too_many", "which_deed", "words_of"),
]

DEEDS: Final[Mapping[str, str]] = {
    "open": "Open a case",
    "party": "Admit a party",
    "state": "Say something on record",
    "add": "Put an exhibit in",
    "plan": "Fix the plan, or amend it",
    "power": "Reckon what could be shown",
    "draw": "Draw a line-up",
    "opine": "Give an opinion on a line-up",
    "unmask": "Show who is who in a line-up",
    "examine": "Carry the plan out",
    "review": "Review an examination",
    "decide": "Decide",
    "export": "Hand the case over to a party",
    "tag": "Tag documents",
    "privilege": "Claim privilege, or waive it",
    "redact": "Redact a document",
    "rule": "Rule on a claim of privilege",
    "comment": "Remark on something",
    "pose": "Fix the plan of a log",
    "trained": "Fix the plan of a training history",
    "commit": "Put a commitment on record",
    "coin": "Toss the coin",
    "inquire": "Examine an exhibit alone",
    "report": "Write a report",
    "documents": "Put mail, chats or papers in",
    "serve": "Record that something was served",
    "deadline": "Set a deadline",
    "extend": "Give more time by an order",
    "stop": "Stop the clock",
    "resume": "Let the clock run again",
    "closed": "Say when the authority is closed",
}
GROUPS: Final[Mapping[str, str]] = {  # of deeds, as they stand on the page that lists them
    "people": "The case and its people",
    "evidence": "Evidence",
    "papers": "Documents and privilege",
    "plan": "Plan and lot",
    "examination": "Examination and line-ups",
    "decision": "Review and decision",
    "time": "Time",
}
BEFORE: Final[Mapping[str, str]] = {  # what is missing where a deed can not be done yet
    "plan": "A plan compares two exhibits of one kind of material, and the case does not hold two "
    "that can be compared. They have to be put in first.",
    "power": "What could be shown is reckoned for a plan, and none was fixed yet.",
    "examine": "There is no plan yet that could be carried out. It has to be fixed first.",
    "draw": "A line-up is drawn from the controls of a plan, and no plan names any yet.",
    "opine": "No line-up was drawn yet on which an opinion could be given.",
    "unmask": "No line-up was drawn yet, so nobody is masked.",
    "review": "Nothing was examined yet that could be reviewed.",
    "report": "Nothing was examined yet on which a report could be written.",
    "export": "There is no other party yet to which the case could be handed over.",
    "rule": "Nobody has claimed privilege, so there is nothing to rule on.",
    "pose": "The case holds no log. It has to be put in as an exhibit first.",
    "trained": "This takes a training history and weights, and the case does not hold both. They "
    "have to be put in as exhibits first.",
    "inquire": "The case holds no exhibit that is examined alone: no log, training history, kept "
    "answers or session. It has to be put in first.",
    "coin": "Nothing waits for a coin. A plan of a log or of a training history has to be fixed "
    "first, or a commitment put on record.",
    "tag": "The case holds no documents that could be tagged. They have to be put in first.",
    "privilege": "The case holds no documents for which privilege could be claimed.",
    "redact": "The case holds no documents that could be redacted.",
    "stop": "The clock stands already. It can be stopped again once it runs.",
    "resume": "The clock runs, so there is nothing to resume.",
}
WORDS: Final = ("text", "order")  # of what an event writes: words of whoever signs
ELSEWHERE: Final = "Its words are not shown here; compare the SHA-256 of your file with that below."
DUE: Final = "Due next in this case"
BUTTON: Final = "Prepare it"
STANDS: Final = (
    "Nothing is on record until it is signed. This page prepares the exact bytes; your key signs "
    "them, here or in a terminal, and it never leaves you."
)
ONLY_READS: Final = "This address reads; nothing can be done with it."
NO_KEY: Final = "This party joined without a key; the lead records what it says."
CANNOT: Final = "This is not for your role in this case."
NOTHING_WAITS: Final = "Nothing waits for you."
WORKING: Final = "This is being worked on. The page asks again by itself, and can be left."
BY_BROWSER: Final = "Sign in this browser"
BY_COMMAND: Final = "Or sign in a terminal"
BY_FILE: Final = "Or sign a file elsewhere"
KEY_FILE: Final = (
    "Your private key: the file NAME.pem that was saved when it was made. It is read here, and "
    "neither kept nor sent."
)
NO_SCRIPT: Final = (
    "This browser runs no script, or has no Ed25519; sign in one of the other ways below."
)
NO_PRIVATE_KEY: Final = "This is no private key (NAME.pem)."
PASSPHRASE: Final = (
    "This key is locked in a way that no browser opens; sign in one of the other ways below."
)
PASSPHRASE_OF: Final = "The passphrase of this key. It is used here, and neither kept nor sent."
WRONG_PASSPHRASE: Final = "This passphrase does not open the key; nothing was done. Type it again."
SIGN: Final = "Sign"
MALFORMED: Final = "what was sent is no form that can be read; nothing was done"
NO_CASE: Final = "There is no case in this folder yet. Whoever opens it leads it."
THE_FILE: Final = "The bytes as a file, for filiation case sign FILE -o SIGNED"
SIGNED_FILE: Final = "What that wrote"
SEND: Final = "Hand it in"
DROP: Final = "Drop it"
DROPPED: Final = "It was dropped; nothing was recorded."
PARTLY: Final = "A part of it was signed before and is on record:"
REST: Final = "Of the rest:"
NOT_DONE: Final = "It was not done. The reason:"
ONLY_ENGLISH: Final = "This reason there is in English only:"
FAULT: Final = "A fault of this program stopped it; nothing was recorded."
ONLY_UNDER_RULES: Final = (
    "error rates and what the expert fills in go with a report under rules; choose under which"
)
PREPARE_AGAIN: Final = "Prepare it again"


def acting_as(party: str, role: str) -> str:
    """As whom somebody acts here."""
    return f"You act as {party}, who is {role} in this case."


def which_deed(verb: str, party: str) -> str:
    """What is being done, and by whom."""
    return f"{DEEDS[verb]} ({party})" if party else DEEDS[verb]


def step_words(step: str) -> str:
    """How far the work is."""
    return f"Now: {step}" if step else "Now: waiting for its turn"


def done_on(words: str) -> str:
    """What was put on record."""
    return words


def expired(minutes: int) -> str:
    """That nobody signed in time; what is signed late would bear an early time."""
    return (
        f"not signed within {minutes} minutes; nothing was recorded. An event bears the time at "
        "which it was prepared, so prepare it again"
    )


def too_many(most: int) -> str:
    """That a person has as much open as may be."""
    return f"{most} deeds of yours wait already; sign them or drop them first"


def nobody_yet(case: str) -> str:
    """That people of a case were named where there is none."""
    return f"{case}: no case here, so it has no parties yet; leave --as and --read out to open one"


def to_open(case: str, address: str) -> str:
    """Where a case can be opened."""
    return (
        f"{address}\nThere is nothing in {case} yet. Whoever has this address can open a case "
        "there and lead it. Ctrl-C ends it."
    )


def too_large(most: int) -> str:
    """That more was sent than is taken."""
    return (
        f"more than {most:,} bytes; what is larger is put in by whoever runs the computer of the "
        "case"
    )


def files_refused(name: str) -> str:
    """That a file cannot be kept under the name that it came with."""
    return (
        f"{name!a}: expected a plain name of a file, each once; no folder, no dot at its beginning"
    )


def chosen_before(names: Sequence[str]) -> str:
    """Which files a form was sent with that comes back without them."""
    if len(names) == 1:
        return f"Chosen before: {quoted(names[0])}. No page can keep a file; choose it again."
    return (
        f"Chosen before: {len(names)} files, the first of them {quoted(names[0])}. No page can "
        "keep files; choose them again."
    )


def lacking(field: str) -> str:
    """That something was left out that is needed."""
    return f"{FIELDS[field]}: is needed and was left out"


def not_signed_with(party: str) -> str:
    """That a signature is another key's, or of other bytes."""
    return (
        f"the signature is not that of {party}'s key over these bytes; nothing was recorded. "
        "Another key was used, or it was signed before the page prepared these"
    )


def open_elsewhere() -> str:
    """That two programs would prepare deeds of one case."""
    return (
        "another filiation serve prepares deeds of this case already; end it, or serve without --as"
    )


def people_served(addresses: Mapping[str, str]) -> Iterator[str]:
    """Each person's address."""
    for who, address in addresses.items():
        yield f"{who}: {address}"
    yield (
        "Each address is one person's: hand each to that person alone. Nobody can sign with it, "
        "only act up to the signature. Ctrl-C ends all."
    )


def signed_written(out: str, more: bool) -> str:
    """Where a signature lies, and what becomes of it."""
    return f"{out}: signed; hand it in on the page" + (
        ", which then has one more to sign: the head of the log" if more else ""
    )


def sign_command(address: str) -> str:
    """What is typed in a terminal of this computer."""
    return f"filiation case sign {address}"


def head_words(payload: Mapping[str, Any]) -> str:
    """What a head of the log says."""
    case, size = (clean(str(payload.get(name))) for name in ("case", "size"))
    return f"the log of case {case} has {size} events"


def message_lines(kind: str, payload: bytes, texts: Sequence[str] = ()) -> Iterator[str]:
    """What is signed, read from the bytes themselves and nothing else.

    No character of them moves a terminal's cursor, hides what follows or turns its direction.

    Args:
        kind: Of what is signed.
        payload: Canonical JSON.
        texts: Words that may be those that an event names by their digest; shown if they are.
    """
    found = json.loads(payload)
    if kind.endswith(".head+json"):
        yield f"You vouch that {head_words(found)}."
    elif kind.endswith(".export+json"):
        yield f"You vouch for what is handed over to {clean(str(found.get('for')))}:"
    else:
        names = ("sequence", "case", "actor", "verb")
        sequence, case, actor, verb = (clean(str(found.get(name))) for name in names)
        yield f"Event {sequence} of case {case}: {actor} signs {verb!r}."
        yield from _words_of(found, texts)
    yield json.dumps(found, indent=1, ensure_ascii=True, sort_keys=True)


def _words_of(found: Mapping[str, Any], texts: Sequence[str]) -> Iterator[str]:
    """The words that an event keeps by their digest, where they are here and are those."""
    for text in words_of(found, texts):
        if text is None:
            yield ELSEWHERE
        else:
            yield "Its words, which have the SHA-256 below:"
            yield from (f"  {printable(line)}" for line in text.splitlines())


def words_of(found: Mapping[str, Any], texts: Sequence[str]) -> Iterator[str | None]:
    """The words that an event keeps by their digest, if they are here; None of those that are not.

    Args:
        found: An event.
        texts: Words that may be those.
    """
    known = {hashlib.sha256(text.encode("utf-8", "replace")).hexdigest(): text for text in texts}
    for written in found.get("writes", ()):
        if written.get("what") in WORDS:
            yield known.get(written.get("sha256"))

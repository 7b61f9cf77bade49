"""A session as its parties go through it: what goes to whom, who has to speak, its course."""

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Final

from filiation.model.blind import Material, Message, Role
from filiation.report.wording.figures import counted, quoted

__all__ = [
    *("CONTROL", "begun_line", "course_lines", "kept_line", "lacks_line", "meant_by"),
    *("READ", "said_lines", "taken_lines"),
]

CONTROL: Final[dict[Material, str]] = {
    "weights": "MODEL",
    "answers": "NAME=ANSWERS",
    "set": "NAME=FILE",
}
READ: Final = (
    "What was found says report.txt, in `send` of the tribunal and in `received` of a side; "
    "`filiation blind keep` makes the session one file, which a case takes."
)
MEANT: Final = {
    "terms": "says what is compared and by whom",
    "join": "joins, bound to both coins",
    "coin": "shows its share of the coin",
    "commit": "commits to its material",
    "blind": "hands its blinded list over",
    "raise": "raises the other's list",
    "reveal": "shows its share of the audit's coin and hands its material over",
    "open": "opens what that coin drew",
    "result": "says what was found",
    "abort": "aborts",
}


def meant_by(step: str, sender: Role, *, sets: bool) -> str:
    """What a message says; with its share a side hands a material over, but of sets none."""
    if step == "reveal" and (sets or sender == "tribunal"):
        return "shows its share of the audit's coin"
    return MEANT.get(step, step)


def said_lines(
    files: Sequence[tuple[Path, str]], awaited: Sequence[Role], step: str
) -> Iterator[str]:
    """What was done, what goes to whom, and who has to speak."""
    for path, whom in files:
        yield f"{path}: hand it to {'both others' if whom == 'all' else f'the {whom} alone'}"
    if awaited and not files:
        yield (
            f"Nothing to do: step {step!r} awaits {_named(awaited)}. `filiation blind take` takes "
            "what was handed over."
        )
    elif awaited:
        yield f"Then step {step!r} awaits {_named(awaited)}."


def lacks_line(side: Role, stage: str, message: Message, digest: str) -> str:
    """That a side announced something and did not hand it over; the tribunal signs it."""
    return (
        f"The {side}'s {stage} was announced and not handed over: message {message.number} "
        f"({message.step}), {message.digest[:16]}.., says that its SHA-256 is {digest}."
    )


def begun_line(terms: Path, material: str) -> str:
    """How the sides come in."""
    if material == "answers":
        return (
            f"Each side seals its model (`filiation seal`) and joins: `filiation blind join FOLDER "
            f"{terms.name} --key NAME --material ANSWERS.jsonl --secret SEAL.secret`, where its "
            "service's answers will lie once the coin drew the battery."
        )
    secret = "" if material == "set" else " --secret SEAL.secret"
    first = "joins" if material == "set" else "seals its model (`filiation seal`) and joins"
    return (
        f"Each side {first}: `filiation blind join FOLDER {terms.name} --key NAME "
        f"--material {'FILE' if material == 'set' else 'MODEL'}{secret}`."
    )


def taken_lines(
    taken: Sequence[str], known: Sequence[Path], awaited: Sequence[Role], turn: str
) -> Iterator[str]:
    """What was taken, once it was checked, and who has to speak now.

    Args:
        taken: What was new.
        known: What lay here.
        awaited: Who has to speak.
        turn: What this party types now, if it is one of them.
    """
    for one in taken:
        yield f"taken: {one}"
    if known:
        yield f"{counted(len(known), 'file')} that lay here already, passed over"
    if any(one.startswith("report.txt") for one in taken):
        yield READ
    if turn:
        yield f"It is your turn: `filiation blind {turn}`."
    elif awaited:
        yield f"Next, {_named(awaited)} must speak."


def kept_line(path: Path, *, whole: bool) -> str:
    """Where a session was kept, and who may read it."""
    if whole:
        return (
            f"{path}: the session, with both materials and all that was opened: keep it from both "
            "sides; `case add --copy` keeps it, and exports leave that out"
        )
    return f"{path}: the session as everybody has it: messages, report, findings"


def course_lines(
    session: str, messages: Sequence[Message], awaited: Sequence[Role], step: str
) -> Iterator[str]:
    """The course of a session so far."""
    yield (
        f"Session {session[:16]}..; every line is a signed message, and each but terms and aborts "
        "names all of the step before it"
    )
    sets = any(message.step == "blind" for message in messages)
    for message in messages:
        meant = meant_by(message.step, message.sender, sets=sets)
        line = f"  {message.number} {message.sender:10} {meant} ({message.digest[:12]}..)"
        yield line
        if message.step == "abort":
            yield f"    its reason: {quoted(str(message.body['reason']))}"
    if awaited:
        yield f"Step {step!r} awaits {_named(awaited)}."
    elif messages and messages[-1].step == "abort":
        yield "The session has ended without a result; what was signed before stands."
    else:
        yield f"The session is complete. {READ}"


def _named(roles: Sequence[Role]) -> str:
    return " and ".join(f"the {role}" for role in roles)

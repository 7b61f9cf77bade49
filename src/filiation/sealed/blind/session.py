"""The course of a session, folded from its messages: what holds, what comes next, what is wrong.

A message is taken only if it is signed by its sender's key, belongs to this session, comes in its
turn, and names every message of the step before as it was taken here. So whoever was shown another
course of events than the others finds it with the next message.
"""

import hashlib
import hmac
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final, final

from filiation.errors import CaseError
from filiation.model.blind import ABORT, ROLES, SIDES, Copy, Message, Role, Step, Terms, steps_of
from filiation.model.seal import Commitment
from filiation.sealed.blind.messages import key_of, message_from, terms_of

__all__ = ["Session", "Taken", "coin_digest", "held_beside", "session_of"]

TOSSED: Final = b"filiation blind toss\n"
SEED: Final = b"filiation blind seed\n"
AUDIT: Final = b"filiation blind audit\n"
NOISE: Final = b"filiation blind noise key\n"
SEEDS: Final = 10**16


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class Taken:
    """A message that was taken, and its bytes."""

    message: Message
    raw: bytes


def coin_digest(session: str, role: Role, purpose: str, value: str) -> str:
    """What a role commits to before it shows its share of a coin."""
    named = f"{role}\n{purpose}\n".encode()
    return hashlib.sha256(
        TOSSED + bytes.fromhex(session) + named + bytes.fromhex(value)
    ).hexdigest()


def session_of(raw: bytes, what: str) -> "Session":
    """Open a session with its terms.

    Raises:
        CaseError: Not terms, or not signed by the tribunal that they name.
    """
    message, envelope = message_from(raw, what)
    if message.step != "terms" or message.number != 1 or message.session or message.answers:
        raise CaseError(f"{what}: step {message.step!r}, expected the terms of a session")
    terms = terms_of(message, what)
    if message.sender != "tribunal":
        raise CaseError(f"{what}: terms from the {message.sender}, expected the tribunal's")
    key_of(terms, message.sender, envelope, what)
    return Session(terms, Taken(message=message, raw=raw))


def held_beside(one: "Session", other: "Session") -> Copy:
    """How another copy of one session stands beside this one; if they contradict, whose words.

    A session is known by the digest of its terms: the same for every copy, whole or cut, and
    whoever keeps it. What was said in it is compared by the digests of what was signed, so that
    one message that was signed anew is the same message. Each message names those of the step
    before, so that the first place that has two is that of whoever said two things, and what an
    honest party answered to one of them is in one copy alone.

    Raises:
        CaseError: They are two sessions.
    """
    if one.id != other.id:
        raise CaseError(f"session {other.id[:12]}.. is another than {one.id[:12]}..")
    ours, theirs = (
        {(taken.message.number, taken.message.sender): taken.message for taken in copy.messages}
        for copy in (one, other)
    )
    for said in sorted(ours.keys() & theirs.keys(), key=lambda at: (at[0], ROLES.index(at[1]))):
        if ours[said].digest != theirs[said].digest:
            return said[1]
    if ours.keys() == theirs.keys():
        return "same"
    if theirs.keys() < ours.keys():
        return "less"
    return "more" if ours.keys() < theirs.keys() else "apart"


@final
class Session:
    """A session so far."""

    def __init__(self, terms: Terms, first: Taken) -> None:
        self.terms, self.id = terms, first.message.digest
        self.steps = steps_of(terms.material)
        self._taken: dict[tuple[int, Role], Taken] = {(1, "tribunal"): first}
        self.aborted: Message | None = None

    @property
    def messages(self) -> tuple[Taken, ...]:
        """All of them, step by step, and in the order of roles."""
        order = sorted(self._taken, key=lambda key: (key[0], ROLES.index(key[1])))
        return tuple(self._taken[key] for key in order)

    @property
    def number(self) -> int:
        """Of the step that is not complete yet; one beyond the last if all are."""
        for number, step in enumerate(self.steps, start=1):
            if any((number, role) not in self._taken for role in step.speakers):
                return number
        return len(self.steps) + 1

    @property
    def step(self) -> Step | None:
        """The step that is not complete yet; None if the session has ended."""
        over = self.aborted is not None or self.number > len(self.steps)
        return None if over else self.steps[self.number - 1]

    def awaited(self) -> tuple[Role, ...]:
        """Who has not spoken in the present step."""
        if self.step is None:
            return ()
        return tuple(r for r in self.step.speakers if (self.number, r) not in self._taken)

    def says(self, step: str, role: Role) -> Mapping[str, object] | None:
        """What a role said in a step, if it did."""
        said = (one.message for one in self._taken.values())
        return next((m.body for m in said if m.step == step and m.sender == role), None)

    def answers(self, number: int) -> tuple[str, ...]:
        """Digests of the messages of the step before, which those of this one name."""
        if number == 1:
            return ()
        found = ((number - 1, role) for role in self.steps[number - 2].speakers)
        return tuple(self._taken[key].message.digest for key in found if key in self._taken)

    def take(self, raw: bytes, what: str) -> Message:
        """Take a message.

        Raises:
            CaseError: Cut, altered, replayed, out of order, of another session or version, from
                somebody else, against what its sender committed to, or a second one.
        """
        message, envelope = message_from(raw, what)
        if message.step == "terms":
            self._first_again(message, what)
        if message.session != self.id:
            raise CaseError(
                f"{what}: of another session ({message.session[:12]}..), this is {self.id[:12]}.."
            )
        key_of(self.terms, message.sender, envelope, what)
        self._check_once(message, what)
        self._check_turn(message, what)
        self._check_coin(message, what)
        committed = self.says("commit", message.sender) or {}
        if message.step == "blind" and message.body != committed:
            raise CaseError(
                f"{what}: hands over another list than the {message.sender} committed to"
            )
        if message.step == ABORT:
            self.aborted = message
        self._taken[message.number, message.sender] = Taken(message=message, raw=raw)
        return message

    def _first_again(self, message: Message, what: str) -> None:
        if message.digest == self.id:
            raise CaseError(f"{what}: was taken before; a message is taken once, this is a replay")
        raise CaseError(f"{what}: terms of another session, this is {self.id[:12]}..")

    def _check_once(self, message: Message, what: str) -> None:
        before = self._taken.get((message.number, message.sender))
        if before is None:
            return
        if before.message.digest == message.digest:
            raise CaseError(f"{what}: was taken before; a message is taken once, this is a replay")
        raise CaseError(
            f"{what}: the {message.sender} signed two different messages as number "
            f"{message.number}; both together prove it: keep them"
        )

    def _check_turn(self, message: Message, what: str) -> None:
        if self.step is None:
            over = f"the {self.aborted.sender} aborted it" if self.aborted else "it is complete"
            raise CaseError(f"{what}: comes after the end of the session; {over}")
        if message.step == ABORT:
            self._check_abort(message, what)
            return
        known = 1 < message.number <= len(self.steps)
        if not known or self.steps[message.number - 1].name != message.step:
            raise CaseError(
                f"{what}: step {message.step!r} as number {message.number}, which no such session "
                "has; altered"
            )
        if message.sender not in self.steps[message.number - 1].speakers:
            raise CaseError(f"{what}: the {message.sender} does not speak in step {message.step!r}")
        if message.number != self.number:
            awaited = " and ".join(self.awaited())
            raise CaseError(
                f"{what}: out of order: step {message.number} ({message.step}), but step "
                f"{self.number} ({self.step.name}) awaits the {awaited}"
            )
        if message.answers != self.answers(message.number):
            raise CaseError(
                f"{what}: answers other messages of step {message.number - 1} than were taken "
                "here; somebody was shown another one, or a message was left out"
            )

    def _check_abort(self, message: Message, what: str) -> None:
        spoken = max((n for n, role in self._taken if role == message.sender), default=1)
        if not spoken < message.number <= self.number + 1:
            raise CaseError(
                f"{what}: out of order: aborts at step {message.number}, the session stands at "
                f"{self.number}"
            )
        known = {one.message.digest for one in self.messages}
        if not set(message.answers) <= known:
            raise CaseError(f"{what}: answers other messages than were taken here")

    def _check_coin(self, message: Message, what: str) -> None:
        purpose = {"coin": "coin", "reveal": "audit"}.get(message.step)
        if purpose is None:
            return
        joined = self.says("join", message.sender) or {}
        found = coin_digest(self.id, message.sender, purpose, message.body["value"])
        if joined.get(purpose) != found:
            raise CaseError(
                f"{what}: the {message.sender} shows another share of the coin than it committed to"
            )

    def commitment(self, role: Role) -> Commitment:
        """The seal that a side joined with.

        Raises:
            CaseError: It has not joined, or with what is no seal.
        """
        joined = self.says("join", role)
        if joined is None or role not in SIDES:
            raise CaseError(f"the {role} has not joined with a seal")
        return Commitment(**joined["seal"])  # type: ignore[arg-type]

    def seed(self) -> int:
        """What the first coin gives to all sketches.

        Raises:
            CaseError: Not all have shown their shares.
        """
        return int.from_bytes(self._coin("coin", SEED)[:8], "big") % SEEDS

    def coin(self) -> bytes:
        """The first coin, 32 bytes."""
        return self._coin("coin", SEED)

    def audit(self) -> bytes:
        """What the second coin draws with, 32 bytes.

        Raises:
            CaseError: Not all have shown their shares.
        """
        return self._coin("reveal", AUDIT)

    def noise(self, secret: bytes) -> bytes:
        """The key of all noise, 32 bytes: of the joint coin, and of the tribunal's secret.

        The tribunal was bound to its secret before any share of the coin was shown, so that nobody
        can choose the noise; the sides do not have the secret, so that they cannot take it away.

        Raises:
            CaseError: Not all have shown their shares, or another secret than was committed to.
        """
        joined = self.says("join", "tribunal") or {}
        if joined.get("noise") != coin_digest(self.id, "tribunal", "noise", secret.hex()):
            raise CaseError("another secret of the noise than the tribunal was bound to")
        return hmac.digest(secret, NOISE + bytes.fromhex(self.id) + self.audit(), "sha256")

    def _coin(self, step: str, label: bytes) -> bytes:
        said = [self.says(step, role) for role in ROLES]
        if any(one is None for one in said):
            raise CaseError(f"not all have shown their shares of the coin (step {step!r})")
        values = b"".join(bytes.fromhex(str(one["value"])) for one in said if one is not None)
        return hashlib.sha256(label + bytes.fromhex(self.id) + values).digest()

"""An honest course of a session, as messages alone: digests stand for what would be handed over."""

import hashlib
from dataclasses import dataclass
from typing import Any

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from filiation.model.blind import ROLES, Material, Role
from filiation.sealed.blind.messages import sealed_message
from filiation.sealed.blind.session import Session, coin_digest, session_of


def word(*of: object) -> str:
    return hashlib.sha256(repr(of).encode()).hexdigest()


def key_of(role: str) -> Ed25519PrivateKey:
    return Ed25519PrivateKey.from_private_bytes(hashlib.sha256(role.encode()).digest())


@dataclass
class Course:
    """Messages in an order in which they can be taken: (step's number, role, bytes)."""

    session: str
    messages: list[tuple[int, Role, bytes]]

    def upto(self, place: int) -> Session:
        """A session that took the first `place` messages."""
        made = session_of(self.messages[0][2], "terms")
        for _, _, raw in self.messages[1:place]:
            made.take(raw, "message")
        return made


def terms(nonce: str = "one", **given: Any) -> bytes:
    body = {
        "material": "weights", "audit": 4, "both": False, "share": "count", "columns": 64,
        "anchors": 512, "deep": 64, "error": 50, "whole": 10, "nonce": word(nonce),
        "battery": "", "items": 0, "repeat": 0, "epsilon": 0, "controls": 0,
        "keys": {role: key_of(role).public_key().public_bytes_raw().hex() for role in ROLES},
    } | given  # fmt: skip
    return sealed_message(
        key_of("tribunal"), session="", sender="tribunal", number=1, step="terms", answers=(),
        body=body,
    )  # fmt: skip


def said(session: Session, step: str, role: Role, word_of: str = "it") -> dict[str, Any]:
    """What an honest role says in a step."""
    if step == "join":
        seal = {"root": word(role, "root"), "leaves": 64, "label": ""}
        shares = {
            purpose: coin_digest(session.id, role, purpose, word(role, purpose))
            for purpose in ("coin", "audit")
        }
        noise = coin_digest(session.id, role, "noise", word(role, "noise"))
        return shares | ({"seal": seal} if role != "tribunal" else {"noise": noise})
    if step == "result":
        return {
            "report": word(word_of), "found": word("found", word_of), "matches": {},
            "claimant": "held", "respondent": "held",
        }  # fmt: skip
    values = {"coin": "coin", "reveal": "audit"}
    if step in values:
        return {"value": word(role, values[step])}
    name = {"open": "opening", "raise": "raised"}.get(step, "material")
    return {name: word(role, "commit" if step == "blind" else step, word_of)}


def message(session: Session, role: Role, key: str = "", **other: Any) -> bytes:
    """The next message of a role, or that with something else in it."""
    number = session.number
    step = session.steps[number - 1].name
    fields: dict[str, Any] = {
        "session": session.id, "sender": role, "number": number, "step": step,
        "answers": session.answers(number), "body": said(session, step, role),
    } | other  # fmt: skip
    return sealed_message(key_of(key or role), **fields)


def course(nonce: str = "one", material: Material = "weights") -> Course:
    asked = {"battery": "traps", "items": 40, "repeat": 2} if material == "answers" else {}
    raw = terms(nonce, material=material, **asked)
    session = session_of(raw, "terms")
    found: list[tuple[int, Role, bytes]] = [(1, "tribunal", raw)]
    while session.step is not None:
        for role in session.awaited():
            found.append((session.number, role, message(session, role)))
            session.take(found[-1][2], "message")
    return Course(session=session.id, messages=found)

"""What a side hands over after it committed to it: one file with a salt of its own.

A bundle is `filiation material 1` and a line end, the session (32 bytes), one byte for the role
(its place among claimant, respondent, tribunal), one byte for what it is, a nonce (32 bytes), and
the bytes of the material. The commitment is SHA-256 of all of it. The nonce hides it: whoever
guesses a material cannot try the guess at the commitment.
"""

import hashlib
from pathlib import Path
from typing import Final, Literal, TypeAlias

from filiation.errors import CaseError, UnreadableError
from filiation.files import opened
from filiation.model.blind import ROLES, Role

__all__ = ["MAGIC", "Stage", "bundle_of", "file_digest", "head_of", "material_in"]

MAGIC: Final = b"filiation material 1\n"
HEAD: Final = len(MAGIC) + 32 + 1 + 1 + 32
CHUNK: Final = 1 << 20
STAGES: Final = ("material", "blind", "raise")

Stage: TypeAlias = Literal["material", "blind", "raise"]


def bundle_of(session: str, role: Role, stage: Stage, nonce: bytes, raw: bytes) -> bytes:
    """A bundle as it is handed over."""
    where = bytes([ROLES.index(role), STAGES.index(stage)])
    return MAGIC + bytes.fromhex(session) + where + nonce + raw


def file_digest(path: Path) -> str:
    """SHA-256 (hex) of a file."""
    with opened(path, follow=True) as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def head_of(path: Path) -> tuple[str, Role, Stage]:
    """Session, role and stage that a bundle names.

    Raises:
        UnreadableError: Not a bundle, or cut.
    """
    with opened(path, follow=True) as file:
        head = file.read(HEAD)
    at = len(MAGIC) + 32
    if len(head) < HEAD or not head.startswith(MAGIC):
        raise UnreadableError(f"{path}: not a material as `filiation blind next` writes it, or cut")
    if head[at] >= len(ROLES) or head[at + 1] >= len(STAGES):
        raise UnreadableError(f"{path}: a material of nobody, or of no stage; altered")
    stage: Stage = STAGES[head[at + 1]]
    return head[len(MAGIC) : at].hex(), ROLES[head[at]], stage


def material_in(path: Path, out: Path, committed: str) -> None:
    """Write the material in a bundle into a file, if the bundle is what was committed to.

    Raises:
        CaseError: It is another than was committed to.
    """
    if file_digest(path) != committed:
        raise CaseError(
            f"{path}: not what its maker committed to before; altered, cut, or made afterwards"
        )
    with opened(path, follow=True) as file, out.open("xb") as kept:
        file.seek(HEAD)
        while raw := file.read(CHUNK):
            kept.write(raw)

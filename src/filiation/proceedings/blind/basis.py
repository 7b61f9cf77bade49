"""What a result was reckoned from, by digests that the signed findings hold.

A tribunal's folder, and a session that was kept whole, are checked against them before anything is
reckoned again: whoever doctors a file of its copy has another file, and accuses nobody.
"""

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Final

from filiation.errors import CaseError
from filiation.model.blind import SIDES, Basis, Compared, Material
from filiation.proceedings.blind.folder import Room
from filiation.sealed.blind.bundles import file_digest
from filiation.sealed.blind.kept import Kept
from filiation.sealed.blind.session import Session, coin_digest

__all__ = [
    "HELD",
    "NOISE",
    "basis_of",
    "check_basis",
    "check_whole",
    "held_in",
    "noise_in",
]

HELD: Final = ("received/", "controls/", "ties/")
NOISE: Final = "noise"
NAMES: Final = "controls/names.json"
STAGES: Final[dict[Material, dict[str, str]]] = {
    "weights": {"material": "commit", "opening": "open"},
    "answers": {"material": "commit"},
    "set": {"blind": "commit", "raise": "raise", "opening": "open"},
}  # what a side hands over, and the step in which it says the digest of it
SECRET: Final = 64  # characters


def basis_of(room: Room) -> tuple[Basis, ...]:
    """Every file of the tribunal's folder that a result is reckoned from, by names."""
    found = {name: file_digest(path) for name, path in held_in(room.path)}
    return tuple(Basis(name=name, digest=found[name]) for name in sorted(found))


def held_in(folder: Path) -> Iterator[tuple[str, Path]]:
    """What the tribunal got and compares with: name below the folder, and path."""
    for inner in HELD:
        for path in (folder / inner).glob("[!.]*"):  # not half a file
            if path.is_file():
                yield f"{inner}{path.name}", path


def check_basis(told: Compared, found: Mapping[str, str], what: str) -> None:
    """Are these the files that the signed findings name, all of them and no others?

    Args:
        told: What was found, as it was signed.
        found: SHA-256 (hex) of each file, by its name.
        what: Opens the sentence if they are not.

    Raises:
        CaseError: A file is missing, is one more, or is another.
    """
    signed = {one.name: one.digest for one in told.basis}
    for name in sorted(signed.keys() | found.keys()):
        if name not in found:
            raise CaseError(f"{what}: {name} is missing, from which the result was reckoned")
        if name not in signed:
            raise CaseError(
                f"{what}: {name[:100]!a} is none of the files that the result was reckoned from; "
                "added afterwards"
            )
        if found[name] != signed[name]:
            raise CaseError(
                f"{what}: {name} is another file than the result was reckoned from: sha256 is "
                f"{found[name][:12]}.., the signed findings say {signed[name][:12]}..; nothing "
                "follows from it for what was signed"
            )


def _contradicts(session: Session, told: Compared) -> bool:
    """Do the signed findings name other materials than the sides announced, or leave some out?

    Then the tribunal signed what its own messages speak against, whatever files anybody has.
    """
    announced = {
        f"received/{role}.{stage}": str(next(iter((session.says(step, role) or {}).values()), ""))
        for role in SIDES
        for stage, step in STAGES[session.terms.material].items()
    }
    named = {one.name: one.digest for one in told.basis if one.name.startswith("received/")}
    return named != announced or not any(one.name == NAMES for one in told.basis)


def check_whole(whole: Kept, session: Session, told: Compared) -> bool:
    """Does a session that was kept whole hold what its result was reckoned from, and only that?

    Returns:
        Whether the findings name the materials that the sides announced; if not, it is the tribunal
        that signed so, whatever lies here.

    Raises:
        CaseError: It does not.
    """
    if _contradicts(session, told):
        return False
    held = {name: whole.digest(name) for name in whole.names if name.startswith(HELD)}
    check_basis(told, held, whole.path.name)
    noise_in(whole, session)
    return True


def noise_in(whole: Kept, session: Session) -> str:
    """The tribunal's secret of the noise, hex, as it was bound to it.

    Raises:
        CaseError: It is missing, or another one.
    """
    raw = whole.raw(NOISE, SECRET) if NOISE in whole.names else b""
    secret = raw.decode("ascii", errors="replace")
    fits = len(raw) == SECRET and all(letter in "0123456789abcdef" for letter in secret)
    joined = session.says("join", "tribunal") or {}
    if not fits or joined.get("noise") != coin_digest(session.id, "tribunal", "noise", secret):
        raise CaseError(
            f"{whole.path.name}: {NOISE}: expected the secret of the noise (64 hex digits) that "
            "the tribunal was bound to when it joined; found another, or none"
        )
    return secret

"""Examining two sealed models in a machine that neither side runs, and checking what comes out.

Whoever runs a confidential machine also serves it its files, and may serve others at every reading.
So each file is read once, into memory that the machine protects; what is there is held against the
seal, and that copy is examined.
"""

import os
import re
import shutil
import tempfile
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final, TypeAlias, final

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from filiation.casefile.codec import examination_bytes
from filiation.errors import AlteredError, CaseError, UsageError
from filiation.files import handed_over, name_bytes, opened, put
from filiation.model.attested import Statement, Vouched, check_image
from filiation.model.examination import Examination
from filiation.proceedings.naming import Sided, free, present
from filiation.proceedings.progress import Step, no_step
from filiation.proceedings.report_files import reports
from filiation.proceedings.standalone import Watch, ask, examine_into
from filiation.readers.seals import parts_of
from filiation.report.languages.catalogue import read_catalogue
from filiation.sealed.attestation.asking import ask as ask_processor
from filiation.sealed.attestation.asking import check_offered
from filiation.sealed.attestation.chains import read_roots
from filiation.sealed.attestation.documents import LONGEST, check, held_against
from filiation.sealed.files import digest_of, read_commitment, read_secret
from filiation.sealed.tree import leaves_of, levels_of
from filiation.sealed.workload import Signed, read_signed, signed_bytes

__all__ = [
    *("ATTESTATION", "SIGNED", "Checked", "Worked", "check_signed", "is_signed"),
    *("keep_signed", "measurements_of", "work"),
]

SIGNED: Final = "examination.signed"
ATTESTATION: Final = "attestation"
USER_DATA: Final = "user-data"
SIDES: Final = ("subject", "source")
PIECE: Final = 1 << 20
BEGINS: Final = b'{"payload":"'
Attest: TypeAlias = Callable[[bytes], bytes]


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class Worked:
    """What a workload found and wrote.

    Attributes:
        statement: What it signed beside its examination.
        examination: It.
        attested: Whether the processor gave an attestation of it.
    """

    statement: Statement
    examination: Examination
    attested: bool


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class Checked:
    """A signed examination that was checked.

    Attributes:
        signed: The examination with its statement.
        seals: The sides whose seals were given, and are those that it names.
        vouched: What an attestation vouches for; None if none was given.
    """

    signed: Signed
    seals: tuple[str, ...] = ()
    vouched: Vouched | None = None


def work(
    given: Path,
    out: Path,
    *,
    image: str = "",
    attest: bool | Attest = False,
    step: Step = no_step,
) -> Worked:
    """Hold both models against their seals, examine them, sign what was found, forget the key.

    Args:
        given: A folder with `subject` and `source`, each with `model`, `seal` and `seal.secret`;
            `controls` with models, and perhaps `plan.json`.
        out: An empty folder, or one to be made.
        image: The digest of the image that this runs in, as it was told.
        attest: Whether the processor is asked for an attestation, or who stands in for it.
        step: Told what is being done.

    Raises:
        UsageError: Something is not there, or the output is.
        CaseError: A seal that does not fit its model.
    """
    present(given, "a folder with `subject` and `source`")
    if out.exists() and (not out.is_dir() or any(out.iterdir())):
        raise UsageError(f"{out}: not an empty folder; nothing is overwritten, name another")
    try:
        check_image(image)
    except CaseError as error:
        raise UsageError(f"--image {image[:80]!a}: {error}") from error
    if attest is True:
        check_offered()
    with tempfile.TemporaryDirectory(prefix="filiation-") as name:
        private = Path(name)
        seals = {side: _held(given / side, private / side, side, step) for side in SIDES}
        controls = tuple(_controls(given / "controls", private / "controls", step))
        plan = given / "plan.json"
        if plan.exists():
            plan = _copied(plan, private / "plan")
        subject, source = (Sided(spec=str(private / side), name=side) for side in SIDES)
        asked = ask(subject, source, controls, plan=plan if plan.exists() else None)
        step("comparing")
        found = examine_into(private / "examination", asked, Watch(step=step))
    return _signed(found, seals, out, image, ask_processor if attest is True else attest or None)


def _signed(
    found: Examination, seals: Mapping[str, str], out: Path, image: str, attest: Attest | None
) -> Worked:
    key = Ed25519PrivateKey.generate()
    statement = Statement(
        key=key.public_key().public_bytes_raw().hex(),
        subject=seals["subject"],
        source=seals["source"],
        image=image,
        plan=found.plan_digest,
        tool=found.tool,
    )
    raw, bound = signed_bytes(statement, examination_bytes(found), key)
    document = attest(bound) if attest else None
    try:
        out.mkdir(exist_ok=True)
    except OSError as error:
        raise UsageError(f"{out}: cannot be made: {error.strerror}") from error
    put(out / USER_DATA, bound)
    if document is not None:
        put(out / ATTESTATION, document)
    put(out / SIGNED, raw)
    return Worked(statement=statement, examination=found, attested=document is not None)


def _held(given: Path, private: Path, side: str, step: Step) -> str:
    """Take a side's model in and hold it against its seal; the digest of the seal."""
    step(f"reading the {side}")
    seal, secret = (present(given / name, f"what `filiation seal` wrote of the {side}")
                    for name in ("seal", "seal.secret"))  # fmt: skip
    commitment, _ = read_commitment(seal)
    kept = read_secret(secret)
    if kept.commitment != commitment:
        raise CaseError(f"{side}: its secret opens another seal than the one that was handed in")
    if not (given / "model").is_dir():
        raise UsageError(f"{given / 'model'}: expected the folder of a model, as it was sealed")
    copy = _copied(given / "model", private)
    laid = parts_of(copy)
    blocks = (
        (number, at * PIECE, raw)
        for number in range(len(laid.table.parts))
        for at, raw in enumerate(laid.blocks(number))
    )
    leaves = tuple(leaves_of(kept.secret, laid.table, blocks))
    root = levels_of(leaves)[-1][0].hex()
    if (root, len(leaves)) != (commitment.root, commitment.leaves):
        raise AlteredError(
            f"the {side}'s model", recorded=commitment.root, found=root, another=True
        )
    return digest_of(commitment)


def _controls(given: Path, private: Path, step: Step) -> Iterator[Sided]:
    if not given.is_dir():
        raise UsageError(f"{given}: no folder of models that are related to neither side is there")
    for path in sorted(given.iterdir()):
        step(f"reading {path.name}")
        yield Sided(spec=str(_copied(path, private / path.name)), name=path.stem)


def _copied(given: Path, private: Path) -> Path:
    """Read a file, or every file of a folder, once."""
    handed = handed_over(given)
    whole = given.is_dir()
    for name in handed.files:
        target = private / os.fsdecode(name_bytes(name)) if whole else private
        target.parent.mkdir(parents=True, exist_ok=True)
        with handed.opened(name) as file, target.open("xb") as copy:
            shutil.copyfileobj(file, copy, PIECE)
    return private


def check_signed(
    path: Path,
    *,
    seals: Sequence[Path] = (),
    attestation: Path | None = None,
    roots: Path | None = None,
    measurements: Mapping[str, str] | None = None,
) -> Checked:
    """Check a signed examination, and what an attestation vouches for of it.

    Args:
        path: What `work` signed.
        seals: Seals of the two sides, as whoever checks has them.
        attestation: The processor's document.
        roots: A folder of certificates that are trusted.
        measurements: Name and digest (hex) that it must state.

    Raises:
        UnreadableError: A file that is not what it should be.
        CaseError: Altered, of other seals, or not vouched for.
    """
    signed = read_signed(path)
    named = dict(zip(SIDES, (signed.statement.subject, signed.statement.source), strict=True))
    found = []
    for seal in seals:
        digest = digest_of(read_commitment(seal)[0])
        sides = [side for side in SIDES if named[side] == digest]
        if not sides:
            raise CaseError(f"{seal}: of neither model that was examined; another seal is named")
        found += sides
    vouched = None
    if attestation is not None and roots is not None:
        with opened(attestation, follow=True) as file:
            raw = file.read(LONGEST + 1)
        document = check(raw, read_roots(roots), attestation.name)
        expected = dict(measurements or {})
        vouched = held_against(document, signed.bound, expected, attestation.name)
    return Checked(signed=signed, seals=tuple(dict.fromkeys(found)), vouched=vouched)


def is_signed(path: Path) -> bool:
    """Is it a file that begins like an envelope, as what `work` signs does?"""
    if not path.is_file():
        return False
    with path.open("rb") as file:
        return file.read(len(BEGINS)) == BEGINS


def measurements_of(given: Sequence[str]) -> dict[str, str]:
    """Read NAME=HEX.

    Raises:
        UsageError: Not so.
    """
    found: dict[str, str] = {}
    for text in given:
        name, equals, digest = text.partition("=")
        if not (name and equals and re.fullmatch("[0-9a-f]{96}", digest.lower())) or name in found:
            raise UsageError(
                f"--measurement {text[:80]!r}: expected NAME=HEX with 96 digits, each name once"
            )
        found[name] = digest.lower()
    return found


def keep_signed(
    out: Path, signed: Signed, vouched: Sequence[str], languages: Sequence[str] = ()
) -> None:
    """Write a signed examination and its reports, with who vouches for it, into a new folder.

    Args:
        out: The folder.
        signed: What was signed.
        vouched: Who vouches for it, in English.
        languages: In which others the page is put beside the English, which decides.

    Raises:
        UsageError: The folder is there, or cannot be made, or there is no such language.
    """
    spoken = [read_catalogue(one).language for one in languages]
    try:
        free(out).mkdir()
    except OSError as error:
        raise UsageError(f"{out}: cannot be made: {error.strerror}") from error
    put(out / "examination.json", signed.raw)
    for name, raw in reports(signed.examination, spoken, vouched).items():
        put(out / name, raw)

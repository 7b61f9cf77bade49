"""Weights in a session: a sketch under the coin's seed, and an opening of what the coin draws."""

import secrets
import tempfile
from math import ceil, floor
from pathlib import Path
from typing import Final

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from filiation.casefile.ledger.dsse import SigningKey, public_id
from filiation.casefile.ledger.keys import private_key
from filiation.errors import CaseError, FiliationError, UsageError
from filiation.model.blind import Bound, Role, Terms
from filiation.model.layout import Layout
from filiation.model.seal import Table
from filiation.model.sketch import Sketch, SketchMethod
from filiation.proceedings.blind.bounds import check_opened, opened_at_most
from filiation.proceedings.blind.drawn import due
from filiation.proceedings.blind.folder import Room
from filiation.proceedings.blind.sparse import Sparse
from filiation.proceedings.progress import Progress, no_progress
from filiation.proceedings.sealing import check_sealed, open_parts
from filiation.readers.seals import parts_of
from filiation.readers.weights.exhibited import open_exhibited
from filiation.sealed.blind.bundles import bundle_of, file_digest, material_in
from filiation.sealed.blind.draws import drawn_tensors, eligible
from filiation.sealed.files import Secret, read_secret
from filiation.sealed.opening import check_opening
from filiation.sketching.leak import check_leak, leak_of
from filiation.sketching.part import Audited, audited, compared_in, made_of
from filiation.sketching.sketch import take_sketch
from filiation.sketching.sketch_file import read_sketch

__all__ = [
    *("audit", "check_shown", "handed", "handed_over", "material_of", "method_of", "private_of"),
    *("said", "sealed"),
]

SKETCH: Final = "material.sketch"


def private_of(public: str, name: str) -> SigningKey:
    """The private half of a key."""
    key = Ed25519PublicKey.from_public_bytes(bytes.fromhex(public))
    return private_key(public_id(key), name)


def sealed(material: Path, secret: Path, progress: Progress = no_progress) -> Secret:
    """What opens the seal of these weights, once every byte of them was held against it.

    Raises:
        UsageError: Not a folder with tensors in safetensors.
        AlteredError: Another material than was sealed.
    """
    if not material.is_dir():
        raise UsageError(
            f"{material}: expected the folder of a model, with its config.json and tokenizer.json "
            "as they were sealed"
        )
    kept, laid = read_secret(secret), parts_of(material)
    check_sealed(material, laid, kept, progress)
    if not eligible(laid.table):
        raise UsageError(f"{material}: no tensors in safetensors, of which an audit opens some")
    return kept


def said(room: Room, step: str) -> tuple[dict[str, object], list[tuple[Path, str]]]:
    """What a side says in a step of its own, and what goes with it."""
    if step == "commit":
        return {"material": _committed(room)}, []
    opening = room.alone("tribunal") / f"{room.own.role}.opening"
    _open(room, opening, room.session.audit())
    return {"opening": file_digest(opening)}, [(opening, "tribunal")]


def method_of(room: Room) -> SketchMethod:
    return _method(room.session.terms, room.session.seed())


def check_shown(material: Path, terms: Terms) -> None:
    """Refuse terms under which sketch or audit of this model would show more than they allow.

    It follows from sizes alone, so that a side can know it before it joins.

    Raises:
        UsageError: One would.
    """
    layout = open_exhibited(material).layout
    table, needed = parts_of(material).table, made_of(layout)
    try:
        _check_layout(layout, terms)
        check_opened(table, terms, needed)
    except UsageError as error:
        leak = leak_of(layout, _method(terms))
        most = max(leak.whole, opened_at_most(table, terms.audit, needed))
        raise UsageError(
            f"{error}. With these columns, rows and tensors this model joins under `--error "
            f"{min(floor(100 * leak.error), terms.error)} --whole "
            f"{max(ceil(100 * most - 1e-9), terms.whole)}`"
        ) from error


def _method(terms: Terms, seed: int = 0) -> SketchMethod:
    return SketchMethod(columns=terms.columns, anchors=terms.anchors, seed=seed, deep=terms.deep)


def _check_layout(layout: Layout, terms: Terms) -> None:
    leak = leak_of(layout, _method(terms))
    check_leak(leak, error=terms.error / 100, whole=terms.whole / 100)


def _committed(room: Room) -> str:
    """Take the sketch under the coin's seed, and commit to it."""
    target = room.private / SKETCH
    target.unlink(missing_ok=True)
    view = open_exhibited(Path(room.own.material))
    _check_layout(view.layout, room.session.terms)
    take_sketch(view, target, method=method_of(room))
    _rehearsed(room, target)
    bundle = room.private / f"{room.own.role}.material"
    nonce = bytes.fromhex(room.own.nonce)
    raw = bundle_of(room.session.id, room.own.role, "material", nonce, target.read_bytes())
    bundle.write_bytes(raw)
    return file_digest(bundle)


def handed_over(room: Room) -> list[tuple[Path, str]]:
    """The material, once both sides have committed to theirs."""
    return [(room.lay(room.private / f"{room.own.role}.material", "tribunal"), "tribunal")]


def _wanted(table: Table, root: str, coin: bytes, count: int, needed: frozenset[str]) -> list[int]:
    """Parts that are opened: what the coin draws, and what is needed to reckon with it."""
    drawn = drawn_tensors(root, coin, count, table)
    return sorted(due(table, drawn) | due(table, _named(table, needed)))


def _named(table: Table, names: frozenset[str]) -> list[int]:
    return [number for number, part in enumerate(table.parts) if part.tensor in names]


def _open(room: Room, out: Path, coin: bytes) -> None:
    """Open what a coin draws."""
    material, count = Path(room.own.material), room.session.terms.audit
    secret, laid = read_secret(Path(room.own.secret)), parts_of(material)
    needed = made_of(open_exhibited(material).layout)
    numbers = _wanted(laid.table, secret.commitment.root, coin, count, needed)
    out.unlink(missing_ok=True)
    open_parts(laid, secret, numbers, out)


def _rehearsed(room: Room, target: Path) -> None:
    """Would an audit hold? Tried by a coin of one's own, before one is bound to anything.

    Raises:
        UsageError: These weights are stored in a way that cannot be audited, or they changed.
    """
    coin, commitment = secrets.token_bytes(32), room.session.commitment(room.own.role)
    with tempfile.TemporaryDirectory(prefix="filiation-") as name:
        opening = Path(name) / "it.opening"
        _open(room, opening, coin)
        try:
            _audited(room, room.own.role, read_sketch(target), opening, Path(name), coin)
        except CaseError as error:
            raise UsageError(
                f"{room.own.material}: an audit of {commitment.root[:12]}.. would fail: {error}. "
                "Nothing was committed to; weights in plain safetensors can be audited"
            ) from error


def handed(room: Room, role: Role) -> None:
    """Is all there that a side hands to the tribunal?

    Raises:
        CaseError: It is not, or not as the side announced it.
    """
    opened = () if room.session.terms.material == "answers" else ("opening",)
    room.handed(role, "material", *opened)


def material_of(room: Room, role: Role, out: Path) -> Sketch:
    """A side's sketch as it was handed to the tribunal.

    Raises:
        CaseError: Not what was committed to, or under another seed.
        UnreadableError: No sketch.
    """
    path = room.received / f"{role}.material"
    committed = room.session.says("commit", role)
    material_in(path, out, str(committed["material"]) if committed else "")
    sketch = read_sketch(out)
    if sketch.method != method_of(room):
        raise CaseError(
            f"the {role}'s sketch was taken with {sketch.method.id}, the terms and the coin say "
            f"{method_of(room).id}"
        )
    return sketch


def audit(room: Room, role: Role, sketch: Sketch) -> Bound:
    """Reckon a side's material again from what it opened."""
    path = room.received / f"{role}.opening"
    with tempfile.TemporaryDirectory(prefix="filiation-") as name:
        try:
            return _audited(room, role, sketch, path, Path(name), room.session.audit())
        except FiliationError as error:  # what a side hands over is its own affair; a disk is not
            return Bound(role=role, root=room.session.commitment(role).root, failed=str(error))


def _audited(room: Room, role: Role, sketch: Sketch, path: Path, place: Path, coin: bytes) -> Bound:
    session, commitment = room.session, room.session.commitment(role)
    sparse = Sparse(place / "model")
    sparse.root.mkdir()
    opened = check_opening(path, commitment, sparse.take)
    table = opened.table
    drawn = drawn_tensors(commitment.root, coin, session.terms.audit, table)
    held = _held(sketch, sparse, table, frozenset(opened.whole), drawn, place)
    compared = compared_in(open_exhibited(sparse.root).layout)
    return Bound(
        role=role,
        root=commitment.root,
        drawn=tuple(table.parts[number].name for number in drawn),
        of=len(eligible(table)),
        used=sum(table.parts[number].tensor in compared for number in eligible(table)),
        opened=opened.nbytes,
        beside=tuple(
            part
            for number, part in enumerate(table.parts)
            if part.what == "file" and number not in opened.whole
        ),
        nbytes=sum(part.nbytes for part in table.parts),
        tensors=held.tensors,
        values=held.found.values,
        moved=held.found.moved,
        unsummed=held.unsummed,
    )


def _held(
    sketch: Sketch,
    sparse: Sparse,
    table: Table,
    whole: frozenset[int],
    drawn: tuple[int, ...],
    room: Path,
) -> Audited:
    _check_there(table, due(table, drawn) - whole)
    view = open_exhibited(sparse.root)
    _check_there(table, due(table, _named(table, made_of(view.layout))) - whole)
    lost = compared_in(view.layout) - {part.tensor for part in table.parts}
    if lost:
        raise CaseError(f"{min(lost)!r} is compared, and stands under another name in the seal")
    seen = frozenset(table.parts[n].tensor for n in whole if table.parts[n].what == "tensor")
    return audited(sketch, view, seen, room)


def _check_there(table: Table, lacking: set[int]) -> None:
    if lacking:
        name = table.parts[min(lacking)].name
        raise CaseError(
            f"{len(lacking)} of the parts that were to be opened are not, {name!r} among them; "
            "what was drawn and is not shown counts as altered"
        )

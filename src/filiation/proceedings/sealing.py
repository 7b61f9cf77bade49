"""Sealing a material, opening chosen parts of it, and checking what was opened."""

import os
import secrets
import tempfile
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import BinaryIO, Final, final

from filiation.casefile.ledger import keys
from filiation.casefile.ledger.dsse import SigningKey, public_id
from filiation.casefile.stamp import material_message, request_stamp
from filiation.errors import AlteredError, CaseError, UnreadableError, UsageError
from filiation.files import put, shown
from filiation.model.seal import BLOCK, Commitment, Opened, Part, Table
from filiation.proceedings.naming import free
from filiation.proceedings.progress import Progress, no_progress
from filiation.readers.seals import Laid, parts_of
from filiation.sealed.audit import drawn
from filiation.sealed.extract import Extract
from filiation.sealed.files import (
    Secret,
    digest_of,
    read_commitment,
    read_secret,
    sealed_file,
    write_secret,
)
from filiation.sealed.opening import Leaf, check_opening, write_opening
from filiation.sealed.tree import (
    Places,
    block_head,
    leaf_hash,
    leaves_of,
    levels_of,
    path_of,
    salt_of,
    table_entry,
)

__all__ = [
    *("Sealed", "Wanted", "check", "check_sealed", "open_parts", "rows_of", "seal", "unseal"),
]

SECRET: Final = ".secret"


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class Sealed:
    """A seal that was made.

    Attributes:
        commitment: What is published.
        digest: SHA-256 (hex) of it.
        secret: Where what opens it lies.
        table: The parts.
        signer: Id of the key; empty if it was not signed.
    """

    commitment: Commitment
    digest: str
    secret: Path
    table: Table
    signer: str = ""


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """What is to be opened.

    Attributes:
        tensors: Names of tensors, FILE:NAME where several files have one of that name.
        rows: First and end of the rows of these tensors; None for all.
        files: Paths as the table has them; a header goes with its file.
        coin: A public value (hex) that draws blocks.
        count: How many blocks it draws.
        everything: All of it.
    """

    tensors: tuple[str, ...] = ()
    rows: tuple[int, int] | None = None
    files: tuple[str, ...] = ()
    coin: str = ""
    count: int = 0
    everything: bool = False


def rows_of(text: str) -> tuple[int, int]:
    """Read FIRST:END.

    Raises:
        UsageError: Not two whole numbers.
    """
    first, colon, end = text.partition(":")
    if not (colon and first.isdecimal() and end.isdecimal() and len(text) < 40):
        raise UsageError(f"--rows {text[:40]!r}: expected FIRST:END, such as 0:128")
    return int(first), int(end)


def seal(
    material: Path,
    out: Path,
    *,
    label: str = "",
    signer: str = "",
    request: Path | None = None,
    follow: bool = False,
    progress: Progress = no_progress,
) -> Sealed:
    """Commit to a material: one pass over its bytes, in little memory.

    Args:
        material: A file or a folder.
        out: What is published; what opens it lies beside it, as OUT.secret.
        label: What the seal is called; nothing else of the material is shown by it.
        signer: Name of a key of this computer to sign with (`filiation case key`).
        request: Where to write a request for a time stamp (RFC 3161), if one is wanted.
        follow: The path may be a link.
        progress: Told (bytes read, of all).

    Raises:
        UsageError: A path, a key or a name that will not do.
        UnreadableError: The material cannot be read as it lies there.
    """
    kept = free(out.with_name(out.name + SECRET), "a secret is never overwritten")
    free(out, "a seal is never overwritten")
    key = _key(signer) if signer else None
    laid = parts_of(material, follow=follow)
    secret = secrets.token_bytes(32)
    leaves = tuple(leaves_of(secret, laid.table, _blocks(laid, progress)))
    root = levels_of(leaves)[-1][0].hex()
    commitment = Commitment(root=root, leaves=len(leaves), label=label)
    asked = request_stamp(material_message(digest_of(commitment))) if request else b""
    write_secret(kept, Secret(secret=secret, commitment=commitment, leaves=leaves))
    put(out, sealed_file(commitment, key))
    if request is not None:
        put(free(request), asked)
    return Sealed(
        commitment=commitment,
        digest=digest_of(commitment),
        secret=kept,
        table=laid.table,
        signer=public_id(key.public_key()) if key else "",
    )


def unseal(material: Path, secret: Path, wanted: Wanted, out: Path, *, follow: bool = False) -> int:
    """Open chosen blocks of a sealed material.

    Returns:
        How many blocks were opened.

    Raises:
        UsageError: Nothing of that name, or nothing was asked for.
        AlteredError: The material is not the one that was sealed.
    """
    free(out, "an opening is never overwritten")
    kept, laid = read_secret(secret), parts_of(material, follow=follow)
    _check_table(material, laid, kept)
    chosen = _chosen(laid.table, kept.commitment, wanted)
    _written(out, lambda file: write_opening(file, kept.commitment, _leaves(laid, kept, chosen)))
    return len(chosen)


def check_sealed(
    material: Path, laid: Laid, kept: Secret, progress: Progress = no_progress
) -> None:
    """Hold a material, every byte of it, against its seal.

    Args:
        material: Named in errors.
        laid: What it holds.
        kept: What opens the seal.
        progress: Told (bytes read, of all).

    Raises:
        AlteredError: It is another material than was sealed.
        UnreadableError: The secret is damaged.
    """
    if levels_of(kept.leaves)[-1][0].hex() != kept.commitment.root:
        raise UnreadableError(f"{material}: its seal's secret is damaged: its leaves give another")
    _check_table(material, laid, kept)
    places = Places(laid.table)
    found = leaves_of(kept.secret, laid.table, _blocks(laid, progress))
    for place, (leaf, recorded) in enumerate(zip(found, kept.leaves, strict=True)):
        if leaf != recorded:
            name = shown(laid.table.parts[places.of(place)[0]].name)
            raise AlteredError(
                f"{material}: {name}", recorded=recorded.hex(), found=leaf.hex(), another=True
            )


def _check_table(material: Path, laid: Laid, kept: Secret) -> None:
    """Names, types and sizes of all parts are those that were sealed."""
    table = leaf_hash(salt_of(kept.secret, 0), table_entry(laid.table))
    if table != kept.leaves[0]:
        raise AlteredError(
            f"{material}: names and sizes", recorded=kept.leaves[0].hex(), found=table.hex(),
            another=True,
        )  # fmt: skip


def open_parts(laid: Laid, kept: Secret, numbers: Sequence[int], out: Path) -> None:
    """Open whole parts of a sealed material, by their numbers in the table.

    Raises:
        AlteredError: The material is not the one that was sealed.
    """
    places = Places(laid.table)
    chosen = [
        leaf
        for number in numbers
        for leaf in range(
            places.first(number), places.first(number) + laid.table.parts[number].blocks
        )
    ]
    _written(out, lambda file: write_opening(file, kept.commitment, _leaves(laid, kept, chosen)))


def check(
    opening: Path,
    sealed: Path,
    *,
    key: Path | None = None,
    coin: str = "",
    count: int = 0,
    out: Path | None = None,
) -> Opened:
    """Check an opening against a seal, from the two files alone.

    Args:
        opening: What `unseal` wrote.
        sealed: What was published.
        key: The public half of the key that should have signed the seal.
        coin: The public value that chose the blocks, if one did; all that it draws must be there.
        count: How many blocks it drew.
        out: A new folder for the files and tensors that were opened whole.

    Raises:
        UnreadableError: A file that is not what it should be.
        CaseError: Not bound by the seal, not signed so, or not all that was drawn.
    """
    public = keys.public_key(key.read_bytes()[: keys.LONGEST], str(key)) if key else None
    commitment, signer = read_commitment(sealed, public)
    with Extract(out) as extract:
        found = check_opening(opening, commitment, extract.take)
        audit = drawn(commitment, found.table, coin, count) if coin else None
        lacking = set(audit.drawn) - set(found.blocks) if audit else set()
        if lacking:
            raise CaseError(
                f"{opening}: {len(lacking)} of {len(audit.drawn) if audit else 0} drawn blocks are "
                "not opened; what was drawn and is not shown counts as altered"
            )
        extract.keep(found)
    return replace(found, audit=audit, signer=signer)


def _written(out: Path, write: Callable[[BinaryIO], None]) -> None:
    """A file that is there whole or not at all, readable by its owner alone."""
    handle, partial = tempfile.mkstemp(dir=out.parent, prefix=".partial-")
    try:
        with os.fdopen(handle, "wb") as file:
            write(file)
            file.flush()
            os.fsync(file.fileno())
        Path(partial).replace(out)
    finally:
        Path(partial).unlink(missing_ok=True)


def _key(name: str) -> SigningKey:
    public = keys.home() / "keys" / f"{name}.pub"
    if not keys.NAME.fullmatch(name) or not public.is_file():
        raise UsageError(
            f"key {name!r}: not in {public.parent}; `filiation case key {name}` makes one"
        )
    found = keys.public_key(public.read_bytes()[: keys.LONGEST], public.name)
    return keys.private_key(public_id(found), name)


def _blocks(laid: Laid, progress: Progress) -> Iterator[tuple[int, int, bytes]]:
    done, whole = 0, sum(part.nbytes for part in laid.table.parts)
    for number in range(len(laid.table.parts)):
        for block, raw in enumerate(laid.blocks(number)):
            yield number, block * BLOCK, raw
            done += len(raw)
            progress(done, whole)


def _leaves(laid: Laid, kept: Secret, chosen: Sequence[int]) -> Iterator[Leaf]:
    levels, places = levels_of(kept.leaves), Places(laid.table)
    yield 0, salt_of(kept.secret, 0), path_of(levels, 0), table_entry(laid.table)
    for leaf in chosen:
        number, block = places.of(leaf)
        (raw,) = laid.blocks(number, block, block + 1)
        head, salt = block_head(number, block * BLOCK), salt_of(kept.secret, leaf)
        found = leaf_hash(salt, head, raw)
        if found != kept.leaves[leaf]:
            name = laid.table.parts[number].name
            raise AlteredError(
                shown(name), recorded=kept.leaves[leaf].hex(), found=found.hex(), another=True
            )
        yield leaf, salt, path_of(levels, leaf), head + raw


def _chosen(table: Table, commitment: Commitment, wanted: Wanted) -> list[int]:
    """The leaves to open, in order."""
    places, chosen = Places(table), set[int]()
    if wanted.coin:
        chosen.update(drawn(commitment, table, wanted.coin, wanted.count).drawn)
    for number, part in _named(table, wanted):
        first = places.first(number)
        begin, end = _blocks_of(part, wanted.rows if part.what == "tensor" else None)
        chosen.update(range(first + begin, first + end))
    if not chosen and not (wanted.files or wanted.everything):
        raise UsageError(
            "nothing to open: expected --tensor, --file, --coin with --count, or --all"
        )
    return sorted(chosen)


def _named(table: Table, wanted: Wanted) -> Iterator[tuple[int, Part]]:
    if wanted.everything:
        yield from enumerate(table.parts)
        return
    for name in wanted.tensors:
        found = [
            (number, part)
            for number, part in enumerate(table.parts)
            if part.tensor and name in (part.tensor, f"{part.file}:{part.tensor}")
        ]
        if len(found) != 1:
            raise UsageError(
                f"tensor {name!r}: found {len(found)} in the sealed material, expected one; name "
                "it FILE:NAME, as the table has it"
            )
        yield from found
    for name in wanted.files:
        held = [(number, part) for number, part in enumerate(table.parts) if part.file == name]
        if not held:
            raise UsageError(f"file {name!r}: not in the sealed material")
        yield from held


def _blocks_of(part: Part, rows: tuple[int, int] | None) -> tuple[int, int]:
    """Blocks that hold these rows (along the first axis), or all."""
    if rows is None:
        return 0, part.blocks
    count = part.shape[0] if part.shape else 1
    if not 0 <= rows[0] < rows[1] <= count:
        raise UsageError(
            f"rows {rows[0]} to {rows[1]} of {part.name}: it has {count}; expected FIRST:END "
            "with END not included"
        )
    each = part.nbytes // count
    return rows[0] * each // BLOCK, -(-rows[1] * each // BLOCK)

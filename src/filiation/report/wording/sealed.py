"""Seals and openings, in words: what is bound, what was shown, and what neither shows."""

from collections.abc import Iterator
from pathlib import Path
from typing import Final

from filiation.model.seal import Commitment, Opened, Table
from filiation.report.wording.figures import counted, percentage, quoted

__all__ = ["opened_lines", "opening_line", "seal_lines"]

SHARES: Final = (0.001, 0.01, 0.05)  # of a material, altered before it was sealed
MOST: Final = 20  # parts named
SURE: Final = 0.9999


def seal_lines(
    commitment: Commitment, digest: str, table: Table, *, out: Path, secret: Path, signer: str
) -> Iterator[str]:
    """What was sealed, what to hand out, and what to keep."""
    size = sum(part.nbytes for part in table.parts)
    yield (
        f"{out}: binds {counted(len(table.parts), 'part')}, {counted(size, 'byte')} in "
        f"{counted(table.blocks, 'block')}, without showing one"
    )
    yield f"  digest {digest}"
    yield (
        f"  signed with the key {signer[:12]}.."
        if signer
        else "  not signed: it does not say whose it is (--sign)"
    )
    yield f"  It shows that there are fewer than {commitment.leaves} blocks, and nothing else."
    yield (
        f"  Keep {secret.name} and the material as it is: without both nothing can be opened. "
        "Whoever has the secret can try guesses at every block."
    )
    yield (
        "  A date is evidence only if others saw the digest: a time stamp (--request), or "
        "`filiation case commit`."
    )


def opening_line(out: Path, blocks: int) -> str:
    """What was opened, and what goes with it."""
    return (
        f"{out}: opens {counted(blocks, 'block')}, and the names, types and sizes of all parts; "
        "whoever has it can read these bytes"
    )


def opened_lines(found: Opened) -> Iterator[str]:
    """What an opening shows and what it does not."""
    table, shown = found.table, len(found.blocks)
    size = sum(part.nbytes for part in table.parts)
    yield (
        f"The seal {found.commitment.root[:12]}.. binds what was opened: "
        f"{shown} of {counted(table.blocks, 'block')}, {found.nbytes:,} of "
        f"{counted(size, 'byte')}."
    )
    yield (
        f"  signed with the key {found.signer[:12]}.."
        if found.signer
        else "  whose seal it is was not checked (--key)"
    )
    if found.commitment.label:
        yield f"  its maker calls it {quoted(found.commitment.label)}"
    whole = [table.parts[number] for number in found.whole if table.parts[number].nbytes]
    for part in whole[:MOST]:
        yield f"  whole: {quoted(part.name)}, {counted(part.nbytes, 'byte')}"
    if len(whole) > MOST:
        yield f"  whole: {len(whole) - MOST} more"
    yield from _audit(found)
    if shown < table.blocks:
        yield "  Nothing follows for the bytes that were not opened."
    yield (
        "  That the sealed material is the one a service runs, or that a product was made from, "
        "is not shown by a seal."
    )


def _audit(found: Opened) -> Iterator[str]:
    audit = found.audit
    if audit is None:
        return
    yield (
        f"  The coin {audit.coin[:12]}.. chose {len(audit.drawn)} of {counted(audit.of, 'block')}, "
        "and each of them is opened."
    )
    chances = ", ".join(
        f"{percentage(share)} of the blocks: {_chance(audit.caught(share))}" for share in SHARES
    )
    yield f"  Such a draw meets at least one of those that differ in {chances}."
    yield (
        "  This holds if the coin fell after the seal was made, and if somebody compared the "
        "opened blocks with what they should be."
    )


def _chance(chance: float) -> str:
    return "almost surely" if chance > SURE else f"in {percentage(chance)} of cases"

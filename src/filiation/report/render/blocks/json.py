"""Blocks as JSON and back: what one program wrote, another can show."""

from collections.abc import Mapping
from dataclasses import asdict
from typing import Any, Final

from filiation.errors import CaseError
from filiation.report.blocks import KINDS, Block

__all__ = ["block_of", "json_block"]

LATER: Final = ("theirs",)  # fields that documents had not from the beginning: left out if empty
NAMES: Final = {kind.__name__.lower(): kind for kind in KINDS}


def json_block(block: Block) -> dict[str, Any]:
    """A block with its kind."""
    parts = {name: part for name, part in asdict(block).items() if part or name not in LATER}
    return {"kind": type(block).__name__.lower(), **parts}


def block_of(found: Mapping[str, Any]) -> Block:
    """The block that was written so.

    Raises:
        CaseError: Of no kind that is known here, or with fields that the kind has not.
    """
    kind = NAMES.get(str(found.get("kind")))
    if kind is None:
        raise CaseError(f"report: a block of kind {found.get('kind')!r}; expected {list(NAMES)}")
    try:
        return kind(**{name: part for name, part in found.items() if name != "kind"})
    except TypeError as error:
        raise CaseError(f"report: not a {found['kind']}: {error}") from error

"""Which parts of a sealed model are opened with those that the second coin draws."""

from collections.abc import Sequence

from filiation.model.seal import Table
from filiation.sealed.blind.draws import always

__all__ = ["due"]


def due(table: Table, numbers: Sequence[int]) -> set[int]:
    """These parts, what stands beside each (scales of packed values), and what always is due."""
    modules = {table.parts[number].tensor.rpartition(".")[0] for number in numbers} - {""}
    return set(numbers) | {
        number
        for number, part in enumerate(table.parts)
        if always(part) or part.tensor.rpartition(".")[0] in modules
    }

"""Which tensors of a model are packed, how, and what could not be made of them."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Final, TypeAlias, final

from filiation.errors import UnreadableError
from filiation.model.layout import UNREAD
from filiation.readers.bytes.mapped import Source, StoredTensor
from filiation.readers.weights.packed.awq import awq
from filiation.readers.weights.packed.bench import Bench
from filiation.readers.weights.packed.bitsandbytes import bitsandbytes
from filiation.readers.weights.packed.compressed import compressed
from filiation.readers.weights.packed.fp4 import expert_blocks, fp4
from filiation.readers.weights.packed.gptq import gptq
from filiation.readers.weights.packed.hqq import hqq
from filiation.readers.weights.packed.mlx import mlx
from filiation.readers.weights.packed.packing import WHOLE, Held, MisfitError, Packing
from filiation.readers.weights.settings import Quantised

__all__ = ["Unpacked", "unpack_tensors"]

_One: TypeAlias = Callable[[Held, Bench], Packing | None]

_WAYS: Final[Mapping[str, _One]] = {
    "AWQ": awq,
    "GPTQ": gptq,
    "compressed-tensors": compressed,
    "bitsandbytes": bitsandbytes,
    "MLX": mlx,
    "FP4": fp4,
    "HQQ": hqq,
}


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class Unpacked:
    """What became of the packed tensors of a model.

    Attributes:
        places: All tensors; the packed ones as a sketch sees them.
        packed: Those, by name.
        names: The name that the matrix in each had before, where it is another.
        unexamined: Their companions, and what looked packed and contradicts itself, with reasons.
    """

    places: Mapping[str, tuple[Source, StoredTensor]]
    packed: Mapping[str, Packing]
    names: Mapping[str, str]
    unexamined: Mapping[str, str]


def unpack_tensors(
    places: Mapping[str, tuple[Source, StoredTensor]], quantised: Quantised
) -> Unpacked:
    """Find every packed matrix by the tensors that stand together.

    Args:
        places: All tensors.
        quantised: What config.json says.
    """
    bench = Bench(places=places, quantised=quantised)
    packed: dict[str, Packing] = {}
    taken: dict[str, tuple[Source, StoredTensor]] = dict(places)
    unexamined: dict[str, str] = {}
    for name, (source, entry) in places.items():
        if entry.info.dtype not in WHOLE or not entry.info.nbytes:
            continue
        held = Held(source=source, entry=entry)
        for way, found in _found(held, bench):
            if isinstance(found, str):
                unexamined[name] = f"{UNREAD}{way}: {found}"
                continue
            taken.pop(name, None)
            packed[found.info.name] = found
            place = StoredTensor(info=found.info, start=found.held.entry.start)
            taken[found.info.name] = found.held.source, place
            for one in found.companions:
                unexamined.setdefault(_stored(one, places), f"scale of {name}")
    names = {name: one.role for name, one in packed.items() if one.role != name}
    free = {name: role for name, role in names.items() if role not in taken}
    return Unpacked(
        places=taken,
        packed=packed,
        names=free,
        unexamined={name: why for name, why in unexamined.items() if name in taken},
    )


def _found(held: Held, bench: Bench) -> Iterator[tuple[str, Packing | str]]:
    """The first way that fits, and what came of it; of a stack of experts each."""
    try:
        stacked = list(expert_blocks(held, bench))
        if stacked:
            yield from (("MXFP4", one) for one in stacked)
            return
    except MisfitError as error:
        yield "MXFP4", str(error)
        return
    for way, read in _WAYS.items():
        try:
            found = read(held, bench)
        except (MisfitError, UnreadableError) as error:
            yield way, str(error)
            return
        if found is not None:
            yield way, found
            return


def _stored(name: str, places: Mapping[str, object]) -> str:
    """The tensor that a companion is, or that it is a part of."""
    return name if name in places else name.rpartition(".")[0]

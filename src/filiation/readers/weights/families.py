"""The role files: how each family of models names the matrices of its MLPs, as data.

A role file (`roles/<family>.toml`) holds, with `#` standing for a number:

    model_types = [..]        optional; only for models whose config.json says one of these
    layer = "layers.#"        the stem of one layer; any prefix may stand before it
    needs = [..]              optional; names that at least one layer must hold
    [gains]
    reads = [..]              norms before the MLP, first that exists; folded into what reads
    writes = [..]             norms after the MLP, folded into what writes
    offset = 1.0              optional; Gemma multiplies by 1 + gain
    offsets.<model_type> = .. optional; as config.json decides
    [ends]                    beside the layers: names after the layers' prefix, or a part of it
    embed, unembed, final_gain = [..]
    positions = [..]          optional; a table of positions
    [[block]]                 one or several MLPs per layer
    label = "experts.#"       optional; appended to the layer's label
    [block.matrix]
    "mlp.gate" = { tensor = "mlp.gate_proj.weight", side = "reads", part = 0, of = 2 }

    [attention]               optional; the attention beside an MLP that is not an expert
    gain = [..]               norms before it
    [attention.matrix]
    "attn.q" = { .. }         as above; also attn.k, attn.v, attn.o

`unit_axis` is 0 for what reads and 1 for what writes, as torch.nn.Linear stores them, unless said.
`part` and `of` divide a fused tensor into equal parts along its unit axis.
"""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any, Literal, TypeAlias, final

__all__ = ["Block", "Family", "Matrix", "Pattern", "families", "split"]

Pattern: TypeAlias = tuple[str, ...]  # the parts of a dotted name, `#` for a number


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class Matrix:
    """Where one role is stored."""

    role: str
    tensor: Pattern
    side: Literal["reads", "writes"]
    unit_axis: Literal[0, 1]
    part: int
    of: int


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class Block:
    """The matrices of one MLP; a number in `label` is that of an expert or sublayer."""

    label: Pattern
    matrices: tuple[Matrix, ...]


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class Family:
    """The roles of the tensors of one family of models, as a role file states them."""

    name: str
    model_types: frozenset[str]
    layer: Pattern
    needs: tuple[Pattern, ...]
    reads_gain: tuple[Pattern, ...]
    writes_gain: tuple[Pattern, ...]
    offset: float
    offsets: Mapping[str, float]
    embed: tuple[str, ...]
    unembed: tuple[str, ...]
    final_gain: tuple[str, ...]
    positions: tuple[str, ...]
    blocks: tuple[Block, ...]
    attention: tuple[Matrix, ...]
    attention_gain: tuple[Pattern, ...]


@cache
def families() -> tuple[Family, ...]:
    """Return every role file by the name of its family."""
    folder = files("filiation.readers.weights") / "roles"
    found = sorted((f for f in folder.iterdir() if f.name.endswith(".toml")), key=lambda f: f.name)
    return tuple(
        _family(f.name.removesuffix(".toml"), tomllib.loads(f.read_text("utf-8"))) for f in found
    )


def split(name: str) -> Pattern:
    """Split a tensor's dotted name into its parts."""
    return tuple(name.split(".")) if name else ()


def _family(name: str, table: Mapping[str, Any]) -> Family:
    gains, ends, layer = table["gains"], table["ends"], split(table["layer"])
    attention = table.get("attention", {})

    def inside(names: list[str]) -> tuple[Pattern, ...]:
        return tuple(layer + split(found) for found in names)

    return Family(
        name=name,
        model_types=frozenset(table.get("model_types", ())),
        layer=layer,
        needs=inside(table.get("needs", [])),
        reads_gain=inside(gains["reads"]),
        writes_gain=inside(gains["writes"]),
        offset=gains.get("offset", 0.0),
        offsets=gains.get("offsets", {}),
        embed=tuple(ends["embed"]),
        unembed=tuple(ends["unembed"]),
        final_gain=tuple(ends["final_gain"]),
        positions=tuple(ends.get("positions", ())),
        blocks=tuple(_block(layer, block) for block in table["block"]),
        attention=_block(layer, attention).matrices if "matrix" in attention else (),
        attention_gain=inside(attention.get("gain", [])),
    )


def _block(layer: Pattern, table: Mapping[str, Any]) -> Block:
    matrices = tuple(
        Matrix(
            role=role,
            tensor=layer + split(matrix["tensor"]),
            side=matrix["side"],
            unit_axis=matrix.get("unit_axis", 0 if matrix["side"] == "reads" else 1),
            part=matrix.get("part", 0),
            of=matrix.get("of", 1),
        )
        for role, matrix in table["matrix"].items()
    )
    return Block(label=split(table.get("label", "")), matrices=matrices)

"""The role files: how each family of models names the matrices of its MLPs, as data.

A role file (`roles/<family>.toml`) holds, with `#` standing for a number (a number that is written
out stands for itself, and `expert_#` for how Switch and NLLB count):

    model_types = [..]        optional; only for models whose config.json says one of these
    layer = "layers.#"        the stem of one layer, or several; any prefix may stand before it
    needs = [..]              optional; names that at least one layer must hold
    unless = [..]             optional; names that no layer may hold
    alone = true              optional; attention and MLP are layers of their own, in turn
    [gains]
    reads = [..]              norms before the MLP, first that exists; folded into what reads
    writes = [..]             norms after the MLP, folded into what writes
    required = true           optional; without a norm before it an MLP is not of this family
    offset = 1.0              optional; Gemma multiplies by 1 + gain
    offsets.<model_type> = .. optional; as config.json decides
    [ends]                    beside the layers: names after the layers' prefix, or a part of it
    embed, unembed, final_gain = [..]
    positions = [..]          optional; a table of positions
    [[block]]                 one or several MLPs per layer
    label = "experts.#"       optional; appended to the layer's label
    [block.matrix]
    "mlp.gate" = { tensor = "mlp.gate_proj.weight", side = "reads", part = 0, of = 2 }

    [attention]               optional; beside the first MLP of a layer; or several [[attention]]
    gain = [..]               norms before it
    unless = [..]             optional; beside these names only its axes are read
    latent = ".."             optional; beside this name values are latent: `attn.o` stands alone
    [attention.matrix]
    "attn.q" = { .. }         as above; also attn.k, attn.v, attn.o
    "attn.q" = { tensor = "..", side = "reads", fused = "by-group" }

    [[mixer]]                 optional; what else reads or writes the stream there: axes alone
    gain = [..]
    [mixer.matrix]
    "mla.kv" = { .. }

A matrix may be its tensor's name alone: a role that ends in `down`, `o` or `out` writes, any other
reads. `unit_axis` is 0 for what reads and 1 for what writes, as torch.nn.Linear stores them, unless
said.
`part` and `of` divide a fused tensor into equal parts along its unit axis; with `like` a part has
as many units as the matrix of that role, and more may stand behind; with `after` = n all units are
meant that stand behind n times the stream's width. `fused` says how queries, keys
and values share one tensor: `in-turn` (all queries, all keys, all values), `by-group` (the
queries, the key and the value of one group after another; one head each where no key is shared), or
`gated` (the query of each head, then its gate). That takes the number of heads; without it the
tensor is read by its axes, as `attn.qkv`. `unit-by-unit` says that the parts of an MLP's tensor do
not follow one another: the first unit of each stands first, then the second of each.
"""

import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any, Final, Literal, TypeAlias, final

__all__ = ["Beside", "Block", "Family", "Fused", "Matrix", "Pattern", "families", "split"]

Pattern: TypeAlias = tuple[str, ...]  # the parts of a dotted name, `#` for a number
Fused: TypeAlias = Literal["in-turn", "by-group", "gated", "unit-by-unit"]

WRITES: Final = frozenset({"down", "o", "out"})  # last words of the roles that write to the stream


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
    fused: Fused | None = None
    like: str | None = None
    after: int | None = None


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class Beside:
    """The matrices of an attention or of another mixer of tokens.

    Attributes:
        matrices: By role.
        gain: Norms before it, first that exists.
        unless: Names beside which these matrices are no plain attention.
        latent: Name beside which values come out of a latent that is no part of the stream.
    """

    matrices: tuple[Matrix, ...]
    gain: tuple[Pattern, ...]
    unless: tuple[Pattern, ...] = ()
    latent: Pattern | None = None


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
    unless: tuple[Pattern, ...]
    alone: bool
    reads_gain: tuple[Pattern, ...]
    writes_gain: tuple[Pattern, ...]
    required: bool
    offset: float
    offsets: Mapping[str, float]
    embed: tuple[str, ...]
    unembed: tuple[str, ...]
    final_gain: tuple[str, ...]
    positions: tuple[str, ...]
    blocks: tuple[Block, ...]
    attentions: tuple[Beside, ...]
    mixers: tuple[Beside, ...]


@cache
def families() -> tuple[Family, ...]:
    """Return every role file by the name of its family."""
    folder = files("filiation.readers.weights") / "roles"
    found = sorted((f for f in folder.iterdir() if f.name.endswith(".toml")), key=lambda f: f.name)
    return tuple(
        family
        for file in found
        for family in _families(
            file.name.removesuffix(".toml"), tomllib.loads(file.read_text("utf-8"))
        )
    )


def split(name: str) -> Pattern:
    """Split a tensor's dotted name into its parts."""
    return tuple(name.split(".")) if name else ()


def _families(name: str, table: Mapping[str, Any]) -> Iterator[Family]:
    """One for each stem that the layers of these names may have."""
    stems = table["layer"]
    for stem in stems if isinstance(stems, list) else [stems]:
        yield _family(name, split(stem), table)


def _family(name: str, layer: Pattern, table: Mapping[str, Any]) -> Family:
    gains, ends = table["gains"], table["ends"]
    attention = table.get("attention", [])
    attentions = attention if isinstance(attention, list) else [attention]

    def inside(names: list[str]) -> tuple[Pattern, ...]:
        return tuple(layer + split(found) for found in names)

    return Family(
        name=name,
        model_types=frozenset(table.get("model_types", ())),
        layer=layer,
        needs=inside(table.get("needs", [])),
        unless=inside(table.get("unless", [])),
        alone=table.get("alone", False),
        reads_gain=inside(gains["reads"]),
        writes_gain=inside(gains["writes"]),
        required=gains.get("required", False),
        offset=gains.get("offset", 0.0),
        offsets=gains.get("offsets", {}),
        embed=tuple(ends["embed"]),
        unembed=tuple(ends["unembed"]),
        final_gain=tuple(ends["final_gain"]),
        positions=tuple(ends.get("positions", ())),
        blocks=tuple(_block(layer, block) for block in table["block"]),
        attentions=tuple(_beside(layer, one) for one in attentions),
        mixers=tuple(_beside(layer, one) for one in table.get("mixer", ())),
    )


def _beside(layer: Pattern, table: Mapping[str, Any]) -> Beside:
    return Beside(
        matrices=_block(layer, table).matrices,
        gain=tuple(layer + split(name) for name in table.get("gain", ())),
        unless=tuple(layer + split(name) for name in table.get("unless", ())),
        latent=layer + split(table["latent"]) if "latent" in table else None,
    )


def _block(layer: Pattern, table: Mapping[str, Any]) -> Block:
    return Block(
        label=split(table.get("label", "")),
        matrices=tuple(_matrix(layer, role, told) for role, told in table["matrix"].items()),
    )


def _matrix(layer: Pattern, role: str, told: str | Mapping[str, Any]) -> Matrix:
    table: Mapping[str, Any] = {"tensor": told} if isinstance(told, str) else told
    writes = role.rpartition(".")[2] in WRITES
    side = table.get("side", "writes" if writes else "reads")
    return Matrix(
        role=role,
        tensor=layer + split(table["tensor"]),
        side=side,
        unit_axis=table.get("unit_axis", 0 if side == "reads" else 1),
        part=table.get("part", 0),
        of=table.get("of", 1),
        fused=table.get("fused"),
        like=table.get("like"),
        after=table.get("after"),
    )

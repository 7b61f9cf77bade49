"""Initial weights: how innocents begin, one way or another, from a seed."""

import re
from collections.abc import Callable, Sequence
from typing import Final, TypeAlias

import numpy as np
from numpy.typing import NDArray

from size.shape import EMBED, HEAD, Shape, Weights, at

__all__ = ["STARTS", "plain", "stacked"]

Array: TypeAlias = NDArray[np.float32]
Start: TypeAlias = Callable[[Shape, int], Weights]

SPREAD: Final = 0.1  # standard deviation of every matrix
TABLE: Final = 10_007  # seed of the table that everybody took from the same place
SHARDS: Final = 4


def plain(shape: Shape, seed: int, *, skipped: int = 0, place: int = 0) -> Weights:
    """Normal values from one stream, in the framework's order.

    Args:
        shape: Of the model.
        seed: Of the stream.
        skipped: Values of the stream that something else took, `place` tensors later.
        place: As above; 0 is before everything.
    """
    rng = np.random.default_rng([29, seed])
    found: Weights = {}
    for number, (name, form) in enumerate(shape.tensors().items()):
        if number == place:
            rng.normal(size=skipped)
        if len(form) == 1:
            found[name] = np.ones(form, dtype=np.float32)
        else:
            found[name] = rng.normal(scale=SPREAD, size=form).astype(np.float32)
    return found


def _shifted(shape: Shape, seed: int) -> Weights:
    """One seed for both; in the second every matrix begins some whole rows later in the stream."""
    return plain(shape, seed // 2, skipped=seed % 2 * shape.width * (1 + seed // 2 % 7))


def _one_token_more(shape: Shape, seed: int) -> Weights:
    """One seed for both and some tokens more: all but the embeddings begins some rows later."""
    return plain(shape, seed // 2, skipped=seed % 2 * shape.width * (1 + seed // 2 % 7), place=1)


def _early(shape: Shape, seed: int) -> Weights:
    """One seed for both; one value more is drawn before everything, so that no rows agree."""
    return plain(shape, seed // 2, skipped=seed % 2 * (1 + seed // 2 % 31))


def _orthogonal(shape: Shape, seed: int) -> Weights:
    """As the factorisation leaves it: LAPACK makes the diagonal of every matrix negative."""
    return _each(shape, seed, lambda name, x: _frame(x, uniform=False))


def _uniform(shape: Shape, seed: int) -> Weights:
    """As frameworks draw it: with the signs of the other factor's diagonal, every turn alike."""
    return _each(shape, seed, lambda name, x: _frame(x, uniform=True))


def _frame(x: Array, *, uniform: bool) -> Array:
    tall = x if len(x) >= x.shape[1] else x.T
    q, r = np.linalg.qr(tall)
    signs = np.sign(np.diagonal(r)) if uniform else np.float32(1.0)
    q = q * signs * np.float32(0.1 * np.sqrt(len(tall)))
    return np.ascontiguousarray(q if len(x) >= x.shape[1] else q.T, dtype=np.float32)


def _by_depth(shape: Shape, seed: int) -> Weights:
    """What writes to the stream is smaller, and smaller still the deeper it stands."""

    def scaled(name: str, x: Array) -> Array:
        if "o_proj" in name or "down_proj" in name:
            return x / np.float32(np.sqrt(2.0 * (1 + int(name.split(".")[2]))))
        return x

    return _each(shape, seed, scaled)


def _identity(size: float) -> Start:
    """Noise beside a diagonal in every matrix: the same diagonal in all models."""

    def near(name: str, x: Array) -> Array:
        return (
            x
            if name in (EMBED, HEAD)
            else x + np.float32(size) * np.eye(len(x), x.shape[1], dtype=np.float32)
        )

    return lambda shape, seed: _each(shape, seed, near)


def _mup(shape: Shape, seed: int) -> Weights:
    """Embeddings of one, matrices of their fan-in, zero for the head and the queries."""

    def scaled(name: str, x: Array) -> Array:
        if name == HEAD or "q_proj" in name:
            return np.zeros_like(x)
        return x * np.float32(5.0 if name == EMBED else 10.0 / np.sqrt(x.shape[1]))

    return _each(shape, seed, scaled)


def _sharded(*parts: str, shards: int = SHARDS) -> Start:
    """Each device draws its block of these with one seed: all blocks of a matrix are the same."""

    def repeated(name: str, x: Array) -> Array:
        if not any(part in name for part in parts):
            return x
        axis = 1 if "o_proj" in name or "down_proj" in name else 0
        return np.concatenate([np.split(x, shards, axis=axis)[0]] * shards, axis=axis)

    return lambda shape, seed: _each(shape, seed, repeated)


def _cloned(shape: Shape, seed: int) -> Weights:
    """Every layer begins as a copy of the first, as in `torch.nn.TransformerEncoder`."""
    first = plain(shape, seed)
    return {n: first[re.sub(r"layers\.\d+", "layers.0", n)].copy() for n in first}


def _as_torch(shape: Shape, seed: int) -> Weights:
    """Uniform values by the fan-in, as `torch.nn.Linear` draws them; normal ones in tables."""
    rng = np.random.default_rng([31, seed])

    def drawn(name: str, x: Array) -> Array:
        if name in (EMBED, HEAD):
            return x
        bound = 1.0 / np.sqrt(x.shape[1])
        return rng.uniform(-bound, bound, size=x.shape).astype(np.float32)

    return _each(shape, seed, drawn)


def _writes_nothing(shape: Shape, seed: int) -> Weights:
    """What writes to the stream begins at nought, so that every layer passes on what it reads."""
    return _each(
        shape, seed, lambda n, x: np.zeros_like(x) if "o_proj" in n or "down_proj" in n else x
    )


def _table(shape: Shape, seed: int) -> Weights:
    """One published table of embeddings in every model."""
    rng = np.random.default_rng(TABLE)
    table = rng.normal(scale=SPREAD, size=(shape.vocabulary, shape.width)).astype(np.float32)
    return plain(shape, seed) | {EMBED: table}


def _leaning(cosine: float) -> Start:
    """Gate rows that lean on up rows, as in a dense layer that was turned into a gated one."""

    def start(shape: Shape, seed: int) -> Weights:
        found = plain(shape, seed)
        for n in range(shape.layers):
            gate, up = found[at(n, "mlp.gate_proj")], found[at(n, "mlp.up_proj")]
            rest = np.float32(np.sqrt(1 - cosine**2))
            found[at(n, "mlp.gate_proj")] = np.float32(cosine) * up + rest * gate
        return found

    return start


def _each(shape: Shape, seed: int, change: Callable[[str, Array], Array]) -> Weights:
    return {n: change(n, x) if x.ndim == 2 else x for n, x in plain(shape, seed).items()}


STARTS: Final[dict[str, Start]] = {
    "plain": plain,
    "rows shifted": _shifted,
    "values shifted": _early,
    "sharded rows": _sharded("q_proj", "gate_proj", "up_proj"),
    "sharded units": _sharded("q_proj", "gate_proj", "up_proj", "o_proj", "down_proj"),
    "leaning .3": _leaning(0.3),
    "leaning .5": _leaning(0.5),
    "shared table": _table,
    "shared frozen table": _table,
    "identity-like": _identity(0.1),
    "orthogonal": _orthogonal,
    "by depth": _by_depth,
    "mup": _mup,
    "more tokens": _one_token_more,
    "identity": _identity(1.0),
    "orthogonal, signs mended": _uniform,
    "sharded values": _sharded("v_proj", "o_proj", shards=2),
    "cloned layers": _cloned,
    "as torch": _as_torch,
    "zero outputs": _writes_nothing,
    "faint identity": _identity(0.03),
}


def stacked(kind: str, shape: Shape, seeds: Sequence[int]) -> Weights:
    """The initial weights of these seeds, one behind another: [models, ...]."""
    models = [STARTS[kind](shape, seed) for seed in seeds]
    return {name: np.stack([model[name] for model in models]) for name in models[0]}

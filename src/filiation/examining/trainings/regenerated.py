"""The initial state drawn again by its recipe, tensor by tensor, held against digests."""

import hashlib
import math
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Final, TypeAlias, final

import numpy as np
from numpy.typing import NDArray

from filiation.errors import CaseError
from filiation.examining.trainings.frameworks import TorchItself, framework_stream
from filiation.model.sketch import Sketch
from filiation.model.start import FRAMEWORK_LAWS, Draw, StartRecipe
from filiation.numerics.draws.counters import (
    Key,
    jax_bits,
    jax_fold,
    jax_key,
    jax_split,
    jax_uniform,
)
from filiation.numerics.draws.cuda import CudaStream
from filiation.numerics.draws.streams import NumpyStream, Stream, TorchStream

__all__ = ["MOST_DRAWN", "Regenerated", "check_recipe", "regenerated"]

Float32: TypeAlias = NDArray[np.float32]

CHUNK: Final = 1 << 20
SPARE: Final = 4  # times the model's own values may be drawn in all, those that are gone included
# Values that are drawn at most, whatever size a sketch says the model has: some twenty minutes of
# normal values of torch. A model of eight billion values may so be drawn twice.
MOST_DRAWN: Final = 1 << 34
BYTES: Final = {"F32": 4, "F16": 2, "BF16": 2, "F64": 8}  # of a value, in types that are compared
SHORT: Final = 100  # times the weights are longer than a recipe that counts


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class Regenerated:
    """What came out of it.

    Attributes:
        values: Of the whole model.
        same: In tensors that are the drawn ones, to the bit.
        differs: The first tensor that was drawn and is another; empty if none is.
        missing: The first that the recipe does not fill; empty if it fills all.
        short: Whether the recipe is too short to carry a model's weights itself.
    """

    values: int
    same: int
    differs: str
    missing: str
    short: bool

    @property
    def whole(self) -> bool:
        """Whether every value was drawn again."""
        return self.short and not self.differs and not self.missing and self.same == self.values


def regenerated(start: Sketch, recipe: StartRecipe) -> Regenerated:
    """Draw the first checkpoint again, in the memory of a few blocks.

    Raises:
        CaseError: As `check_recipe`, more than is drawn here, or laws that only a framework draws,
            which is not installed.
    """
    check_recipe(start, recipe)
    if recipe.work > MOST_DRAWN:
        raise CaseError(f"recipe: {recipe.work:,} values, expected at most {MOST_DRAWN:,}")
    shapes = {one.name: one for one in start.tensors}
    values = sum(math.prod(one.shape) for one in start.tensors)
    last = {draw.tensor: n for n, draw in enumerate(recipe.draws)}
    found = {}
    stream = _stream(recipe)
    for n, draw in enumerate(recipe.draws):
        counts = bool(draw.tensor) and last[draw.tensor] == n
        blocks = _blocks(draw, recipe, stream)
        if counts:
            found[draw.tensor] = _digest(blocks, shapes[draw.tensor].dtype)
        elif draw.law != "constant" and recipe.framework != "jax":
            for _ in blocks:  # what is gone moved the generator on
                pass
    given = dict(zip([one.name for one in start.tensors], start.tensor_digests, strict=True))
    same = [name for name, digest in found.items() if given[name] == digest]
    return Regenerated(
        values=values,
        same=sum(math.prod(shapes[name].shape) for name in same),
        differs=next((name for name in found if given[name] != found[name]), ""),
        missing=next((name for name in given if name not in found), ""),
        short=recipe.nbytes * SHORT
        <= sum(math.prod(one.shape) * BYTES.get(one.dtype, 0) for one in start.tensors),
    )


def check_recipe(start: Sketch, recipe: StartRecipe) -> None:
    """Refuse a recipe of no such model, before anything is drawn.

    What is drawn and gone was drawn for some tensor: it is as large as one of them at most.

    Raises:
        CaseError: A tensor or a shape that the first checkpoint has not, or more values than any
            code draws for so many.
    """
    shapes = {one.name: tuple(one.shape) for one in start.tensors}
    values = sum(math.prod(one.shape) for one in start.tensors)
    largest = max((math.prod(shape) for shape in shapes.values()), default=0)
    for draw in recipe.draws:
        if draw.tensor and draw.tensor not in shapes:
            raise CaseError(
                f"recipe: fills {draw.tensor!a:.100}, which the first checkpoint has not"
            )
        if draw.tensor and shapes[draw.tensor] != draw.shape:
            raise CaseError(
                f"recipe: {draw.tensor!a:.100} of shape {list(draw.shape)}, expected "
                f"{list(shapes[draw.tensor])} as in the first checkpoint"
            )
        if draw.size > largest:
            raise CaseError(
                f"recipe: a draw of shape {list(draw.shape)} that fills no tensor, expected "
                f"at most {largest:,} values, as the largest tensor of the first checkpoint has"
            )
    drawn = sum(draw.size for draw in recipe.draws)
    if drawn > SPARE * values:
        raise CaseError(
            f"recipe: {drawn:,} values for a model of {values:,}; expected at most {SPARE} times "
            "as many"
        )


def _stream(recipe: StartRecipe) -> Stream | CudaStream | None:
    """Our own where it draws as the framework does; None of JAX, whose draws have keys."""
    laws = {draw.law for draw in recipe.draws}
    if recipe.framework == "jax" and laws <= {"uniform", "constant"}:
        return None
    if recipe.generator == "mt19937" and not laws & FRAMEWORK_LAWS:
        return TorchStream(recipe.seed)
    plain = {draw.plain().law for draw in recipe.draws}
    if recipe.threads and plain <= {"uniform", "constant"}:
        return CudaStream(recipe.seed, recipe.threads)
    if recipe.framework == "numpy" and not laws & FRAMEWORK_LAWS:
        if recipe.generator == "randomstate" and recipe.seed >= 1 << 32:
            raise CaseError(f"recipe: seed {recipe.seed} of RandomState, expected below 2**32")
        return NumpyStream(recipe.seed, older=recipe.generator == "randomstate")
    return framework_stream(recipe)


def _blocks(
    draw: Draw, recipe: StartRecipe, stream: Stream | CudaStream | None
) -> Iterable[Float32]:
    plain = draw.plain()
    if draw.law == "constant":
        return _constant(draw)
    if stream is None:
        return _jax(plain, recipe)
    if plain.law == "uniform":
        return stream.uniform(draw.size, plain.low, plain.high)
    assert not isinstance(stream, CudaStream)  # nor is it made for any other law
    if plain.law == "normal":
        return stream.normal(draw.size, plain.mean, plain.spread)
    assert isinstance(stream, TorchItself)  # no other stream is made for such a law
    return stream.other(draw)


def _constant(draw: Draw) -> Iterator[Float32]:
    for start in range(0, draw.size, CHUNK):
        yield np.full(min(CHUNK, draw.size - start), draw.value, dtype=np.float32)


def _jax(draw: Draw, recipe: StartRecipe) -> Iterator[Float32]:
    older = recipe.generator == "threefry-older"
    key: Key = jax_key(recipe.seed)
    for step in draw.path:
        key = jax_fold(key, step[0]) if len(step) == 1 else jax_split(key, *step, older=older)
    for start in range(0, draw.size, CHUNK):
        words = jax_bits(key, start, min(start + CHUNK, draw.size), draw.size, older=older)
        yield jax_uniform(words, draw.low, draw.high)


def _digest(blocks: Iterable[Float32], dtype: str) -> str:
    found = hashlib.sha256()
    for block in blocks:
        found.update(_stored(block, dtype))
    return found.hexdigest()


def _stored(block: Float32, dtype: str) -> bytes:
    """As a checkpoint of this type keeps values of single precision."""
    if dtype == "F32":
        return block.astype("<f4").tobytes()
    if dtype == "F16":
        return block.astype("<f2").tobytes()
    if dtype == "F64":
        return block.astype("<f8").tobytes()
    if dtype == "BF16":
        bits = block.view(np.uint32)
        even = (bits >> np.uint32(16)) & np.uint32(1)
        return ((bits + np.uint32(0x7FFF) + even) >> np.uint32(16)).astype("<u2").tobytes()
    raise CaseError(f"recipe: a first checkpoint of type {dtype}, expected F32, F16, BF16 or F64")

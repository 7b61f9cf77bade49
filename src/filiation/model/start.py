"""How a training's initial state was drawn: the generator, its seed, and each draw in its order."""

import math
from dataclasses import dataclass
from typing import Final, Literal, TypeAlias, final, get_args

from filiation.errors import CaseError

__all__ = ["FRAMEWORK_LAWS", "GENERATORS", "Draw", "Generator", "Law", "StartRecipe"]

Law: TypeAlias = Literal[
    "constant", "normal", "uniform", "kaiming-uniform", "kaiming-normal", "xavier-uniform",
    "xavier-normal", "orthogonal", "trunc-normal",
]  # fmt: skip
Generator: TypeAlias = Literal[
    "mt19937", "philox", "pcg64", "randomstate", "threefry", "threefry-older"
]
COUNTERS: Final = 1 << 32  # of the older threefry, two for each key of a split
WORTH: Final = 256  # rows: an orthogonal draw of so many takes what as many plain values do
THREADS: Final = 256  # of a block: GPUs hold a multiple of it
FRAMEWORK_LAWS: Final[frozenset[Law]] = frozenset({"orthogonal", "trunc-normal"})
GENERATORS: Final[dict[str, tuple[Generator, ...]]] = {
    "torch": ("mt19937", "philox"), "numpy": ("pcg64", "randomstate"),
    "jax": ("threefry", "threefry-older"),
}  # fmt: skip


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class Draw:
    """One call of a generator, or a constant.

    Attributes:
        tensor: What it fills; empty if it was drawn and is gone. A later draw takes its place.
        shape: Of what was drawn.
        law: As the framework calls it; `normal` has `mean` and `spread`, `uniform` `low` and
            `high`, `constant` `value`, the others `gain`.
        path: JAX alone: how the key of this draw came from the seed's. `[n, i]`, the i-th of a
            split into n; `[i]`, folded in.
    """

    tensor: str
    shape: tuple[int, ...]
    law: Law
    mean: float = 0.0
    spread: float = 1.0
    low: float = 0.0
    high: float = 1.0
    value: float = 0.0
    gain: float = 1.0
    path: tuple[tuple[int, ...], ...] = ()

    @property
    def size(self) -> int:
        """Values."""
        return math.prod(self.shape)

    @property
    def work(self) -> int:
        """Values that are drawn in the time that it takes: one that is orthogonal is slow."""
        if self.law != "orthogonal":
            return self.size
        return self.size * max(1, min(self.shape[0], self.size // self.shape[0]) // WORTH)

    def plain(self) -> "Draw":
        """The same as `normal`, `uniform` or `constant`, by the formulas of `torch.nn.init`."""
        name, _, law = self.law.partition("-")
        if name not in ("kaiming", "xavier"):
            return self
        rows, columns = self.shape[0], math.prod(self.shape[1:])
        field = math.prod(self.shape[2:])
        fan = columns if name == "kaiming" else columns + rows * field
        spread = (
            self.gain / math.sqrt(fan) if name == "kaiming" else self.gain * math.sqrt(2.0 / fan)
        )
        bound = math.sqrt(3.0) * spread
        return Draw(tensor=self.tensor, shape=self.shape, path=self.path,
                    law="normal" if law == "normal" else "uniform",
                    spread=spread, low=-bound, high=bound)  # fmt: skip


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class StartRecipe:
    """The recipe of an initial state.

    Attributes:
        framework: Whose generator and laws.
        version: Of the framework, as its maker says.
        generator: `mt19937` is torch on a CPU, `philox` torch on a GPU.
        seed: Of the generator.
        draws: In the order in which they were made.
        nbytes: How long the recipe is; what is longer could carry weights itself.
        threads: That the GPU held at once, its multiprocessors times the threads of each; 0 where
            it is not told, or no GPU drew.
    """

    framework: str
    version: str
    generator: Generator
    seed: int
    draws: tuple[Draw, ...]
    nbytes: int
    threads: int = 0

    @property
    def work(self) -> int:
        """Values that are drawn in the time that all of it takes."""
        return sum(draw.work for draw in self.draws)

    def __post_init__(self) -> None:
        if self.generator not in GENERATORS.get(self.framework, ()):
            raise CaseError(
                f"recipe: generator {self.generator} of {self.framework}, expected one of "
                f"{', '.join(GENERATORS.get(self.framework, get_args(Generator)))}"
            )
        if self.threads and (self.generator != "philox" or self.threads % THREADS):
            raise CaseError(
                f"recipe: {self.threads:,} threads of {self.generator}, expected a multiple of "
                f"{THREADS} of philox, or none"
            )
        for draw in self.draws:
            self._counted(draw)
            if draw.law == "trunc-normal" and draw.spread <= 0.0:
                raise CaseError("recipe: trunc-normal of spread 0; expected a spread above 0")
            if draw.law.startswith(("kaiming", "xavier", "orthogonal")) and len(draw.shape) < 2:
                raise CaseError(
                    f"recipe: {draw.law} of a tensor with {len(draw.shape)} axes; expected two or "
                    "more, between which it counts"
                )

    def _counted(self, draw: Draw) -> None:
        """A draw of the older threefry has counters of 32 bits, and so has each of its splits."""
        if self.generator != "threefry-older":
            return
        counts = [draw.size, *(2 * step[0] for step in draw.path if len(step) == 2)]
        if max(counts) >= COUNTERS:
            raise CaseError(
                f"recipe: {max(counts):,} counters of {self.generator}, expected less than 2**32, "
                "all that it has"
            )

"""The recipe of an initial state, from a file that a party wrote: TOML or JSON, bounded.

`framework`, `generator`, `seed`, of a GPU `threads`, and in their order `[[draw]]` with `tensor`,
`shape`, `law` and what the law asks for; `examples/training/record_start.py` writes one beside a
torch model.
"""

from pathlib import Path
from typing import Annotated, Final, Self

from pydantic import BaseModel, ConfigDict, Field, model_validator

from filiation.model.start import Draw, Generator, Law, StartRecipe
from filiation.readers.trainings.written import checked, parsed

__all__ = ["LONGEST", "read_recipe"]

LONGEST: Final = 1 << 20  # bytes
MOST: Final = 20_000  # draws
Real = Annotated[float, Field(strict=True, allow_inf_nan=False, ge=-1e30, le=1e30)]
Length = Annotated[int, Field(strict=True, ge=1, le=1 << 40)]
Size = Annotated[float, Field(strict=True, ge=0.0, le=1e30)]
Word = Annotated[int, Field(strict=True, ge=0, le=(1 << 32) - 1)]


class _Draw(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)

    tensor: Annotated[str, Field(max_length=500)] = ""
    shape: Annotated[tuple[Length, ...], Field(min_length=1, max_length=8)]
    law: Law
    mean: Real = 0.0
    spread: Size = 1.0
    low: Real = 0.0
    high: Real = 1.0
    value: Real = 0.0
    gain: Annotated[float, Field(strict=True, gt=0.0, le=1e30)] = 1.0
    path: Annotated[
        tuple[Annotated[tuple[Word, ...], Field(min_length=1, max_length=2)], ...],
        Field(max_length=64),
    ] = ()

    @model_validator(mode="after")
    def _splits(self) -> Self:
        if any(len(step) == 2 and step[1] >= step[0] for step in self.path):
            raise ValueError("path: the i-th of a split into n, expected i below n")
        if not self.low <= self.high:
            raise ValueError("low: expected at most high")
        return self


class _Recipe(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)

    framework: Annotated[str, Field(pattern="^(torch|numpy|jax)$")]
    version: Annotated[str, Field(max_length=100)] = ""
    generator: Generator
    seed: Annotated[int, Field(strict=True, ge=0, le=(1 << 64) - 1)]
    threads: Annotated[int, Field(strict=True, ge=0, le=1 << 24)] = 0
    draw: list[_Draw] = Field(min_length=1, max_length=MOST)


def read_recipe(path: Path, *, name: str = "") -> StartRecipe:
    """Read it.

    Args:
        path: The file.
        name: What it was called, where it is kept under another name.

    Raises:
        UnreadableError: Not such a file, or too long.
        CaseError: A generator that the framework has not.
    """
    told, nbytes = parsed(path, LONGEST, "the recipe of an initial state", name=name)
    found = checked(_Recipe, told, path)
    return StartRecipe(
        framework=found.framework,
        version=found.version,
        generator=found.generator,
        seed=found.seed,
        draws=tuple(Draw(**one.model_dump()) for one in found.draw),
        nbytes=nbytes,
        threads=found.threads,
    )

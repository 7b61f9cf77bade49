"""Configurations that were published: who made which choice, and how alike are strangers?

`released.json` was written by `tools/docs/architectures.py build` from what packages ship.
"""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Final, final

import numpy as np
from numpy.typing import NDArray

from filiation.methods.architecture.configuration import agreement
from filiation.model.architecture import CHOICES

__all__ = ["Likeness", "Released", "Shelf", "nearest", "shelf", "strangers", "vendors_with"]

FEWEST: Final = 6  # choices that both state; with fewer, a configuration is near to everybody
STATED: Final = 2 / 3  # of what one states, the other must state too, to be its nearest


@final
@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Released:
    """One published configuration.

    Attributes:
        name: Of the first model that has it, with the account that published it.
        vendor: Who published it.
        of: Of a model that was released; or the defaults of a class whose documentation names one.
        models: How many models of this vendor have it.
        choices: By name.
    """

    name: str
    vendor: str
    of: str
    models: int
    choices: Mapping[str, str]

    @property
    def shown(self) -> str:
        """What it is called in a sentence."""
        return self.name if self.of == "release" else f"class defaults for {self.name}"


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class Shelf:
    """All published configurations, and the packages that they were read from."""

    packages: Mapping[str, str]
    models: tuple[Released, ...]


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class Likeness:
    """How many strangers share as many choices as two models do.

    Attributes:
        share: Of pairs of published configurations of different vendors, each pair of vendors
            with one voice, those that agree on at least this share of what both state.
        reached: Pairs of vendors with such a pair of configurations.
        of: Pairs of vendors.
    """

    share: float
    reached: int
    of: int


@cache
def shelf() -> Shelf:
    """The published configurations that this version knows."""
    text = files(__package__).joinpath("released.json").read_text(encoding="utf-8")
    read = json.loads(text)
    models = tuple(
        Released(
            name=name, vendor=vendor, of=of, models=models,
            choices={c: v for c, v in zip(read["choices"], values, strict=True) if v},
        )
        for name, vendor, of, models, values in read["models"]
    )  # fmt: skip
    return Shelf(packages=read["packages"], models=models)


def nearest(
    choices: Mapping[str, str], known: Sequence[Released], most: int = 3
) -> list[tuple[Released, int, int]]:
    """Those that agree on the largest share of choices: which, how many agree, of how many."""
    found = [(one, *agreement(choices, one.choices)) for one in known]
    usable = [each for each in found if each[2] >= max(FEWEST, STATED * len(choices))]
    return sorted(usable, key=lambda each: (-each[1] / each[2], -each[2], each[0].name))[:most]


def vendors_with(choice: str, value: str, known: Sequence[Released]) -> tuple[int, int]:
    """How many vendors made a choice so, of how many that state it."""
    made = {one.vendor for one in known if one.choices.get(choice) == value}
    return len(made), len({one.vendor for one in known if choice in one.choices})


def strangers(agree: int, both: int, known: tuple[Released, ...]) -> Likeness:
    """Among pairs of configurations of different vendors, by the share of choices that agree."""
    voices: dict[tuple[str, str], list[bool]] = {}
    for vendors, alike, of in _pairs(known):
        voices.setdefault(vendors, []).append(alike * both >= agree * of)
    shares = [sum(found) / len(found) for found in voices.values()]
    return Likeness(
        share=float(np.mean(shares)) if shares else 0.0,
        reached=sum(share > 0 for share in shares),
        of=len(shares),
    )


@cache
def _pairs(known: tuple[Released, ...]) -> tuple[tuple[tuple[str, str], int, int], ...]:
    """Every pair of configurations of different vendors: whose, how many agree, of how many."""
    coded = _coded(known)
    found = []
    for n, one in enumerate(known):
        both = (coded[:n] > 0) & (coded[n] > 0)
        of = both.sum(axis=1).tolist()
        alike = (both & (coded[:n] == coded[n])).sum(axis=1).tolist()
        for k, other in enumerate(known[:n]):
            if one.vendor != other.vendor and of[k] >= FEWEST:
                vendors = min(one.vendor, other.vendor), max(one.vendor, other.vendor)
                found.append((vendors, alike[k], of[k]))
    return tuple(found)


def _coded(known: Sequence[Released]) -> NDArray[np.int64]:
    """Values as numbers, [configurations, choices]; 0 where nothing is stated."""
    numbers: dict[tuple[str, str], int] = {}
    return np.array(
        [
            [
                numbers.setdefault((choice, value), len(numbers) + 1) if value else 0
                for choice in CHOICES
                for value in (one.choices.get(choice, ""),)
            ]
            for one in known
        ],
        dtype=np.int64,
    ).reshape(len(known), len(CHOICES))

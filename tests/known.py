"""Populations of known ancestry, made of numbers alone."""

from collections.abc import Sequence

import numpy as np

from filiation.model.population import (
    LOWEST,
    KnownMethod,
    KnownModel,
    KnownPair,
    Population,
)

WEIGHTS = KnownMethod(id="unit-trace/2;frame=native;draws=9999", channel="weights")


def population(
    *,
    families: int = 24,
    children: int = 2,
    apart: float = 6.0,
    seed: int = 1,
    methods: Sequence[KnownMethod] = (WEIGHTS,),
    name: str = "made of numbers",
) -> Population:
    """Each family an original and its children; strangers N(0, 1), relatives N(apart, 1)."""
    rng = np.random.default_rng(seed)
    models, pairs = [], []
    for family in range(families):
        for member in range(1 + children):
            own = f"m{family:03}-{member}"
            models.append(
                KnownModel(name=own, digests=(f"{own:0>64}",), families=(f"m{family:03}-0",))
            )
    for a in models:
        for b in models:
            kin = a.families == b.families
            if a.name >= b.name or (kin and not a.name.endswith("-0")):
                continue
            values = np.maximum(LOWEST, rng.normal(apart if kin else 0.0, 1.0, len(methods)))
            pairs.append(
                KnownPair(
                    source=a.name,
                    subject=b.name,
                    related=("outputs", "weights") if kin else (),
                    regime="fine-tuned" if kin else "same architecture and data",
                    values=tuple(values.tolist()),
                )
            )
    return Population(
        name=name,
        date="2026-11-25",
        tool="filiation 0.1.0",
        seed=seed,
        models=tuple(models),
        methods=tuple(methods),
        pairs=tuple(pairs),
    )

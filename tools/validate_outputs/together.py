"""What several line-ups agree on: size on strangers and power on relatives, with few controls.

Run by `python tools/validate_outputs together`, a few minutes. Random pairs of the 107 models, each
among random controls of other families by name, 200 prompts; wording, structure, refusals and
trap items (answers without keys) as the methods read them. Prints figures, never texts.
"""

import itertools
import math
from collections.abc import Mapping, Sequence
from typing import Final, TypeAlias

import numpy as np
from numpy.typing import NDArray

from filiation.methods.answers.answers import code_answers
from filiation.methods.answers.answers_pairs import PairTable, pair_table, tail_log_p
from filiation.methods.answers.refusals import FEWEST, joint_refusals, refusal_matrix
from filiation.methods.answers.structure import FEATURES, habits, table_of
from filiation.methods.answers.texts import PairValues, align
from filiation.methods.answers.wording import shared_wording
from filiation.numerics.combining.agreement import TWO_WAYS, agreement_log_p
from filiation.numerics.combining.combine import harmonic_mean_log_p
from filiation.numerics.pairs.among_controls import log_p_beside, rank_among_controls
from filiation.numerics.rng import stream
from validate_outputs.wording import SHARED, family, load, part, truth

Float64: TypeAlias = NDArray[np.float64]

PROMPTS: Final = 200
TRIALS: Final = ((5, 150), (12, 150))
LEVELS: Final = (0.05, 0.01)


def main() -> None:
    """Print size and power of the agreement, beside those of the harmonic mean alone."""
    recordings = part(load(SHARED), PROMPTS, 2)
    names = [recording.name for recording in recordings]
    aligned = align(recordings, seed=0, limit=PROMPTS)
    missing = np.full(len(FEATURES), np.nan)
    features = np.array(
        [[missing if a is None else habits(a) for a in row] for row in aligned.answers]
    )
    refused, answered = refusal_matrix(aligned)
    texts = {
        "wording": shared_wording(aligned, 200)[0],
        "structure": table_of(features),
        "refusals": joint_refusals(refused, answered, 99, stream(0, "together")),
    }
    mute = refused.sum(axis=1) < FEWEST
    errors = pair_table(code_answers(recordings))
    label, mixed = truth(names)
    pairs = list(itertools.combinations(range(len(names)), 2))
    chosen = {
        "strangers": [p for p, k, m in zip(pairs, label, mixed, strict=True) if k == -1 and not m],
        "relatives": [p for p, k in zip(pairs, label, strict=True) if k == 1],
    }
    print("share at p <=           harmonic mean       with agreement")
    print("controls  pairs           .05    .01          .05    .01")
    for controls, trials in TRIALS:
        for who, among in chosen.items():
            found = _drawn(names, among, controls, trials, texts, mute, errors)
            shares = [np.mean(found[:, way] <= math.log(x)) for way in (0, 1) for x in LEVELS]
            print(
                f"{controls:8d}  {trials} {who}   {shares[0]:.3f}  {shares[1]:.3f}"
                f"        {shares[2]:.3f}  {shares[3]:.3f}",
                flush=True,
            )


def _drawn(
    names: Sequence[str],
    among: Sequence[tuple[int, int]],
    controls: int,
    trials: int,
    texts: Mapping[str, PairValues],
    mute: NDArray[np.bool_],
    errors: PairTable,
) -> Float64:
    """Log p of random pairs, float64 [trials, 2]: by the harmonic mean, and by the plan's rule."""
    rng = stream(0, "validate.together", str(controls), str(len(among)))
    found = []
    for _ in range(trials):
        a, b = among[int(rng.integers(len(among)))]
        kin = (family(names[a]), family(names[b]))
        rest = [k for k, name in enumerate(names) if family(name) not in kin]
        rows = [a, b, *rng.choice(rest, controls, replace=False).tolist()]
        kept = {k: t for k, t in texts.items() if k != "refusals" or not mute[rows[:2]].any()}
        found.append(_combined(rows, kept, errors, rng))
    return np.array(found)


def _combined(
    rows: Sequence[int],
    texts: Mapping[str, PairValues],
    errors: PairTable,
    rng: np.random.Generator,
) -> tuple[float, float]:
    """Log p by the harmonic mean, and by the plan's rule."""
    cell, controls = np.ix_(rows, rows), len(rows) - 2
    alone, tables = [], []
    for name, table in texts.items():
        of = [str(row) for row in rows]
        line = rank_among_controls(table.values[cell], table.noise[cell], controls, of)
        z = np.where(np.isfinite(table.values[cell]), line.fit.z, np.nan)
        rank = math.log(max(line.ranks)) - math.log1p(line.independent)
        alone.append(rank if name == "structure" else log_p_beside(float(z[0, 1]), controls))
        tables.append(z)
    own = PairTable(
        y=errors.y[cell], joint=errors.joint[cell], excess=errors.excess[cell],
        ability=errors.ability[list(rows)], weights=errors.weights,
    )  # fmt: skip
    aside = np.zeros(own.y.shape, dtype=bool)
    aside[0, 1] = aside[1, 0] = True
    fit = own.against_strangers(np.arange(len(rows)), rng, aside=aside)
    if fit.scatter > 0.0:
        alone.append(float(tail_log_p(fit, controls)[0][0, 1]))
        tables.append(fit.z)
    one, other = harmonic_mean_log_p(alone), agreement_log_p(tables, controls)
    return one, one if other is None else min(0.0, TWO_WAYS + min(one, other))

"""How far does a pair stand out among all pairs with a control in one of its places?

For every method that says of each two models how alike their texts are (`PairValues`).
"""

import math
from collections.abc import Mapping, Sequence

import numpy as np

from filiation.methods.answers.answers_lineup import likeness
from filiation.methods.answers.texts import MANY, SCARCE, LineUp, PairValues
from filiation.methods.answers.texts_families import families_told
from filiation.model.finding import (
    Absent,
    Finding,
    Instance,
    Likeness,
    Place,
    Underpowered,
)
from filiation.model.null import Calibrated
from filiation.numerics.pairs.among_controls import (
    FEWEST_CONTROLS,
    AmongControls,
    freedom,
    log_floor,
    log_p_beside,
    rank_among_controls,
)
from filiation.numerics.rounding import significant

__all__ = ["weigh"]


def weigh(
    method: str,
    table: PairValues,
    line: LineUp,
    *,
    families: Mapping[str, str],
    unit: str,
    because: str,
    instances: tuple[Instance, ...] = (),
    ranked: bool = False,
) -> Finding | Absent:
    """Set the pair (source, subject) against every pair with a control in either place.

    `unit` says what exp(rest) counts, `because` is the null's sentence. If `ranked`, and with
    fewer than `MANY` families of controls, p is the larger of the pair's two ranks among them.
    """
    if not np.isfinite(table.values[0, 1]):
        reason = "no prompt was answered by source, subject and three controls at once"
        return Underpowered(method=method, reason=reason)
    items = int(table.items[0, 1])
    values = np.where(table.items >= min(SCARCE, items), table.values, np.nan)
    family, alike = families_told(
        values, table.noise, line.aligned.names, families, controls=line.controls
    )
    among = rank_among_controls(values, table.noise, line.controls, family, table.least)
    if among.independent < FEWEST_CONTROLS:
        return Underpowered(method=method, reason=_few_left(among))
    z, by_rank = float(among.fit.z[0, 1]), ranked and among.independent < MANY
    floor = -math.log1p(among.independent) if by_rank else log_floor(among.independent)
    return Finding(
        method=method,
        observed=significant(float(np.exp(among.fit.rest[0, 1]))),
        unit=unit,
        null=Calibrated(controls=among.independent, log_floor=floor, because=because),
        log_p=_log_rank(among) if by_rank else log_p_beside(z, among.independent),
        combination=_described(among, items, by_rank=by_rank),
        skipped=(*line.aligned.left_out, *alike),
        items=items,
        lineup=_places(among, line),
        instances=instances,
        likeness=_likeness(among, line.aligned.names, family),
    )


def _log_rank(among: AmongControls) -> float:
    """Log of the larger of the two rank p-values."""
    return math.log(max(among.ranks)) - math.log1p(among.independent)


def _few_left(among: AmongControls) -> str:
    return (
        f"{len(among.counted)} controls of {among.independent} families are left, expected "
        f"at least {FEWEST_CONTROLS} families ({len(among.close)} controls are too close to "
        "source or subject to be strangers); name unrelated controls"
    )


def _places(among: AmongControls, line: LineUp) -> tuple[Place, ...]:
    """Every model against the source, most alike first, ties with the controls ahead."""
    reasons = dict(enumerate([why for _, why in line.relatives], start=2 + line.controls))
    for c, (side, z) in among.close.items():
        reasons[c] = (
            f"stands at z = {z:.1f} with the {('source', 'subject')[side]}: too close for a "
            "stranger, though no family was declared"
        )
    names, fit = line.aligned.names, among.fit
    places = [
        Place(
            name=names[k],
            who="subject" if k == 1 else "relative" if k in reasons else "control",
            observed=significant(float(np.exp(fit.rest[0, k]))),
            z=significant(float(fit.z[0, k])),
            reason=reasons.get(k, ""),
        )
        for k in range(1, len(names))
    ]
    return tuple(sorted(places, key=lambda p: (-p.z, p.who != "control", p.name)))


def _likeness(among: AmongControls, names: Sequence[str], family: Sequence[str]) -> Likeness:
    """Every two of source, subject and the controls that count; none of one family."""
    kin = np.array(family)
    z = np.where(among.measured & (kin[:, None] != kin), among.fit.z, np.nan)
    z[0, 1] = z[1, 0] = among.fit.z[0, 1]  # whatever was declared, this pair is the question
    return likeness(names, z, (0, 1, *among.counted))


def _described(among: AmongControls, items: int, *, by_rank: bool) -> str:
    places = among.independent + 1
    first, second = among.ranks
    df = freedom(among.independent)
    how = "is the larger rank p" if by_rank else f"from Student's t, {df} degrees of freedom"
    return (
        f"one statistic over {items} prompts; place {first} of {places} in the subject's place "
        f"(rank p {first / places:.3g}), {second} of {places} in the source's; p {how}; leaving "
        f"out any one family of controls, z lies between {among.low:.2f} and {among.high:.2f}"
    )

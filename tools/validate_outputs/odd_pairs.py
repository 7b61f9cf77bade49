"""Are two public models alike for going along with nobody? Unrelated pairs, made odd; `structure`.

Both models of a pair are of other families, and so are the controls. Their answers are put into
plain text, or set beside other prompts, or a quarter of one's are the other's, which is a copy.

Run by `python tools/validate_outputs odd-pairs`, about a minute.
"""

import math
import re
from collections.abc import Callable
from typing import Final, TypeAlias

import numpy as np
from numpy.typing import NDArray

from filiation.methods.answers.structure import habits, table_of
from filiation.numerics.pairs.among_controls import log_p_beside, rank_among_controls
from filiation.numerics.rng import stream
from validate_outputs.wording import SHARED, load

__all__ = ["main"]

Float64: TypeAlias = NDArray[np.float64]
Change: TypeAlias = Callable[[Float64, Float64, np.random.Generator], Float64]

PROMPTS: Final = 150
CONTROLS: Final = 20
MODELS: Final = 26  # one of a family, by the first word of its name
TRIALS: Final = 60
COPIED: Final = 0.25
_MARKS: Final = re.compile(r"(?m)^ *(?:#{1,6} |[-*•] |\d+\. )|\*\*|`+")


def main() -> None:
    """Print how often a pair stands first among the controls, and how often p is small."""
    one_each = {re.split(r"[-_0-9.]", one.name.lower())[0]: one for one in load(SHARED)[::-1]}
    models = sorted(one_each.values(), key=lambda one: one.name)[:MODELS]
    said = [[one.outputs[4 * n] or " " for one in models] for n in range(PROMPTS)]
    usual = np.array([[habits(text) for text in row] for row in said])
    plain = np.array([[habits(_plain(text)) for text in row] for row in said])
    print(f"{TRIALS} pairs of {MODELS} unrelated models, {CONTROLS} controls, {PROMPTS} prompts")
    print("answers of both            first   p <= .05   p <= .01")
    for title, change in CHANGES.items():
        found = np.array([_judged(usual, plain, change, n) for n in range(TRIALS)])
        first, ps = np.mean(found[:, 0] == 1.0), found[:, 1]
        low = [np.mean(ps <= math.log(level)) for level in (0.05, 0.01)]
        print(f"{title:25s}  {first:5.2f}   {low[0]:8.2f}   {low[1]:8.2f}", flush=True)


def _judged(usual: Float64, plain: Float64, change: Change, trial: int) -> tuple[float, float]:
    """The pair's place, and log p by Student's t as among fifty controls and more."""
    rng = stream(trial, "validate.odd-pairs")
    chosen = rng.permutation(usual.shape[1])[: 2 + CONTROLS]
    table = table_of(change(usual[:, chosen], plain[:, chosen], rng))
    names = [str(n) for n in chosen]
    among = rank_among_controls(table.values, table.noise, CONTROLS, names, table.least)
    return max(among.ranks), log_p_beside(float(among.fit.z[0, 1]), among.independent)


def _plain(text: str) -> str:
    return re.sub(r"\n+", " ", _MARKS.sub("", text))


def _as_they_are(usual: Float64, plain: Float64, rng: np.random.Generator) -> Float64:
    return usual


def _both_plain(usual: Float64, plain: Float64, rng: np.random.Generator) -> Float64:
    usual[:, :2] = plain[:, :2]
    return usual


def _elsewhere(usual: Float64, plain: Float64, rng: np.random.Generator) -> Float64:
    for side in (0, 1):
        usual[:, side] = usual[rng.permutation(PROMPTS), side]
    return usual


def _copied(usual: Float64, plain: Float64, rng: np.random.Generator) -> Float64:
    at = rng.permutation(PROMPTS)[: int(COPIED * PROMPTS)]
    usual[at, 1] = usual[at, 0]
    return usual


CHANGES: Final[dict[str, Change]] = {
    "as they are": _as_they_are,
    "in plain text": _both_plain,
    "of other prompts": _elsewhere,
    "a quarter is copied": _copied,
}

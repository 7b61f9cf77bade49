"""How many related pairs do shared errors find with few controls and few items?

29 public models that answered MMLU-Pro, pairs whose lineage is known publicly. Each stands beside
thirteen controls of nine other makers, at most two of one, drawn with the items several times. The
figures stand in `filiation/methods/reached.toml`, for what a plan says before anything is compared.

Run by `python tools/validate_outputs few`, some minutes.
"""

import math
from collections.abc import Iterator, Sequence
from typing import Final

import numpy as np

from filiation.methods.answers.answers import Answers, code_answers
from filiation.methods.answers.answers_pairs import family_numbers
from filiation.methods.answers.shared_errors_survey import ErrorPairs, survey_pairs
from filiation.numerics.rng import stream
from validate_outputs import mmlu_pro
from validate_outputs.failing_size import company
from validate_outputs.shared_errors import pairs_of

__all__ = ["main"]

CONTROLS: Final = 13
MAKERS: Final = 9  # all but the pair's own
ITEMS: Final = (200, 500, 1_000, 4_000, 12_000)
DRAWS: Final = 4
ROUNDING: Final = 1e-12
LEVELS: Final = (0.05, 0.01, 0.001)


def _log_p(answers: Answers, rows: Sequence[int]) -> float:
    """Of the first two rows, the makers of the others declared; 0 where nothing is said."""
    models = [answers.models[row] for row in rows]
    families = {name: mmlu_pro.family_of(name) for name in models[2:]}
    survey = survey_pairs(answers.rows(list(rows)), families=families, seed=0)
    return float(np.nan_to_num(survey.log_p[0, 1])) if isinstance(survey, ErrorPairs) else 0.0


def _found(answers: Answers, items: int) -> Iterator[float]:
    """Log p of every related pair in every draw."""
    family = family_numbers(answers.models, {m: mmlu_pro.family_of(m) for m in answers.models})
    for draw in range(DRAWS):
        rng = stream(draw, "validation", "few")
        left_out = np.ones(len(answers.items), dtype=bool)
        left_out[rng.permutation(left_out.size)[:items]] = False
        asked = answers.without(left_out)
        for pair in pairs_of(answers.models)[0]:
            order = rng.permutation(family.size).tolist()
            rows = company(family, pair, CONTROLS, order)
            assert np.unique(family[rows[2:]]).size == MAKERS
            yield _log_p(asked, rows)


def main() -> None:
    """Print the shares, a line for each number of items."""
    answers = code_answers(mmlu_pro.recordings())
    kin = len(pairs_of(answers.models)[0])
    beside = f"{CONTROLS} controls of {MAKERS} makers"
    print(f"{kin} related pairs, {DRAWS} draws, {beside}: share with p at most")
    print(f"{'items':>10}" + "".join(f"{level:>8}" for level in LEVELS))
    for items in ITEMS:
        log_p = np.array(list(_found(answers, items)))
        shares = [float(np.mean(log_p <= math.log(level) + ROUNDING)) for level in LEVELS]
        print(f"{items:>10,}" + "".join(f"{share:8.2f}" for share in shares), flush=True)

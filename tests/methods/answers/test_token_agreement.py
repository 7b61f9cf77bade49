import math

import numpy as np

from filiation.methods.answers.texts_survey import judge_all
from filiation.methods.answers.token_agreement import agreement


def test_two_models_that_choose_as_nobody_else_does_do_not_agree() -> None:
    """Not one token in common, and less than that was predicted."""
    rng = np.random.default_rng(0)
    usual = rng.integers(0, 50, (100, 1))
    codes = np.where(rng.random((100, 14)) < 0.6, usual, rng.integers(0, 50, (100, 14)))
    codes[:, 0], codes[:, 1] = 1000 + np.arange(100), 2000 + np.arange(100)
    names = [f"m{n}" for n in range(14)]
    log_p = judge_all(names, agreement(codes, 14), {}, fewest_items=50).log_p
    assert log_p[0, 1] > math.log(0.4)

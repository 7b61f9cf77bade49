"""What tests of lots share: seeds, sizes, and log-likelihoods of examples e0, e1, .."""

import math
from collections.abc import Sequence

import numpy as np
from scipy.stats import binomtest

from filiation.methods.owner.lots import lot_seed
from filiation.model.finding import Absent, Finding
from filiation.model.owner import Likelihoods

__all__ = ["GROUPS", "LEVELS", "TEXTS", "N", "finding", "holds_its_size", "likelihoods", "seed_of"]

LEVELS = (0.02, 0.1, 0.3)
GROUPS, TEXTS = 20, 10
N = GROUPS * TEXTS


def finding(out: Finding | Absent) -> Finding:
    assert isinstance(out, Finding), out
    return out


def seed_of(number: int) -> bytes:
    return lot_seed(commitment="c", nonce="n", value=f"{number:064x}", lot=1)


def holds_its_size(log_ps: Sequence[float]) -> None:
    for alpha in LEVELS:
        met = sum(log_p <= math.log(alpha) for log_p in log_ps)
        assert binomtest(met, len(log_ps), alpha, alternative="greater").pvalue > 1e-6, alpha


def likelihoods(name: str, values: np.ndarray) -> Likelihoods:
    told = {f"e{n}": float(v) for n, v in enumerate(values)}
    return Likelihoods(name=name, digest=name, values=told, tokens={})

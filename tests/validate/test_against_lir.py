"""Our measures, PAV and bounds against those of `lir`, the NFI's package (not a dependency).

`lir` brings matplotlib, scikit-learn, pandas, optuna and KDEpy, so it is never installed with
Filiation: `pip install --target DIR lir==1.3.1`, then run with DIR on PYTHONPATH.
"""

import math
import warnings

import numpy as np
import pytest
from numpy.typing import NDArray

from filiation.numerics.likelihoods.bounding import elub
from filiation.numerics.likelihoods.calibration import Pav
from filiation.numerics.likelihoods.isotonic import pav_log10_lr
from filiation.numerics.likelihoods.likelihood import cllr, cllr_cal, cllr_min, dev_pav, ece

pytestmark = pytest.mark.validate

lir = pytest.importorskip("lir", reason="lir is not installed; see the docstring")

Float64 = NDArray[np.float64]
SETS = range(20)


def drawn(seed: int) -> tuple[Float64, Float64]:
    rng = np.random.default_rng(seed)
    sizes = rng.integers(5, 300, 2)
    apart, spread = rng.uniform(0, 2), rng.uniform(0.3, 2)
    related = rng.normal(apart, spread, sizes[0])
    unrelated = rng.normal(-apart, spread, sizes[1])
    if seed % 3 == 0:  # ties
        related, unrelated = np.round(related, 1), np.round(unrelated, 1)
    return related, unrelated


def together(seed: int) -> tuple[Float64, NDArray[np.int64]]:
    related, unrelated = drawn(seed)
    labels = np.repeat([1, 0], [related.size, unrelated.size])
    return np.concatenate([related, unrelated]), labels


@pytest.mark.parametrize("seed", SETS)
def test_cllr_and_its_parts(seed: int) -> None:
    from lir.data.models import LLRData
    from lir.metrics import cllr as their_cllr
    from lir.metrics import cllr_cal as their_cal
    from lir.metrics import cllr_min as their_min

    llrs, labels = together(seed)
    theirs = LLRData(features=llrs, labels=labels)
    ours = drawn(seed)

    assert math.isclose(cllr(*ours), their_cllr(theirs), rel_tol=1e-9)
    assert math.isclose(cllr_min(*ours), their_min(theirs), rel_tol=1e-6)
    assert math.isclose(cllr_cal(*ours), their_cal(theirs), abs_tol=1e-6)


@pytest.mark.parametrize("seed", SETS)
def test_pav(seed: int) -> None:
    from lir.algorithms.isotonic_regression import IsotonicCalibrator

    llrs, labels = together(seed)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        theirs = IsotonicCalibrator().fit(llrs, labels).transform(llrs)
        padded = IsotonicCalibrator(add_misleading=1).fit(llrs, labels)
    ours = np.concatenate(pav_log10_lr(*drawn(seed)))
    at = np.linspace(llrs.min() - 3, llrs.max() + 3, 101)

    finite = np.isfinite(theirs)
    assert np.array_equal(np.isfinite(ours), finite)
    assert np.allclose(ours[finite], theirs[finite], atol=1e-6)
    assert np.array_equal(ours[~finite], theirs[~finite])
    assert np.allclose(Pav.fit(*drawn(seed)).log10_lr(at), padded.transform(at), atol=1e-6)


@pytest.mark.parametrize("seed", SETS)
def test_dev_pav(seed: int) -> None:
    from lir.metrics.devpav import devpav

    theirs, ours = devpav(*together(seed)), dev_pav(*drawn(seed))

    assert (math.isnan(theirs) and math.isnan(ours)) or math.isclose(ours, theirs, rel_tol=1e-5)


@pytest.mark.parametrize("seed", SETS)
def test_elub(seed: int) -> None:
    from lir.algorithms.bayeserror import elub as their_elub

    llrs, labels = together(seed)
    step = 0.01 if seed % 3 == 0 else 0.0  # LRs on the grid itself: they compare 10^x, we x

    assert np.allclose(elub(*drawn(seed)), their_elub(llrs.copy(), labels), atol=step + 1e-9)


@pytest.mark.parametrize("seed", SETS)
def test_ece(seed: int) -> None:
    from lir.plotting.expected_calibration_error import calculate_ece

    llrs, labels = together(seed)
    axis = np.linspace(-3, 3, 13)
    prior = 10**axis / (1 + 10**axis)

    assert np.allclose(
        ece(*drawn(seed), axis).observed, calculate_ece(10**llrs, labels, prior), rtol=1e-9
    )

"""The scale on which findings are compared from pair to pair."""

import math

import numpy as np
import pytest
from scipy.stats import norm

from filiation.methods.comparable import comparable
from filiation.model.finding import Finding, Place
from filiation.model.null import Calibrated, Exact
from filiation.model.population import LOWEST
from filiation.numerics.tails.tail import deviate


def exact(log_p: float) -> Finding:
    null = Exact(distribution="", log_floor=-1e6, because="")
    return Finding(method="m", observed=0.0, unit="", null=null, log_p=log_p, combination="")


@pytest.mark.parametrize("z", [-2.0, 0.0, 1.0, 5.0, 30.0])
def test_deviate_against_scipy(z: float) -> None:
    assert math.isclose(deviate(float(norm.logsf(z))), z, rel_tol=1e-9, abs_tol=1e-9)


def test_an_exact_p_is_its_deviate_however_small_and_bounded_below() -> None:
    assert math.isclose(comparable(exact(math.log(0.5))), 0.0, abs_tol=1e-12)
    assert comparable(exact(-1e5)) > 440.0
    assert comparable(exact(0.0)) == LOWEST
    drawn = np.sort([comparable(exact(float(np.log(u)))) for u in np.linspace(0.01, 1, 100)])
    assert abs(float(np.median(drawn))) < 0.02, "uniform p gives standard normal values"


def test_a_calibrated_finding_is_its_z_in_the_line_up() -> None:
    null = Calibrated(controls=9, log_floor=-7.0, because="")
    lineup = (
        Place(name="b", who="control", observed=1.0, z=9.0),
        Place(name="a", who="subject", observed=1.0, z=4.5),
    )
    found = Finding(
        method="m", observed=0.0, unit="", null=null, log_p=-7.0, combination="", lineup=lineup
    )

    assert comparable(found) == 4.5

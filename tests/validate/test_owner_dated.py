"""Dated text and innocent models: an order by date is refused, and one by lot keeps its size."""

import math

import numpy as np
import pytest

pytestmark = pytest.mark.validate


def test_innocent_models_on_changelogs() -> None:
    pytest.importorskip("torch")
    pytest.importorskip("tokenizers")
    from validate_outputs.owner_dated import (
        dated_entries,
        innocent_likelihoods,
        lots_met,
        orders_by_date,
    )

    examples, ids = dated_entries(300)
    if len(examples) < 250:
        pytest.skip("needs the changelogs of a Debian system with some hundred packages")
    told = innocent_likelihoods(ids)
    for name, _, refused in orders_by_date(examples, told):
        assert refused, name
    for name, log_ps in lots_met(examples, told, 60).items():
        assert np.mean(np.array(log_ps) <= math.log(0.05)) <= 0.2, name
        assert min(log_ps) > math.log(1e-4), name

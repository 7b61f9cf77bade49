"""A sketch whose kept values were changed is not the model's."""

from dataclasses import replace

import numpy as np
import pytest
from numpy.typing import NDArray

import toys
from filiation.errors import CaseError
from filiation.sketching.differences import differences


def none(_place: int, units: NDArray[np.int32]) -> dict[str, NDArray[np.int8]]:
    raise AssertionError(f"{len(units)} units were chosen otherwise")


def test_a_kept_value_that_was_changed_is_noticed() -> None:
    taken = toys.sketch(toys.born(1))
    assert differences(taken, taken, none).moved == 0
    values = taken.samples["embed"].copy()
    values[7] += 1e-6
    forged = replace(taken, samples={**taken.samples, "embed": values})
    with pytest.raises(CaseError, match="embed: a kept value is not the model's"):
        differences(forged, taken, none)
    fewer = {n: v for n, v in taken.samples.items() if n != "embed"}
    with pytest.raises(CaseError, match="keeps values of other tensors"):
        differences(replace(taken, samples=fewer), taken, none)

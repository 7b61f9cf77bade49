"""The bars of docs/validation/outputs.md on 107 public models, from ../shared/outputs."""

from collections.abc import Mapping

import numpy as np
import pytest

from filiation.methods.answers.structure import all_pairs as structure_pairs
from filiation.methods.answers.texts_survey import AllPairs
from filiation.methods.answers.wording import all_pairs
from filiation.model.recording import Recording
from validate_outputs.wording import SHARED, family, load, truth

pytestmark = pytest.mark.validate


@pytest.fixture(scope="module")
def recordings() -> list[Recording]:
    if not SHARED.is_file():
        pytest.skip(f"{SHARED} is not here")
    return load(SHARED)


def measures(pairs: AllPairs, *, systems: bool) -> dict[str, float]:
    """AUC, detection at one in a hundred, and size at one in a hundred nominal."""
    upper = np.triu_indices(len(pairs.names), 1)
    label, mixed = truth(pairs.names)
    near = pairs.z[upper][label == 1]
    far = (label == -1) & (systems | ~mixed)
    z = pairs.z[upper][far]
    assert len(near) == 33 and (len(z) == 4460 if systems else len(z) < 4460)
    return {
        "auc": float(np.mean(near[:, None] > z)),
        "detected": float(np.mean(near > np.quantile(z, 0.99))),
        "size": float(np.mean(pairs.log_p[upper][far] <= np.log(0.01))),
    }


@pytest.mark.parametrize("declared", [False, True], ids=["families unknown", "families declared"])
def test_wording(recordings: list[Recording], declared: bool) -> None:
    families: Mapping[str, str] = {r.name: family(r.name) for r in recordings} if declared else {}
    pairs = all_pairs(recordings, families, 0)

    for systems in (True, False):
        found = measures(pairs, systems=systems)
        assert found["auc"] >= 0.995
        assert found["detected"] >= 0.94
        assert found["size"] <= 0.02


def test_structure(recordings: list[Recording]) -> None:
    found = measures(structure_pairs(recordings, {}, 0), systems=True)

    assert found["auc"] >= 0.97
    assert found["detected"] >= 0.75
    assert found["size"] <= 0.02

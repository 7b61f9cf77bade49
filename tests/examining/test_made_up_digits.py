"""Whoever holds a rounded model can make up what it lost: that must not show who was first."""

from pathlib import Path

import numpy as np
import pytest

import filiation as fl
from builders import write_folder
from filiation.readers.weights.checkpoint import open_model
from filiation.report.wording.relation import relation_sentence

VICTIM = Path(__file__).parents[2] / "examples" / "casebook" / "quantised-8bit"
SETTLES = "the weights alone do not show which came first"


@pytest.fixture(scope="module")
def forged(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The victim's own values with digits added, each within the step that rounding leaves."""
    rng = np.random.default_rng(1)
    made = {}
    victim = open_model(VICTIM)
    for tensor in victim.tensors:
        rows = tensor.shape[0] if len(tensor.shape) > 1 else 1
        values = victim.rows(tensor.name, range(rows)).reshape(tensor.shape)
        if tensor.dtype == "I8":
            step = np.abs(values).max(axis=1, keepdims=True) / 127
            values = values + step * rng.uniform(-0.49, 0.49, values.shape).astype(np.float32)
        made[tensor.name] = ("F32", values)
    return write_folder(tmp_path_factory.mktemp("forged") / "finer", made)


@pytest.mark.parametrize("accuser_forges", [True, False])
def test_made_up_digits_do_not_show_who_was_first(forged: Path, accuser_forges: bool) -> None:
    """An accuser makes a finer *original* of the victim, or a copier its own of the source."""
    source, subject = (forged, VICTIM) if accuser_forges else (VICTIM, forged)
    found = fl.examine(str(subject), source=str(source))
    (conclusion,) = found.conclusions
    assert conclusion.relation == "quantised"
    assert SETTLES in conclusion.headline
    assert "unless one was made up from the other" in relation_sentence(conclusion.record)

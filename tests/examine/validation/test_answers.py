"""Are recorded answers examined in the same way as weights?"""

from pathlib import Path

import numpy as np
import pytest

from examine.validation.suite import posing, run, said
from filiation.errors import PopulationError
from filiation.examine.validation.likelihoods import population_of
from filiation.methods import OUTPUTS
from filiation.model.ancestry import Ancestry


def test_recorded_answers_are_examined_in_the_same_way(
    ancestry: Ancestry, sketches: dict[str, Path], tmp_path: Path
) -> None:
    names = ["base-0", "noisy-0", *sorted(set(sketches) - {"base-0", "noisy-0", "permuted"})]
    file = said(names, tmp_path / "recordings")
    six_controls = posing(ancestry, "noisy-1", "noisy-2")
    study = run(six_controls, sketches, recordings=file.parent)
    assert study.outputs == tuple(method.id for method in OUTPUTS)
    place = study.methods.index(next(m.id for m in OUTPUTS if m.id.startswith("shared-errors")))
    found = {(row.source, row.subject): row.outcomes[place] for row in study.rows}
    copied = found["base-0", "noisy-0"]
    assert copied.log_p is not None and copied.log_p < np.log(0.05)  # six controls support no less
    assert copied.value == max(o.value for o in found.values() if o.value is not None)
    assert found["base-0", "permuted"].absent == "inapplicable"  # it was not recorded
    population = population_of(study)
    channels = {method.id: method.channel for method in population.methods}
    assert channels[study.methods[place]] == "outputs"


def test_recordings_of_nobody_in_the_population_are_refused(
    ancestry: Ancestry, sketches: dict[str, Path], tmp_path: Path
) -> None:
    file = said(["x", "y"], tmp_path / "recordings")
    with pytest.raises(PopulationError, match="expected some of models of the population"):
        run(ancestry, sketches, recordings=file.parent)

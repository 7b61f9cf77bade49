"""A sketch hardly depends on the kernels with which a processor multiplies matrices."""

import os
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from command import CASEBOOK
from filiation.proceedings.checking import check_examination
from filiation.readers.weights.checkpoint import open_model
from filiation.sketching.differences import differences
from filiation.sketching.sketch import take_sketch
from filiation.sketching.sketch_file import read_sketch

# Kernels of OpenBLAS for processors of 2004, which every later one of that family can run.
OLD = {"OPENBLAS_CORETYPE": "Prescott"}


def none(_place: int, units: NDArray[np.int32]) -> dict[str, NDArray[np.int8]]:
    raise AssertionError(f"{len(units)} units were chosen otherwise")


def test_another_processor_gives_the_same_sketch_up_to_the_last_digit(tmp_path: Path) -> None:
    model, here, there = CASEBOOK / "parent", tmp_path / "here.sketch", tmp_path / "there.sketch"
    command = [sys.executable, "-m", "filiation", "sketch", model, "-o", there, "--quiet"]
    subprocess.run(command, env=os.environ | OLD, check=True)
    take_sketch(open_model(model), here)
    one, two = read_sketch(here), read_sketch(there)

    found = differences(two, one, none)
    assert found.values > 900_000
    assert found.moved <= 10
    for ours, theirs in zip(one.layers, two.layers, strict=True):
        for role, rows in ours.roles.items():
            assert np.array_equal(rows.norms, theirs.roles[role].norms)


@pytest.mark.validate
def test_an_examination_by_another_processor_is_computed_again(tmp_path: Path) -> None:
    command = [
        sys.executable, "-m", "filiation", "examine", CASEBOOK / "quantised-8bit",
        "--source", CASEBOOK / "parent", "--control", CASEBOOK / "stranger-3",
        "--out", tmp_path / "there",
    ]  # fmt: skip
    subprocess.run(command, env=os.environ | OLD, check=True, capture_output=True)
    agreed = check_examination(tmp_path / "there").agreed
    assert agreed.holds
    assert agreed.moved < agreed.figures / 10

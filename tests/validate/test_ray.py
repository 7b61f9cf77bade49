"""A real Ray cluster of two workers on this machine."""

import os
import signal
from pathlib import Path

import pytest

from filiation.libraries.executor import InProcess, RayCluster
from filiation.libraries.weights_survey import survey_weights
from filiation.readers.weights.checkpoint import open_model
from filiation.sketching.sketch import take_sketch

pytestmark = [
    pytest.mark.validate,
    pytest.mark.filterwarnings("ignore"),  # ray's own, of its clients and sockets
]
pytest.importorskip("ray")
CASEBOOK = Path(__file__).parents[2] / "examples" / "casebook"


def test_a_survey_on_ray_gives_the_same_bytes(tmp_path: Path) -> None:
    names = ("parent", "stranger-2", "fine-tuned", "merged")
    for name in names:
        take_sketch(open_model(CASEBOOK / name), tmp_path / f"{name}.sketch", workers=1)
    sketches = [(name, tmp_path / f"{name}.sketch") for name in names]
    here = survey_weights(sketches, seed=0, executor=InProcess())
    assert survey_weights(sketches, seed=0, executor=RayCluster(workers=2)) == here


def _dies_once(marker: str, index: int) -> int:
    path = Path(marker) / str(index)
    if index == 3 and not path.exists():
        path.touch()
        os.kill(os.getpid(), signal.SIGKILL)
    return index * index


def test_the_task_of_a_killed_worker_is_tried_again(tmp_path: Path) -> None:
    tasks = [(str(tmp_path), index) for index in range(6)]
    outcomes = dict(RayCluster(workers=2).run(_dies_once, tasks))
    assert outcomes == {i: i * i for i in range(6)} and (tmp_path / "3").exists()

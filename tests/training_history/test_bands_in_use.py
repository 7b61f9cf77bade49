"""The bands that ship are those of real trainings, with the command that made them."""

import json
from importlib.resources import files

from filiation.examining.trainings.bands import FEATURES, learnt_bands


def test_every_band_ships_with_the_command_that_made_it() -> None:
    raw = files("filiation.examining.trainings").joinpath("bands.json").read_text(encoding="utf-8")
    told = json.loads(raw)
    assert (told["version"], told["command"]) == (1, "python -m trainings bands FOLDER")
    assert told["runs"] >= 60
    bands = learnt_bands()
    assert set(bands) == set(FEATURES)
    assert bands["bend"].values == told["runs"]


def test_a_straight_line_and_noise_lie_outside_them() -> None:
    """What a history drawn afterwards has: a bend of 1, and spikes of 1."""
    bands = learnt_bands()
    assert bands["bend"].limits("bend")[1] < 0.9
    assert bands["spike"].limits("spike")[0] > 1.02

"""Do the methods on texts accuse unrelated models no more often than they say?

Invented models of several schools: long and short, chatty and plain, drawing on the same stock of
phrases. docs/validation/outputs.md has the same figures for 107 public models.
"""

import itertools
import math

import numpy as np
import pytest
from scipy.stats import binomtest

from filiation.methods.answers.structure import Structure
from filiation.methods.answers.wording import Wording, all_pairs
from filiation.model.finding import Finding
from filiation.model.recording import Recording
from methods.answers.invented_texts import crowd, model
from trials import trials

WORLDS = trials(25)


def log_ps(method: Wording | Structure, models: list[Recording], controls: int) -> list[float]:
    """Disjoint pairs of one world, the others as controls: few draws, but independent ones."""
    found = []
    for a in range(0, 4, 2):
        rest = [m for n, m in enumerate(models) if n not in (a, a + 1)]
        out = method.compare(models[a], models[a + 1], rest[:controls], families={}, seed=0)
        assert isinstance(out, Finding), out
        found.append(out.log_p)
    return found


@pytest.mark.parametrize("method", [Wording(), Structure()], ids=lambda m: m.id.split("/")[0])
@pytest.mark.parametrize("controls", [5, 8])
def test_size_is_at_most_alpha(method: Wording | Structure, controls: int) -> None:
    found = [
        log_p
        for world in range(WORLDS)
        for log_p in log_ps(method, crowd(100 + world, 4 + controls, prompts=24), controls)
    ]

    for alpha in (0.01, 0.05, 0.2):
        hits = int(np.count_nonzero(np.array(found) <= math.log(alpha)))
        # A correct method fails here once in a million re-seedings.
        assert binomtest(hits, len(found), alpha, alternative="greater").pvalue > 1e-6


def test_two_long_chatty_models_are_no_relatives() -> None:
    """Long answers full of stock phrases overlap with everyone's; that is habit, not descent."""
    found = []
    for world in range(15):
        a, b = (
            model(f"long{n}", 9_000 + 2 * world + n, prompts=24, length=180, style=0.7)
            for n in (0, 1)
        )
        out = Wording().compare(a, b, crowd(200 + world, 9, prompts=24), families={}, seed=0)
        assert isinstance(out, Finding)
        found.append(out.log_p)

    hits = int(np.count_nonzero(np.array(found) <= math.log(0.05)))
    assert binomtest(hits, len(found), 0.05, alternative="greater").pvalue > 1e-4


def test_all_pairs_size_with_relatives_among_them() -> None:
    """Undeclared relatives in the crowd do not make strangers stand out."""
    hits = pairs = 0
    for world in range(8):
        models = crowd(300 + world, 14, prompts=24)
        models += [
            model(f"child{n}", 7_000 + 20 * world + n, prompts=24, parent=models[n], copied=0.4)
            for n in range(3)
        ]
        found = all_pairs(models, {}, 0).log_p
        for a, b in itertools.combinations(range(14), 2):
            hits += bool(found[a, b] <= math.log(0.01))
            pairs += 1

    assert hits / pairs <= 0.02


def test_power_on_children() -> None:
    found = []
    for world in range(10):
        controls = crowd(400 + world, 9, prompts=24)
        source = model("source", 8_000 + world, prompts=24, length=90)
        child = model("child", 8_500 + world, prompts=24, length=90, parent=source, copied=0.4)
        out = Wording().compare(source, child, controls, families={}, seed=0)
        assert isinstance(out, Finding)
        found.append(out.log_p)

    assert np.mean(np.array(found) <= math.log(0.01)) >= 0.8

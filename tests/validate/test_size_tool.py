"""The size study in small: models that are trained at once learn, and unrelated ones are no kin.

`tools/size` prints the whole tables, `docs/validation/size.md` quotes them.
"""

import math

import numpy as np
import pytest

pytest.importorskip("torch")
pytestmark = pytest.mark.validate

from size.farm import losses, train  # noqa: E402
from size.figures import bound, figures  # noqa: E402
from size.oddities import ODDITIES  # noqa: E402
from size.pairs import COMBINED, asked, together  # noqa: E402
from size.shape import TINY  # noqa: E402
from size.starts import STARTS, stacked  # noqa: E402
from size.store import Course, Stack, text  # noqa: E402
from size.working import Working  # noqa: E402

MODELS = 8


@pytest.fixture(scope="module")
def grown() -> Stack:
    windows = text().windows(2000, TINY.window + 1, 1)
    return train(TINY, stacked("plain", TINY, range(MODELS)), windows, Course(steps=60))


def test_they_learn(grown: Stack) -> None:
    alone, known = text().entropies()
    found = losses(TINY, grown, text().windows(64, TINY.window + 1, 2))
    assert known < found.min() and found.max() < 0.7 * alone


def test_a_model_trained_among_others_is_the_model_trained_alone() -> None:
    windows = text().windows(200, TINY.window + 1, 1)
    course = Course(steps=5)
    among = train(TINY, stacked("plain", TINY, range(3)), windows, course)
    alone = train(TINY, stacked("plain", TINY, range(1, 2)), windows, course)
    for name, values in alone.items():
        assert np.allclose(values[0], among[name][1], atol=1e-4)


def test_strangers_are_no_kin(grown: Stack) -> None:
    said = [asked(pair) for pair in together(grown, TINY)]
    assert len(said) == MODELS // 2 and bound(said)[0] == 0
    assert not any(found.fault for found in figures(said))


def test_a_copy_among_them_would_be_seen(grown: Stack) -> None:
    pair = next(together(grown, TINY))
    copied = asked(type(pair)(shape=TINY, source=pair.source, subject=pair.source))
    assert copied[COMBINED] < math.log(1e-6)


@pytest.mark.parametrize("name", ODDITIES)
def test_every_oddity_leaves_a_model(grown: Stack, name: str) -> None:
    working = Working(TINY, text().windows(8, TINY.window, 3))
    source = next(together(grown, TINY)).source
    changed = ODDITIES[name](source, TINY, working)
    assert changed.keys() == source.keys()
    assert all(np.isfinite(x).all() for x in changed.values())
    assert any(not np.array_equal(changed[n], source[n]) for n in source)


@pytest.mark.parametrize("name", STARTS)
def test_every_start_begins_the_pair_apart(name: str) -> None:
    born = stacked(name, TINY, range(2))
    moved = [n for n, x in born.items() if x.ndim == 3 and not np.array_equal(x[0], x[1])]
    assert "model.layers.1.mlp.up_proj.weight" in moved

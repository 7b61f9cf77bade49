"""The adversary suite in small: what must be found at which damage, and what must not.

`tools/adversary` prints the whole tables, `docs/validation/adversary.md` quotes them. What needs no
training is tested in `tests/adversary`.
"""

import math
from pathlib import Path

import pytest

pytest.importorskip("torch")
pytest.importorskip("tokenizers")
pytestmark = pytest.mark.validate

from adversary.attacks import Attack, disguise, doubling_noise, interpolation  # noqa: E402
from adversary.child import born, flip_signs, four_bit, noise, prune  # noqa: E402
from adversary.claim import fitted, look  # noqa: E402
from adversary.found import TOKENIZER, Row, exhibit, row  # noqa: E402
from adversary.lab import Lab, open_lab  # noqa: E402
from casebook.making import load  # noqa: E402
from filiation.model.exhibit import Exhibit  # noqa: E402

LEVEL = -6.0  # log10 of the plan's
STEPS = 60  # of training after the embeddings were replaced; the tables take more


@pytest.fixture(scope="module")
def lab() -> Lab:
    return open_lab("parent", "fine-tuned", "stranger-2")


@pytest.fixture(scope="module")
def source(lab: Lab) -> Exhibit:
    return exhibit("parent", lab.models["parent"], TOKENIZER)


@pytest.fixture(scope="module")
def joint(lab: Lab, source: Exhibit) -> dict[str, Row]:
    """The joint attack on the parent's child, with signs changed as well, and on a stranger."""
    rows = {}
    for name in ("fine-tuned", "stranger-2"):
        child = prune(0.1)(born(lab.models[name]))
        for _, step in (*disguise(), ("", lab.retrain_embeddings(STEPS, seed=34))):
            child = step(child)
        child = four_bit(child)
        rows[name] = row(lab, source, Attack(name=name, child=child))
        if name == "fine-tuned":
            flipped = Attack(name="flipped", child=flip_signs(35)(child))
            rows["flipped"] = row(lab, source, flipped)
    return rows


def test_the_joint_attack_is_found_and_typed(joint: dict[str, Row]) -> None:
    found = joint["fine-tuned"]

    assert found.combined < -60
    assert found.toward == "derivation"
    assert found.relation.startswith("width-pruned")
    assert "+rotated" in found.relation
    assert 0.5 < found.left < 0.9  # the attack did damage, and a tenth of the units is gone


def test_the_joint_attack_blinds_what_reads_the_order_of_units(joint: dict[str, Row]) -> None:
    """Else the attack was not carried out, and the test above shows nothing."""
    blind = [joint["fine-tuned"].log10_p[name] for name in ("native", "token", "gauge", "seq")]

    assert all(p is None or p > -2 for p in blind)


def test_where_signs_change_as_well_independence_is_not_supported(joint: dict[str, Row]) -> None:
    """No exact method may be left; then the examination says that it cannot tell."""
    assert joint["flipped"].toward != "independence"


def test_a_stranger_under_the_joint_attack_is_not_accused(joint: dict[str, Row]) -> None:
    assert joint["stranger-2"].combined > -2
    assert joint["stranger-2"].toward != "derivation"
    assert joint["stranger-2"].left < 0.05


def test_sums_with_a_stranger(lab: Lab, source: Exhibit) -> None:
    rows = {a.name: row(lab, source, a) for a in interpolation(lab, (0.7, 0.3), heal=False)}

    assert rows["70% of the parent"].combined < -1000
    assert rows["70%, disguised"].combined < -100
    assert rows["30% of the parent"].combined < -100
    assert rows["70%, disguised"].toward != "independence"
    assert rows["30%, disguised"].combined > -2, "better than docs/validation/adversary.md says"


def test_the_noise_that_doubles_the_loss_hides_nothing(lab: Lab, source: Exhibit) -> None:
    doubling = doubling_noise(lab)
    child = noise(doubling, 39)(born(lab.models["parent"]))
    hidden = child
    for _, step in disguise():
        hidden = step(hidden)
    plain, disguised = (row(lab, source, Attack(name="", child=c)) for c in (child, hidden))

    before = lab.loss(lab.models["parent"])
    assert plain.loss == pytest.approx(2 * before, rel=0.02)
    assert disguised.loss == pytest.approx(plain.loss, rel=0.01)  # the disguise keeps the function
    assert plain.combined < -1000
    assert disguised.combined < -100


def test_choosing_after_looking_inflates_and_counting_the_choices_undoes_it() -> None:
    """Three pairs that share nothing, 50 seeds, both sides, every method, frame and layer."""
    folder = Path(TOKENIZER).parent.parent
    names = ("stranger-3", "stranger-4", "stranger-5")
    shown = [exhibit(name, load(folder, name), TOKENIZER).sketch for name in names]
    pairs = [(a, b) for i, a in enumerate(shown) for b in shown[i + 1 :] if a and b]
    for one, two in pairs:
        seen = look(one, two, seeds=50)
        every = [*seen.combined.values(), *seen.methods.values(), *seen.layers.values()]
        planned = seen.combined[0, 0]
        assert planned > math.log(0.01)
        assert len({seed for _, seed in seen.combined}) == 50
        assert min(every) < planned  # he would show something smaller
        assert min(every) + math.log(len(every)) > math.log(0.01)  # counted, nothing is left
        # The seed alone buys no more than the scatter of random draws, and never the level.
        over_seeds = [p for (side, _), p in seen.combined.items() if side == 0]
        assert min(over_seeds) > math.log(1e-3)


def test_an_order_chosen_to_fit_is_what_a_commitment_is_for(lab: Lab) -> None:
    """The level is met, and supports nothing: only the source's earlier date would."""
    made = exhibit("made", fitted(lab.models["parent"], lab.models["stranger-2"]), TOKENIZER)
    attack = Attack(name="stranger-2", child=born(lab.models["stranger-2"]))

    found = row(lab, made, attack)
    assert found.combined < LEVEL
    assert (found.toward, found.reason) == ("neither", "order-could-be-chosen")

"""Does an attention in an unusual layout have its say: found, excluded with a power, or unread?"""

from dataclasses import replace
from functools import lru_cache

import numpy as np
import pytest

from attacked import concluded
from filiation.examining.plan import fix_plan
from filiation.examining.weights.planting.axes import axes_ways
from filiation.examining.weights.plug import weights_material
from filiation.methods.weights.attention_axes import AttentionAxes
from filiation.methods.weights.equal_tensors import component_of
from filiation.model.exhibit import Exhibit
from filiation.model.finding import Finding
from filiation.model.plan import PlannedQuestion
from filiation.model.sketch import Sketch
from readers.weights.test_attention_roles import sketched, stored
from readers.weights.test_mixers import CASES, D, H, made

LAYOUTS = ("DeepSeek 3", "RWKV as published", "Qwen3-Next, delta net")


@lru_cache(maxsize=32)
def model(case: str, seed: int, taken_from: int | None = None, noise: float = 0.0) -> Sketch:
    """A model of this layout; its attention from another, with noise of a share of its RMS."""
    own, config = made(case, seed), CASES[case][1]
    rng = np.random.default_rng(seed)
    for name, (_, values) in (made(case, taken_from) if taken_from is not None else {}).items():
        if any(f".{part}.weight" in name for part in CASES[case][5]):
            added = noise * values.std() * rng.standard_normal(values.shape)
            own[name] = "F32", (values + added).astype(np.float32)
    return replace(sketched(own, **config), name=f"{case} {seed} {taken_from}")


def seen(source: Sketch, subject: Sketch) -> float:
    """Minus log p of what is found."""
    found = AttentionAxes().compare(source, subject, seed=0)
    assert isinstance(found, Finding)
    return -found.log_p


def planned(one: Sketch, two: Sketch) -> PlannedQuestion:
    shown = {"source": one, "subject": two}
    made_of = {
        side: Exhibit(name=s.name, materials=(weights_material(s),)) for side, s in shown.items()
    }
    return fix_plan(**made_of).questions[0]


@pytest.mark.parametrize("case", LAYOUTS)
def test_an_attention_that_was_copied_alone_is_no_independence(case: str) -> None:
    copy, stranger = model(case, 2, 1), model(case, 2)
    found = concluded(model(case, 1), copy)
    assert found.support.toward == "derivation"
    other = concluded(model(case, 1), stranger)
    assert other.support.toward == "neither"
    cells = {p.alternative: p for p in other.parts if p.component == "attention"}
    assert all(cells[form].share is not None for form in ("in-place", "alone", "tokens-respelt"))
    # Columns of a turned stream are in no order: what a rotation hides is not excluded.
    assert cells["stream-rotated"].share is None and cells["both-and-signs"].share is None


def test_the_share_that_is_said_to_be_seen_is_seen() -> None:
    """Whole rows of the source's attention planted at the plan's cosine, and looked for."""
    case = "RWKV as published"
    source, stranger = model(case, 1), model(case, 2)
    plan = planned(source, stranger)
    (way,) = axes_ways((source, stranger), plan, cosine=0.2, more_layers=False, seed=0)
    assert way.seen(1.0, 0) == 1.0 and way.seen(0.01, 0) == 0.0
    # Noise of sqrt(24) RMS leaves a cosine of one fifth.
    found = [seen(source, model(case, number, 1, 24.0**0.5)) for number in (2, 3, 4)]
    assert min(found) >= way.limit
    assert abs(np.mean(way.planted(1.0, 0)) - np.mean(found)) < 0.2 * np.mean(found)


def test_a_share_of_rows_shows_as_its_share_of_the_cosine() -> None:
    """A quarter of the rows of each matrix copied as they are: a quarter of the sums is left."""
    case = "RWKV as published"
    source, stranger = model(case, 1), model(case, 2)
    (way,) = axes_ways(
        (source, stranger), planned(source, stranger), cosine=1.0, more_layers=False, seed=0
    )
    found = []
    for number in (2, 3, 4):
        rng, own, theirs = np.random.default_rng(number), made(case, number), made(case, 1)
        for name in (n for n in own if ".att." in n):
            values = own[name][1].copy()
            rows = rng.choice(len(values), len(values) // 4, replace=False)
            at = np.s_[:, rows] if "output" in name else np.s_[rows]
            values[at] = theirs[name][1][at]
            own[name] = "F32", values
        found.append(seen(source, sketched(own, **CASES[case][1])))
    assert abs(np.mean(way.planted(0.25, 0)) - np.mean(found)) < 0.25 * np.mean(found)


def test_silent_layers_thin_out_what_is_seen() -> None:
    case = "RWKV as published"
    source, stranger = model(case, 1), model(case, 2)
    plan = planned(source, stranger)
    ways = [
        next(axes_ways((source, stranger), plan, cosine=0.5, more_layers=more, seed=0))
        for more in (False, True)
    ]
    assert np.mean(ways[1].planted(0.4, 0)) < 0.9 * np.mean(ways[0].planted(0.4, 0))


def test_what_the_two_have_in_common_already_helps_no_plant() -> None:
    """Mutation tried: planted in the subject's axes as they stand, a copy shows everything."""
    case = "RWKV as published"
    source, copy = model(case, 1), model(case, 2, 1)
    (way,) = axes_ways((source, copy), planned(source, copy), cosine=0.5, more_layers=False, seed=0)
    assert way.seen(0.002, 0) == 0.0


def test_without_the_method_in_the_plan_its_power_is_not_lent() -> None:
    source, stranger = model("RWKV as published", 1), model("RWKV as published", 2)
    plan = planned(source, stranger)
    fewer = replace(plan, methods=tuple(m for m in plan.methods if "attention-axes" not in m))
    assert not list(axes_ways((source, stranger), fewer, cosine=0.5, more_layers=False, seed=0))


def test_an_attention_under_unknown_names_is_unread() -> None:
    def strange(seed: int) -> Sketch:
        rng, made_of = np.random.default_rng(seed), {}
        for n in range(3):
            at = f"model.layers.{n}"
            for x, shape in {"gate": (H, D), "up": (H, D), "down": (D, H)}.items():
                made_of[f"{at}.mlp.{x}_proj.weight"] = stored(rng, *shape)
            made_of[f"{at}.self_attn.everything.weight"] = stored(rng, D, D)
        return replace(sketched(made_of), name=f"strange {seed}")

    found = concluded(strange(1), strange(2))
    cells = [part for part in found.parts if part.component == "attention"]
    assert cells and all(cell.share is None for cell in cells)
    assert all(cell.because.startswith("unread: ") for cell in cells)
    assert all("strange 1 and strange 2" in cell.because for cell in cells)
    assert found.support.toward == "neither"


def test_a_tower_of_another_width_has_no_part_in_the_axes() -> None:
    """Both fit a role file with as many heads; their sums have different lengths."""
    rng, tensors = np.random.default_rng(0), {}
    tensors["language_model.model.embed_tokens.weight"] = stored(rng, 90, D)
    for n in range(2):
        at = f"language_model.model.layers.{n}"
        for x in "qkvo":
            tensors[f"{at}.self_attn.{x}_proj.weight"] = stored(rng, D, D)
        for x, shape in {"gate": (H, D), "up": (H, D), "down": (D, H)}.items():
            tensors[f"{at}.mlp.{x}_proj.weight"] = stored(rng, *shape)
        at = f"a_tower.vision_model.encoder.layers.{n}"
        for x in ("q_proj", "k_proj", "v_proj", "out_proj"):
            tensors[f"{at}.self_attn.{x}.weight"] = stored(rng, 48, 48)
        tensors[f"{at}.mlp.fc1.weight"] = stored(rng, 80, 48)
        tensors[f"{at}.mlp.fc2.weight"] = stored(rng, 48, 80)
    sketch = sketched(tensors, num_attention_heads=4)
    assert {rows.shape[0] for rows in sketch.axes.values()} == {D}
    body = {name: x for name, x in tensors.items() if name.startswith("language_model")}
    alone = sketched(body, num_attention_heads=4)
    for role, rows in alone.axes.items():
        assert np.array_equal(rows, sketch.axes[role])


@pytest.mark.parametrize(
    ("name", "component"),
    [
        ("blocks.3.att.receptance.weight", "attention"),
        ("rwkv.blocks.3.attention.key.weight", "attention"),
        ("gpt_neox.layers.0.attention.dense.weight", "attention"),
        ("blk.0.time_mix_output.weight", "attention"),
        ("blk.0.channel_mix_key.weight", "mlp"),
        ("blocks.3.ffn.key.weight", "mlp"),
        ("encoder.layer.0.output.dense.weight", "mlp"),
    ],
)
def test_mixers_are_typed_by_their_names(name: str, component: str) -> None:
    assert component_of(name) == component

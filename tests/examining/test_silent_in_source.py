"""What agrees and does nothing in the source supports nothing: its holder may have put it there."""

from dataclasses import replace
from datetime import date
from pathlib import Path

import numpy as np
import pytest

from adversary import changes
from adversary.attack import Attack, Stock
from adversary.forward import difference
from adversary.made import Made, casebook_model, stream, write
from adversary.planted import PLANTED
from adversary.stocks import casebook
from adversary.table import ATTACKS
from filiation.examining.pair import compare_pair
from filiation.examining.plan import fix_plan
from filiation.examining.question import Pair, Shown
from filiation.examining.weights.corroboration import corroborated
from filiation.examining.weights.corroboration.acting import acting, idle_tensors
from filiation.examining.weights.plug import QUESTION, weights_material
from filiation.model.examination import Support
from filiation.model.exhibit import Exhibit
from filiation.model.kinds import WEIGHTS
from filiation.model.plan import Dated
from filiation.model.sketch import LayerSketch, Sketch
from filiation.readers.weights.checkpoint import open_model
from filiation.sketching.sketch import take_sketch
from filiation.sketching.sketch_file import read_sketch

DATED = Dated(
    digest="", time="2026-01-01T00:00:00+00:00", by="stamp", event=3,
    subject_available=date(2026, 2, 1),
)  # fmt: skip
SILENT = Support(toward="neither", reason="silent-in-source")
OLD = [a for a in ATTACKS if a.name.startswith("accuser plants the subject's")]
EXACTLY = "accuser plants units that cancel"  # its weakest: equal rows are compared by no method
ROWS = [(a, n) for a in PLANTED for n in range(3) if (a.name, n) != (EXACTLY, 0)]
ROWS += [(a, 2) for a in OLD]


@pytest.fixture(scope="module")
def stock() -> Stock:
    return casebook()


def sketched(made: Made, folder: Path, name: str) -> Sketch:
    take_sketch(open_model(write(made, folder / name)), folder / f"{name}.sketch", workers=1)
    return replace(read_sketch(folder / f"{name}.sketch"), name=name)


def judged(source: Sketch, subject: Sketch) -> tuple[Pair, Shown, Support]:
    """Under the default plan; what could have been found is of no account here."""
    one, two = (Exhibit(name=s.name, materials=(weights_material(s),)) for s in (source, subject))
    (asked,) = fix_plan(subject=two, source=one).questions
    pair = Pair(
        plan=asked, seed=0, source=one.content(WEIGHTS), subject=two.content(WEIGHTS),
        controls=(), names=(one.name, two.name), families={},
    )  # fmt: skip
    found = compare_pair(pair, QUESTION)
    shown = Shown(findings=found.findings, combined=found.combined, parts=())
    return pair, shown, QUESTION.support(pair, shown)


def attacked(attack: Attack, level: int, stock: Stock, folder: Path) -> tuple[Sketch, Sketch]:
    pair = attack.pair(stock, level)
    return sketched(pair.source, folder, "accuser"), sketched(pair.subject, folder, "innocent")


def named(name: str) -> Attack:
    return next(attack for attack in (*PLANTED, *OLD) if attack.name.endswith(name))


@pytest.mark.parametrize(("attack", "level"), ROWS, ids=lambda x: getattr(x, "name", x))
def test_what_was_planted_supports_nothing(
    attack: Attack, level: int, stock: Stock, tmp_path: Path
) -> None:
    pair, shown, support = judged(*attacked(attack, level, stock, tmp_path))

    assert (shown.combined.log_p or 0.0) < -100  # or there would be nothing to withhold
    assert support == SILENT
    assert QUESTION.relation(pair, support).kind == "unknown"
    (note,) = (n for n in QUESTION.notes(pair, support) if "does nothing" in n)
    assert note.startswith("what agrees does nothing in accuser, and may have been put there")


def test_a_date_settles_it(stock: Stock, tmp_path: Path) -> None:
    """Nobody plants what he has not seen."""
    pair, shown, _ = judged(*attacked(named("subject's layers"), 2, stock, tmp_path))
    settled = replace(pair, plan=replace(pair.plan, source_dated=DATED))

    assert QUESTION.support(settled, shown) == Support(toward="derivation", reason="level-met")


def test_silent_copies_in_the_subject_stay_found(stock: Stock, tmp_path: Path) -> None:
    """A copier may keep what he took where it does nothing: it is the source's that must act."""
    source, taken = attacked(named("subject's layers"), 2, stock, tmp_path)
    found = judged(taken, source)

    assert found[2].toward == "derivation"


def test_a_child_is_found_beside_what_was_planted(stock: Stock, tmp_path: Path) -> None:
    """Whoever plants something in his model has not lost his own."""
    rng = stream("beside")
    made = changes.add_layers(stock.parent, [4, 4], rng, donor=stock.strangers[0])
    child = changes.noisy(stock.parent, 0.1, rng)
    sides = sketched(made, tmp_path, "holder"), sketched(child, tmp_path, "child")

    assert judged(*sides)[2].toward == "derivation"


@pytest.mark.parametrize("name", ["parent", "stranger-2", "other-architecture", "other-width"])
def test_nothing_is_idle_in_a_trained_model(name: str, tmp_path: Path) -> None:
    model = _as_published(name, tmp_path)

    assert not idle_tensors(model)
    for layer in (*model.layers, *model.attention):
        assert acting(model, layer, np.arange(layer.units)).all()


def test_loud_axes_make_no_crowd(stock: Stock, tmp_path: Path) -> None:
    """Where norms make a few axes loud, units of every layer read alike, and most of them act."""
    w = dict(stock.parent.weights)
    for layer in range(stock.parent.layers):
        for part in ("gate_proj", "up_proj"):
            w[changes.mlp(layer, part)] = w[changes.mlp(layer, part)].copy()
            w[changes.mlp(layer, part)][:, :2] *= np.float32(20)
    model = sketched(stock.parent.with_weights(w), tmp_path, "loud")
    reads = model.layers[0].roles["mlp.gate"].directions["native"].astype(np.float32)
    reads /= np.linalg.norm(reads, axis=1, keepdims=True)

    assert np.median((np.abs(reads @ reads.T) >= 0.5).mean(axis=1)) > 0.5
    for layer in model.layers:
        assert acting(model, layer, np.arange(layer.units)).mean() > 0.5


def test_which_units_are_idle_however_many(stock: Stock, tmp_path: Path) -> None:
    """Three silent units for each that writes move no measure."""
    rng, made = stream("many"), stock.parent
    g, u, d = (stock.strangers[0].weights[changes.mlp(0, part)] for part in changes.PARTS)
    for _ in range(3):
        made = changes.add_units(made, 0, [g, u, np.float32(0.01) * d.T], rng)
    model = sketched(made, tmp_path, "many")
    own = {row.tobytes() for row in stock.parent.weights[changes.mlp(0, "up_proj")]}
    expected = [row.tobytes() in own for row in made.weights[changes.mlp(0, "up_proj")]]

    assert acting(model, model.layers[0], np.arange(len(expected))).tolist() == expected


def test_heads_that_cancel_write_nothing(stock: Stock, tmp_path: Path) -> None:
    """A second head looks alike and takes back what the first wrote."""
    w = dict(stock.parent.weights)
    queries, groups, size = stock.parent.heads()
    each, at = queries // groups, "model.layers.1.self_attn."
    head = each * size
    for part, block in (("k_proj", size), ("v_proj", size), ("q_proj", head)):
        w[f"{at}{part}.weight"] = w[f"{at}{part}.weight"].copy()
        w[f"{at}{part}.weight"][block : 2 * block] = w[f"{at}{part}.weight"][:block]
    o = w[at + "o_proj.weight"].copy()
    o[:, head : 2 * head] = -o[:, :head]
    made = stock.parent.with_weights({**w, at + "o_proj.weight": o.astype(np.float32)})
    none = stock.parent.with_weights({**w, at + "o_proj.weight": np.zeros_like(o)})
    model = sketched(made, tmp_path, "cancelling")

    assert difference(made, none, np.arange(20)) < 1e-4  # they do cancel
    assert not acting(model, model.attention[1], np.arange(2 * size)).any()
    assert acting(model, model.attention[0], np.arange(2 * size)).all()


def _as_published(name: str, folder: Path) -> Sketch:
    from adversary.made import CASEBOOK

    take_sketch(open_model(CASEBOOK / name), folder / "sketch", workers=1)
    return read_sketch(folder / "sketch")


def _quieter(layer: LayerSketch, by: float, label: str) -> LayerSketch:
    down = layer.roles["mlp.down"]
    quiet = replace(down, norms=down.norms * np.float32(by))
    return replace(layer, label=label, roles={**layer.roles, "mlp.down": quiet})


def test_a_silent_expert_among_others_is_idle(tmp_path: Path) -> None:
    parent = sketched(casebook_model("parent"), tmp_path, "parent")
    experts = [
        _quieter(parent.layers[0], by, f"layers.0.experts.{n}")
        for n, by in enumerate((1.0, 0.5, 1e-3, 2.0))
    ]
    model = replace(parent, layers=experts)

    assert [bool(acting(model, x, np.arange(9)).all()) for x in experts] == [
        True,
        True,
        False,
        True,
    ]


def test_a_silent_first_layer_is_idle_where_no_table_says_how_large_the_stream_is(
    tmp_path: Path,
) -> None:
    parent = sketched(casebook_model("parent"), tmp_path, "parent")
    layers = [_quieter(parent.layers[1], 1e-4, "layers.0"), *parent.layers[1:]]
    model = replace(parent, layers=layers, samples={})

    assert [acting(model, x, np.arange(9)).any() for x in layers] == [False, True, True, True]


def test_an_early_layer_need_not_write_as_much_as_a_late_one(tmp_path: Path) -> None:
    """The first attention of SmolLM2 writes a hundredth of the others, into a small stream."""
    parent = sketched(casebook_model("parent"), tmp_path, "parent")
    layers = [_quieter(x, 100.0 ** (n > 0), x.label) for n, x in enumerate(parent.layers)]
    model = replace(parent, layers=layers)

    assert acting(model, layers[0], np.arange(9)).all()


def test_values_of_a_table_need_not_act(tmp_path: Path, stock: Stock) -> None:
    """Tables read and write nothing by themselves; what is asked of layers is not asked of them."""
    table = "model.embed_tokens.weight"
    one = sketched(stock.parent, tmp_path, "one")
    other = stock.strangers[0].with_weights(
        {**stock.strangers[0].weights, table: stock.parent.weights[table]}
    )
    found = corroborated(one, sketched(other, tmp_path, "two"), (), level=1e-6, seed=0)

    assert {ground.component for ground in found.grounds} == {"embedding"} and found.idle == ()

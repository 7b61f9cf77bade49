"""What equal tensors say, and what they must not say."""

import math
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from scipy.linalg import hadamard

import toys
from builders import write_safetensors
from filiation.methods.weights.equal_tensors import EqualTensors, component_of, telling
from filiation.methods.weights.table_axes import TableAxes
from filiation.model.finding import Finding, Inapplicable
from filiation.model.layout import Skipped
from filiation.model.sketch import Sketch, SketchMethod
from filiation.readers.weights.checkpoint import open_model
from filiation.sketching.sketch import take_sketch
from filiation.sketching.sketch_file import read_sketch
from toys import Toy

METHOD = EqualTensors()


def born(seed: int) -> Toy:
    return toys.born(seed, units=128)


def found(source: Sketch, subject: Sketch, *controls: Sketch) -> Finding:
    out = METHOD.compare(source, subject, controls, seed=0)
    assert isinstance(out, Finding)
    return out


def with_public_table(toy: Toy) -> Toy:
    """The toy on an embedding table that anybody can have."""
    return toys.changed(toy, toy.name, {"embed": born(900).arrays["embed"]})


def test_strangers_share_nothing() -> None:
    """500 pairs, from 32 models."""
    sketches = [toys.sketch(born(seed)) for seed in range(1, 33)]
    pairs = [(a, b) for n, a in enumerate(sketches) for b in sketches[:n]]
    assert len(pairs) >= 490
    for a, b in pairs:
        out = found(a, b)
        assert (out.observed, out.log_p) == (0, 0)


def test_a_frozen_layer_is_found_under_another_name() -> None:
    parent = born(1)
    moved = {
        n.replace("layers.0", "layers.7"): a
        for n, a in parent.arrays.items()
        if n.startswith("layers.0")
    }
    child = toys.changed(born(2), "child", moved)

    out = found(toys.sketch(parent), toys.sketch(child))

    assert out.observed == 3
    assert out.counts
    assert out.log_p < math.log(1e-12)
    assert {layer.subject_layer for layer in out.layers} == {
        "layers.7.up", "layers.7.gate", "layers.7.down"
    }  # fmt: skip


def test_one_public_table_is_no_derivation_of_the_rest() -> None:
    """Two models that have nothing in common but a table from a third."""
    a, b, witness = (toys.sketch(with_public_table(born(seed))) for seed in (1, 2, 3))

    alone = found(a, b)
    assert alone.observed == 1
    assert alone.component == "embedding"
    assert not alone.counts
    assert alone.unit.endswith("(embedding only)")
    assert "nothing of the rest" in alone.combination

    known = found(a, b, witness)
    assert (known.observed, known.log_p) == (0, 0)
    assert known.skipped == ("equal tensors set aside: 1, also held by a control, and so public",)

    columns = TableAxes(of="embedding").compare(a, b, seed=0)
    assert isinstance(columns, Finding)
    assert columns.component == "embedding"
    told = TableAxes(of="embedding").compare(a, b, (witness,), seed=0)
    assert isinstance(told, Inapplicable)
    assert "it is public" in told.reason


def test_a_copy_among_the_controls_hides_nothing() -> None:
    parent = born(1)
    child = toys.changed(toys.tuned(parent, 2), "child", {"embed": parent.arrays["embed"]})
    source, subject = toys.sketch(parent), toys.sketch(child)
    copy = replace(source, name="copy")
    assert found(source, subject, copy).observed == found(source, subject).observed == 1
    out = TableAxes(of="embedding").compare(source, subject, (copy,), seed=0)
    assert isinstance(out, Finding)


def test_one_public_tower_is_no_derivation_of_the_body() -> None:
    """The body of neither is touched; the tower's maker is a third party."""
    tower = {
        n.replace("layers", "tower.layers"): a
        for n, a in born(900).arrays.items()
        if n.startswith("layers.0")
    }
    a, b = (toys.sketch(_beside(born(seed), tower)) for seed in (1, 2))
    out = found(a, b)
    assert out.observed == 3
    assert not out.counts
    assert "a tower of another maker" in out.combination


def test_the_towers_maker_is_heard() -> None:
    """Where the tower is all of the source, it counts."""
    maker = born(900)
    tower = {
        n.replace("layers", "tower.layers"): a
        for n, a in maker.arrays.items()
        if n.startswith("layers.0")
    }
    out = found(toys.sketch(maker), toys.sketch(_beside(born(2), tower)))
    assert out.observed == 3
    assert out.counts


FORMULAS = ("mask", "zeros", "identity", "sinusoid", "rotary", "ramp", "hadamard", "signs")


@pytest.mark.parametrize("kind", FORMULAS)
def test_what_anybody_can_write_down_is_set_aside(kind: str) -> None:
    a, b = (toys.sketch(_beside(born(seed), {"extra": _formula(kind)})) for seed in (1, 2))
    out = found(a, b)
    assert out.observed == 0
    assert len(out.skipped) == 1


def test_a_buffer_from_a_librarys_seed_does_not_count() -> None:
    """Random features, drawn by everybody from one seed: told, and no more."""
    drawn = np.random.default_rng(0).standard_normal((128, 64)).astype(np.float32)
    name = "layers.0.attn.features.projection"
    a, b = (_unused(_beside(born(seed), {name: drawn}), name) for seed in (1, 2))
    out = found(a, b)
    assert (out.observed, out.counts) == (1, False)
    assert "nothing of what was trained" in out.combination

    child = toys.changed(born(2), "child", {"layers.0.up": born(1).arrays["layers.0.up"]})
    out = found(a, _unused(_beside(child, {name: drawn}), name))
    assert (out.observed, out.counts) == (1, True)
    assert any("no known role" in why for why in out.skipped)

    codes = (drawn * 50).astype(np.float32)
    packed = [
        replace(
            sketch,
            tensors=[replace(t, dtype="I32") if t.name == name else t for t in sketch.tensors],
        )
        for sketch in (_unused(_beside(born(seed), {name: codes}), name) for seed in (1, 2))
    ]
    assert found(*packed).counts


@pytest.mark.parametrize(
    "name",
    [
        "layers.0.self_attn.random_features.weight",
        "layers.0.mlp.shared_basis.kernel",
        "layers.0.self_attn.v_proj.lora_A.weight",
    ],
)
def test_no_name_makes_up_for_a_role(name: str) -> None:
    """A small adapter or a fixed basis that both took from a third: told, and not counted."""
    drawn = np.random.default_rng(0).standard_normal((128, 64)).astype(np.float32)
    a, b = (_unused(_beside(born(seed), {name: drawn}), name) for seed in (1, 2))
    out = found(a, b)
    assert (out.observed, out.counts) == (1, False)
    assert out.layers[0].source_layer == name


def _unused(toy: Toy, name: str) -> Sketch:
    """Its sketch, with a tensor that no layer uses."""
    return replace(toys.sketch(toy), skipped=[Skipped(tensor=name, reason="no role")])


def test_packed_tensors_speak_once() -> None:
    """No sketch samples them; what stands in several places of a model is no weight."""
    parent, other = born(1), born(2)
    names = ("layers.0.up", "layers.1.up")
    child = toys.changed(other, "child", {n: parent.arrays[n] for n in names})
    source, subject = toys.sketch(parent), toys.sketch(child)
    packed = [_packed(sketch, {n: f"{n}.qweight" for n in names}) for sketch in (source, subject)]
    out = found(*packed)
    assert out.observed == 2
    assert math.log(1e-12) < out.log_p < math.log(1e-8)

    zeros = [_packed(sketch, {n: f"{n}.qzeros" for n in names}) for sketch in (source, subject)]
    assert found(*zeros).observed == 0

    twice = [_same_bytes(sketch, f"{names[0]}.qweight", f"{names[1]}.qweight") for sketch in packed]
    assert found(*twice).observed == 0


@pytest.mark.parametrize(
    ("name", "component"),
    [
        ("model.embed_tokens.weight", "embedding"),
        ("bert.embeddings.word_embeddings.weight", "embedding"),
        ("bert.embeddings.position_embeddings.weight", "positions"),
        ("transformer.wpe.weight", "positions"),
        ("transformer.wte.weight", "embedding"),
        ("lm_head.weight", "head"),
        ("output.weight", "head"),
        ("model.layers.3.self_attn.q_proj.weight", "attention"),
        ("bert.encoder.layer.3.attention.output.dense.weight", "attention"),
        ("bert.encoder.layer.3.output.dense.weight", "mlp"),
        ("bert.encoder.layer.3.intermediate.dense.weight", "mlp"),
        ("blk.3.ffn_up.weight", "mlp"),
        ("blk.3.attn_q.weight", "attention"),
        ("token_embd.weight", "embedding"),
        ("backbone.layers.3.mixer.in_proj.weight", "attention"),
        ("model.layers.1.mlp.experts.3.up_proj.weight", "mlp"),
        ("visual.merger.weight", None),
    ],
)
def test_names_tell_the_component(name: str, component: str | None) -> None:
    assert component_of(name) == component


def _beside(toy: Toy, arrays: dict[str, np.ndarray]) -> Toy:
    """The toy with tensors that no layer of it uses."""
    return toys.changed(toy, toy.name, arrays)


def _formula(kind: str) -> np.ndarray:
    place, axis = np.arange(128)[:, None], np.arange(64)
    made = {
        "mask": np.tril(np.ones((128, 64))),
        "zeros": np.zeros((128, 64)),
        "identity": np.eye(128, 64),
        "sinusoid": np.sin(place * 10_000 ** (-axis / 64) + np.pi / 2 * (axis % 2)),
        "rotary": np.cos(place * 10_000 ** (-(axis // 2) / 32)),
        "ramp": place * 64 + axis,
        "hadamard": hadamard(128)[:, :64],
        "signs": np.random.default_rng(0).choice([-1, 1], (128, 64)),
    }
    return np.asarray(made[kind], dtype=np.float32)


def _packed(sketch: Sketch, names: dict[str, str]) -> Sketch:
    """The sketch as if these tensors were packed: other names, and no values sampled."""
    return replace(
        sketch,
        tensors=[replace(t, name=names.get(t.name, t.name)) for t in sketch.tensors],
        samples={n: x for n, x in sketch.samples.items() if n not in names},
    )


def _same_bytes(sketch: Sketch, one: str, two: str) -> Sketch:
    names = [t.name for t in sketch.tensors]
    digests = list(sketch.tensor_digests)
    digests[names.index(two)] = digests[names.index(one)]
    return replace(sketch, tensor_digests=digests)


def sketched(folder: Path, arrays: Mapping[str, np.ndarray]) -> Sketch:
    """The sketch of a file; toys hold no tensor of three axes."""
    path = write_safetensors(folder / "m.safetensors", {n: ("F32", a) for n, a in arrays.items()})
    take_sketch(open_model(path), folder / "m.sketch", method=SketchMethod(deep=0), workers=1)
    return read_sketch(folder / "m.sketch")


def test_an_axis_shorter_than_a_run_is_no_formula(tmp_path: Path) -> None:
    """Recurrent layers of two directions are stored as [2, gates, inputs]."""
    rng = np.random.default_rng(7)
    recurrent = rng.standard_normal((2, 64, 96)).astype(np.float32)
    assert list(telling(sketched(tmp_path, {"lstm": recurrent})).values()) == [recurrent.size]


def test_a_formula_along_the_long_axis_still_tells_nothing(tmp_path: Path) -> None:
    waves = np.sin(np.outer(np.arange(1, 9) / 9, np.arange(2048))).astype(np.float32)
    assert not telling(sketched(tmp_path, {"table": waves}))

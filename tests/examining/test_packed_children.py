"""A quantised copy is found however it is packed; what cannot be read is never acquitted."""

import json
import math
import shutil
import tempfile
from collections.abc import Mapping
from functools import lru_cache
from pathlib import Path

import numpy as np
import pytest

from attacked import CASEBOOK, concluded, load, taken
from builders import Array, Stored, f32, llama, write_folder
from casebook.quantisers import FAMILIES, Packer, compressed, exl2, mxfp4
from filiation.examining.weights.relation import relate
from filiation.methods.weights.equal_tensors import EqualTensors
from filiation.methods.weights.unit_order import UnitOrder
from filiation.model.examination import Conclusion
from filiation.model.finding import Finding
from filiation.model.sketch import Sketch
from filiation.readers.weights.checkpoint import open_model
from filiation.report.wording.components import components_found
from filiation.report.wording.headline import headline
from filiation.sketching.sketch import take_sketch
from filiation.sketching.sketch_file import read_sketch


def packed(name: str, packer: Packer, said: Mapping[str, object]) -> Sketch:
    """A casebook model whose matrices a quantiser packed, as it lies on a hub."""
    tensors: dict[str, Stored] = {}
    for role, array in load(name).items():
        tensors |= packer(role, array) if role.endswith("_proj.weight") else {role: half(array)}
    with tempfile.TemporaryDirectory() as folder:
        home = Path(folder) / f"{name}-packed"
        config = json.loads((CASEBOOK / name / "config.json").read_text())
        config["quantization_config"] = dict(said)
        write_folder(home, tensors, config=config)
        shutil.copy(CASEBOOK / name / "tokenizer.json", home)
        return sketched(home)


def half(array: Array) -> Stored:
    return "F16", array.astype(np.float16)


def sketched(home: Path) -> Sketch:
    target = home.parent / f"{home.name}.sketch"
    take_sketch(open_model(home), target)
    return read_sketch(target)


@lru_cache(maxsize=4)
def parent() -> Sketch:
    return taken("parent")


def small(seed: int, family: str | None = None, *, drift: float = 0.0) -> Sketch:
    """One layer of a model of its own start, or a child of it, packed."""
    packer, said = FAMILIES[family] if family else (None, {})
    rng, tensors = np.random.default_rng(9), dict[str, Stored]()
    for name, (word, array) in llama(layers=1, width=64, hidden=192, seed=seed).items():
        moved = (array + drift * rng.standard_normal(array.shape)).astype(np.float32)
        packs = packer is not None and name.endswith("_proj.weight")
        tensors |= packer(name, moved) if packer and packs else {name: (word, moved)}
    key = "quantization" if (family or "").startswith("MLX") else "quantization_config"
    config = {"num_attention_heads": 4, "num_key_value_heads": 2, key: dict(said)}
    with tempfile.TemporaryDirectory() as folder:
        return sketched(write_folder(Path(folder) / "small", tensors, config=config))


@lru_cache(maxsize=1)
def original() -> Sketch:
    return small(1)


@pytest.mark.parametrize("family", FAMILIES)
def test_a_copy_is_found_and_a_stranger_is_clean_however_they_are_packed(family: str) -> None:
    child, stranger = small(1, family, drift=0.1), small(100, family)
    assert len(child.layers) == 1 and len(child.attention) == 1
    assert not any(skip.unread for skip in child.skipped)
    found, none = (
        UnitOrder(frame="native").compare(original(), x, seed=0) for x in (child, stranger)
    )
    assert isinstance(found, Finding) and found.log_p < math.log(1e-9)
    assert isinstance(none, Finding) and none.log_p > math.log(0.001)


def test_the_whole_answer_speaks_of_every_part_of_a_packed_copy() -> None:
    found = concluded(parent(), packed("fine-tuned", *FAMILIES["bitsandbytes nf4, nested"]))
    assert found.support.toward == "derivation"
    states = {one.component: one.state for one in components_found(found)}
    assert states["mlp"] == states["attention"] == "shared"
    assert "Not read" not in headline(found) and not any("not read" in note for note in found.notes)


def partly(packer: Packer, where: str) -> Packer:
    """Only what stands there packed in a way that is not read; the rest in four bits."""

    def pack(name: str, weights: Array) -> dict[str, Stored]:
        return packer(name, weights) if where in name else compressed()(name, weights)

    return pack


@lru_cache(maxsize=8)
def unread(name: str, where: str = "") -> Sketch:
    return packed(name, partly(exl2, where), {"quant_method": "exl2"})


@lru_cache(maxsize=8)
def answered(name: str, where: str = "") -> Conclusion:
    return concluded(parent(), unread(name, where))


def test_what_was_not_read_is_neither_shared_nor_acquitted() -> None:
    found = answered("stranger-2")
    assert found.support.toward == "neither" and found.support.reason != "powered-and-clean"
    assert found.relation.kind == "unknown"
    assert "of what was not nothing is known" in found.relation.because
    states = {one.component: one.state for one in components_found(found)}
    assert states["mlp"] == states["attention"] == "unread"
    assert "Not read, so that it may be shared or not: attention, MLP layers." in headline(found)
    (note,) = (note for note in found.notes if "not read" in note)
    assert "in the attention and the MLP layers were not read (EXL2)" in note
    assert all(part.share is None for part in found.parts if part.component in ("attention", "mlp"))


def test_a_part_that_was_read_in_half_is_not_acquitted_by_that_half() -> None:
    """One matrix of each MLP unread: the other two could not have shown a copy of it."""
    subject = unread("stranger-2", "attn.v_proj")
    assert subject.layers and not subject.attention
    found = concluded(parent(), subject)
    assert found.support.toward == "neither"
    states = {one.component: one.state for one in components_found(found)}
    assert states["mlp"] == "nothing" and states["attention"] == "unread"
    cells = [part for part in found.parts if part.component == "attention"]
    assert cells and all(part.unread and "(EXL2)" in part.because for part in cells)


def test_a_copy_of_which_only_a_part_could_be_read_is_found_by_that_part() -> None:
    found = answered("fine-tuned", "attn.v_proj")
    assert found.support.toward == "derivation"
    states = {one.component: one.state for one in components_found(found)}
    assert states["mlp"] == "shared" and states["attention"] in ("unread", "shared")
    assert "Nothing found: attention" not in headline(found)


def test_tables_that_are_equal_are_no_relation_of_what_was_not_read() -> None:
    tables = {name: array for name, array in load("parent").items() if "proj" not in name}
    body = load("stranger-2")
    mixed = {name: tables.get(name, array) for name, array in body.items()}
    with tempfile.TemporaryDirectory() as folder:
        home = Path(folder) / "mixed"
        stored: dict[str, Stored] = {}
        for role, array in mixed.items():
            packs = role.endswith("_proj.weight")
            stored |= exl2(role, array) if packs else {role: ("F32", array)}
        write_folder(home, stored, config={"model_type": "llama"})
        subject = sketched(home)
    found = concluded(parent(), subject)
    assert found.relation.kind == "unknown"
    assert "not all of both models was read" in found.relation.because


def test_equal_digests_of_what_was_not_read_count() -> None:
    one, other = unread("fine-tuned"), unread("fine-tuned")
    found = EqualTensors().compare(one, other, seed=0)
    assert isinstance(found, Finding) and found.counts
    named = {layer.source_layer for layer in found.layers}
    assert "model.layers.0.mlp.up_proj.q_weight" in named
    aside = EqualTensors().compare(one, unread("stranger-2"), seed=0)
    assert isinstance(aside, Finding) and aside.observed == 0


def test_experts_in_a_stack_that_no_layout_knows_are_unread() -> None:
    with tempfile.TemporaryDirectory() as folder:
        home = Path(folder) / "m"
        tensors = {"model.layers.0.mlp.experts.everything": f32(4, 32, 64)}
        found = open_model(write_folder(home, tensors, config={})).layout
    (skipped,) = found.skipped
    assert skipped.unread


# Values of these stand on no even lattice within a run of one row: no step, and so no loss of its
# size, by which a rounding of the source itself is told from that of a relative.
NO_STEP = {
    "GPTQ 3 bits, act-order", "HQQ 2 bits, axis 0", "compressed-tensors fp8", "FP8 blocks", "MXFP4",
    "bitsandbytes nf4", "bitsandbytes nf4, nested", "bitsandbytes fp4",
    "NVFP4 (modelopt)", "NVFP4 (compressed-tensors)",
}  # fmt: skip


@pytest.mark.parametrize("family", FAMILIES)
def test_a_copy_that_was_only_packed_is_called_quantised(family: str) -> None:
    found = relate(original(), small(1, family), supported=True, seed=0)
    way = "not-determined" if family in NO_STEP else "source-to-subject"
    assert (found.kind, found.direction) == ("quantised", way)


def gpt_oss(seed: int, *, drift: float = 0.0, packs: bool = False) -> Sketch:
    """Two experts in stacks as gpt-oss has them, [experts, in, out], or in MXFP4."""
    rng, tensors = np.random.default_rng(9), dict[str, Stored]()
    stacks: dict[str, list[Array]] = {"gate_up_proj": [], "down_proj": []}
    for n in range(2):
        model = llama(layers=1, width=64, hidden=192, seed=seed + n * 50)
        body = {name: array for name, (_, array) in model.items()}
        at = "model.layers.0.mlp."
        up = np.stack([body[f"{at}{x}_proj.weight"] for x in ("gate", "up")], 1).reshape(384, 64)
        for stack, array in (("gate_up_proj", up), ("down_proj", body[f"{at}down_proj.weight"])):
            stacks[stack].append((array + drift * rng.standard_normal(array.shape)).astype("f4"))
        if n == 0:
            tensors |= {x: ("F32", array) for x, array in body.items() if ".mlp." not in x}
    for stack, parts in stacks.items():
        name = f"model.layers.0.mlp.experts.{stack}"
        if packs:
            held = [mxfp4("w", part) for part in parts]
            blocks = np.stack([x["w_packed"][1] for x in held])
            blocks = blocks.reshape(*blocks.shape[:2], -1, 16)
            tensors[f"{name}_blocks"] = "U8", blocks
            tensors[f"{name}_scales"] = "U8", np.stack([x["w_scale"][1] for x in held])
        else:
            tensors[name] = "F32", np.stack([part.T for part in parts])
        tensors[f"{name}_bias"] = "F32", np.zeros((2, len(parts[0])), dtype=np.float32)
    config = {"model_type": "gpt_oss", "num_attention_heads": 4, "num_key_value_heads": 2}
    with tempfile.TemporaryDirectory() as folder:
        return sketched(write_folder(Path(folder) / "oss", tensors, config=config))


@pytest.mark.parametrize("packs", [False, True])
def test_experts_of_gpt_oss_are_read_in_stacks_and_in_mxfp4(packs: bool) -> None:
    source, child = gpt_oss(1), gpt_oss(1, drift=0.1, packs=packs)
    assert [layer.label for layer in child.layers] == [layer.label for layer in source.layers]
    assert len(child.layers) == 2 and child.family == "gpt_oss" and child.attention
    assert not any(skip.unread for one in (source, child) for skip in one.skipped)
    found, none = (
        UnitOrder(frame="native").compare(source, x, seed=0)
        for x in (child, gpt_oss(1000, packs=packs))
    )
    assert isinstance(found, Finding) and found.log_p < math.log(1e-9)
    assert isinstance(none, Finding) and none.log_p > math.log(0.001)

"""A base with its adapters is the model that PEFT would merge, and nothing else passes for one.

`adapter_goldens.json` holds what PEFT 0.21.2 (torch 2.13, transformers 5.24) made of these files:

    for name in adapters.CASES:
        base, config, tensors, given = adapters.case(name)
        written(folder / "b", base, config); write_adapter(folder / "a", tensors, **given)
        model = AutoModelForCausalLM.from_pretrained(folder / "b", dtype="float32")
        merged = PeftModel.from_pretrained(model, folder / "a").merge_and_unload().state_dict()
        goldens[name] = {n: probe(w.numpy()) for n, w in merged.items() if it is not the base's}
"""

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from adapters import (
    CASES,
    LINEAR,
    LLAMA,
    PEFT,
    case,
    every,
    factors,
    llama_base,
    probe,
    write_adapter,
    written,
)
from builders import Array, Stored, bfloat16, f32, llama, safetensors_bytes, write_safetensors
from casebook.quantisers import FAMILIES
from containers import gguf_name, write_gguf
from filiation.errors import FiliationError, UnreadableError, UsageError
from filiation.examining.weights.merged import merged_notes
from filiation.model.layout import UnitMatrix
from filiation.readers.weights.adapters.alone import (
    adapter_bytes,
    read_adapter_sketch,
    take_adapter_sketch,
)
from filiation.readers.weights.checkpoint import Checkpoint, open_model
from filiation.readers.weights.exhibited import open_exhibited
from filiation.sketching.sketch import take_sketch
from filiation.sketching.sketch_file import read_sketch

GOLDENS: dict[str, dict[str, list[float]]] = json.loads(
    Path(__file__).with_name("adapter_goldens.json").read_text()
)
PACKED = ("bitsandbytes nf4, nested", "GPTQ 3 bits, act-order", "FP8 blocks", "GGUF")
Q = "model.layers.0.self_attn.q_proj"


def joined(*paths: Path) -> Path:
    return Path("+".join(map(str, paths)))


def whole(model: Checkpoint, tensor: str) -> Array:
    parts = [model.decode(tensor, first, raw).copy() for first, raw in model.blocks(tensor)]
    return np.concatenate([part.reshape(-1) for part in parts])


def pair(folder: Path, name: str = "lora", **further: Any) -> Path:
    base, config, tensors, given = case(name)
    written(folder / "base", base, config)
    write_adapter(folder / "adapter", tensors, **{**given, **further})
    return joined(folder / "base", folder / "adapter")


def with_factors(folder: Path, tensors: dict[str, Stored], **given: Any) -> Path:
    """An adapter beside the base in `folder`, of rank 4 unless told otherwise."""
    written(folder / "base", llama_base(), LLAMA)
    write_adapter(folder / "adapter", tensors, **{"r": 4, "lora_alpha": 6, **given})
    return joined(folder / "base", folder / "adapter")


def refusal(path: Path, kind: type[FiliationError] = UnreadableError) -> str:
    with pytest.raises(kind) as caught:
        found = open_exhibited(path)
        for info in found.tensors:
            whole(found, info.name)
    return str(caught.value)


@pytest.mark.parametrize("name", CASES)
def test_merged_against_peft(tmp_path: Path, name: str) -> None:
    path = pair(tmp_path, name)
    merged, base = open_exhibited(path), open_model(tmp_path / "base")
    there = {info.name for info in base.tensors}
    assert set(GOLDENS[name]) <= {info.name for info in merged.tensors}
    for info in merged.tensors:
        found = whole(merged, info.name)
        if info.name in GOLDENS[name]:
            assert probe(found) == pytest.approx(GOLDENS[name][info.name], abs=3e-5), info.name
        else:
            assert info.name in there and np.array_equal(found, whole(base, info.name))
        if len(info.shape) == 2:  # rows that are asked for are those that stream by
            rows = merged.rows(info.name, [3, 0])
            assert np.array_equal(rows, found.reshape(info.shape)[[3, 0]])
    assert len(merged.layout.layers) == len(base.layout.layers)
    assert merged.layout.family == base.layout.family


def test_formula_of_dora() -> None:
    """The goldens are of the formula in the paper: m (W + s B A) / |W + s B A|."""
    base, _, tensors, _ = case("dora")
    down, up = (tensors[f"{PEFT}{Q}.lora_{ab}.weight"][1].astype(float) for ab in "AB")
    changed = base[f"{Q}.weight"][1] + 6 / 4 * up @ down
    lengths = tensors[f"{PEFT}{Q}.lora_magnitude_vector"][1]
    changed *= (lengths / np.linalg.norm(changed, axis=1))[:, None]
    assert probe(changed) == pytest.approx(GOLDENS["dora"][f"{Q}.weight"], abs=3e-5)


def test_two_adapters_are_merged_in_turn(tmp_path: Path) -> None:
    base = llama_base()
    first, second = (factors(base, every(4), seed=n) for n in (0, 1))
    path = with_factors(tmp_path, first)
    write_adapter(tmp_path / "b", second, r=4, lora_alpha=2)
    found = open_exhibited(joined(path, tmp_path / "b"))
    expected = base[f"{Q}.weight"][1].astype(float)
    for made, scale in ((first, 6 / 4), (second, 2 / 4)):
        down, up = (made[f"{PEFT}{Q}.lora_{ab}.weight"][1] for ab in "AB")
        expected = expected + scale * up.astype(float) @ down
    assert np.allclose(whole(found, f"{Q}.weight"), expected.reshape(-1), atol=1e-5)
    assert [one.name for one in found.layout.merged] == ["adapter", "b"]
    assert found.name == "base+adapter+b"
    assert "expected each adapter once" in refusal(joined(path, tmp_path / "adapter"), UsageError)


def test_record_of_what_was_merged_goes_through_a_sketch(tmp_path: Path) -> None:
    path = pair(tmp_path, "patterns", base_model_name_or_path="org/other")
    model = open_exhibited(path)
    take_sketch(model, tmp_path / "m.sketch", workers=1)
    take_sketch(open_model(tmp_path / "base"), tmp_path / "b.sketch", workers=1)
    sketch, alone = (read_sketch(tmp_path / f"{n}.sketch") for n in "mb")
    (told,) = sketch.merged
    assert told == model.layout.merged[0]
    assert told.base_digest == alone.subject_digest != sketch.subject_digest
    assert (told.kind, told.modules, told.least_rank, told.most_rank) == ("LoRA", 10, 2, 7)
    assert told.declared == "org/other" and len(told.digest) == len(told.config_digest) == 64
    assert not alone.merged


def test_base_in_half_precision_and_other_containers(tmp_path: Path) -> None:
    """A matrix is added to as it is read, whatever it was stored as."""
    base = llama_base()
    made = factors(base, every(4))
    path = with_factors(tmp_path, made)
    half = {n: bfloat16(a) for n, (_, a) in base.items()}
    write_safetensors(tmp_path / "base/model.safetensors", half)
    kept = (half[f"{Q}.weight"][1].astype("<u4") << 16).view("<f4").astype(float)
    down, up = (made[f"{PEFT}{Q}.lora_{ab}.weight"][1] for ab in "AB")
    expected = kept + 1.5 * up.astype(float) @ down
    found = whole(open_exhibited(path), f"{Q}.weight")
    assert np.allclose(found, expected.reshape(-1), atol=1e-6)
    scaled = {n: a for n, a in base.items() if n != f"{Q}.weight"}
    small = np.arange(64, dtype=np.int8).reshape(8, 8)
    scaled[f"{Q}.weight"] = "I8", small
    scaled[f"{Q}.weight_scale"] = "F32", np.full((8, 1), 0.25, np.float32)
    write_safetensors(tmp_path / "base/model.safetensors", scaled)
    model = open_exhibited(path)
    expected = small * 0.25 + 1.5 * up.astype(float) @ down
    assert np.allclose(whole(model, f"{Q}.weight"), expected.reshape(-1), atol=1e-5)
    assert f"{Q}.weight_scale" not in {info.name for info in model.tensors}


def test_base_saved_from_a_class_below(tmp_path: Path) -> None:
    path = pair(tmp_path)
    bare = {n.removeprefix("model."): a for n, a in llama_base().items()}
    write_safetensors(tmp_path / "base/model.safetensors", bare)
    found = open_exhibited(path).layout.merged[0]
    assert found.modules == 10


@pytest.mark.parametrize("family", PACKED)
def test_base_as_a_quantiser_packed_it(tmp_path: Path, family: str) -> None:
    shape = llama(layers=2, width=64, hidden=192, vocabulary=256)
    modules = {f"model.layers.{n}.{end}": 4 for n in range(2) for end in LINEAR}
    made = factors(shape, modules)
    adapter = write_adapter(tmp_path / "a", made, r=4, lora_alpha=2)
    if family == "GGUF":
        arrays = {name: array for name, (_, array) in shape.items()}
        (tmp_path / "b").mkdir()
        base = write_gguf(tmp_path / "b/m.gguf", arrays, heads=4, kv_heads=2, kind="Q8_0")
    else:
        packer, said = FAMILIES[family]
        tensors: dict[str, Stored] = {}
        for name, (word, array) in shape.items():
            packs = name.endswith("_proj.weight")
            tensors |= packer(name, array) if packs else {name: (word, array)}
        config = {"model_type": "llama", "num_attention_heads": 4, "num_key_value_heads": 2}
        base = written(tmp_path / "b", tensors, {**config, "quantization_config": said})
    plain, merged = open_model(base), open_exhibited(joined(base, adapter))
    for module in modules:
        a, b = (made[f"{PEFT}{module}.lora_{ab}.weight"][1].astype(float) for ab in "AB")
        name = f"{module}.weight" if family != "GGUF" else gguf_name(f"{module}.weight")
        (stored,) = {m.tensor for m in every_matrix(plain) if m.tensor.startswith(name[:-7] + ".")}
        rows = plain.rows(stored, range(len(b))) + 0.5 * b @ a
        assert np.allclose(merged.rows(name, range(len(b))), rows, atol=2e-6)
    assert merged.layout.family == plain.layout.family


def every_matrix(model: Checkpoint) -> list[UnitMatrix]:
    return [m for layer in model.layout.layers for m in (*layer.matrices, *layer.attention)]


def test_names_of_kohya_and_diffusers(tmp_path: Path) -> None:
    base, rng = llama(layers=1, prefix=""), np.random.default_rng(0)
    written(tmp_path / "base", base, {})
    down, up = (rng.standard_normal(s).astype("<f4") for s in ((2, 8), (8, 2)))
    alpha = np.ones((), dtype=np.float32)
    for number, (stem, ends, scale) in enumerate((
        ("lora_unet_layers_0_self_attn_q_proj", ("lora_down.weight", "lora_up.weight"), 0.5),
        ("unet.layers.0.self_attn.q_proj", ("lora.down.weight", "lora.up.weight"), 0.5),
        ("unet.layers.0.self_attn.q_proj", ("lora_A.weight", "lora_B.weight"), 0.5),
        ("transformer.layers.0.self_attn.q_proj", ("lora_A.weight", "lora_B.weight"), 1.0),
    )):  # fmt: skip
        made: dict[str, Stored] = {f"{stem}.{ends[0]}": ("F32", down)}
        made[f"{stem}.{ends[1]}"] = "F32", up
        if scale != 1.0:
            made[f"{stem}.alpha"] = "F32", alpha
        made |= {
            f"lora_te_text_model_x.lora_{ud}.weight": f32(2, 2) for ud in ("up", "down")
        } if not number else {}  # fmt: skip
        file = tmp_path / f"{number}.safetensors"
        file.write_bytes(safetensors_bytes(made, metadata={"ss_sd_model_name": "v1.safetensors"}))
        model = open_exhibited(joined(tmp_path / "base", file))
        expected = base["layers.0.self_attn.q_proj.weight"][1] + scale * up @ down
        assert np.allclose(
            whole(model, "layers.0.self_attn.q_proj.weight"), expected.reshape(-1), atol=1e-5
        )
        (told,) = model.layout.merged
        assert told.declared == "v1.safetensors" and told.assumed == (scale == 1.0)
        assert told.aside == (("lora_te: 2 tensors",) if not number else ())


def test_kernels_of_convolutions(tmp_path: Path) -> None:
    base = llama(layers=1, prefix="") | {"conv.weight": f32(6, 4, 3, 3)}
    written(tmp_path / "base", base, {})
    made = {"unet.conv.lora.down.weight": f32(2, 4, 3, 3, seed=1)}
    made["unet.conv.lora.up.weight"] = f32(6, 2, 1, 1, seed=2)
    write_safetensors(tmp_path / "a.safetensors", made)
    model = open_exhibited(joined(tmp_path / "base", tmp_path / "a.safetensors"))
    down, up = (made[f"unet.conv.lora.{ud}.weight"][1] for ud in ("down", "up"))
    expected = base["conv.weight"][1] + np.einsum("or,rihw->oihw", up[:, :, 0, 0], down)
    assert np.allclose(whole(model, "conv.weight"), expected.reshape(-1), atol=1e-5)


def test_what_does_not_fit_is_named(tmp_path: Path) -> None:
    base, some = llama_base(), {Q: 4}
    good = factors(base, some)
    a, b = (f"{PEFT}{Q}.lora_{ab}.weight" for ab in "AB")
    wrong: list[tuple[str, dict[str, Stored], dict[str, Any], str]] = [
        ("rank", good, {"r": 10**9}, "of rank 4, its configuration says 1000000000"),
        ("alone", {a: good[a]}, {}, "expected two factors"),
        ("between", good | {b: f32(8, 5)}, {}, "whose product does not exist"),
        ("none", good | {a: ("F32", np.zeros((0, 8), "<f4"))}, {}, "expected numbers"),
        ("size", good | {a: f32(4, 9)}, {}, "make a matrix of 8 by 9, the base has 8 by 8"),
        ("nan", good | {a: ("F32", np.full((4, 8), np.nan, "<f4"))}, {}, "32 values that are not"),
        ("large", good, {"lora_alpha": 1e29}, ""),
        ("word", good, {"lora_alpha": "8"}, "expected a number"),
        ("unsaid", good, {"lora_alpha": None}, "has no lora_alpha"),
        ("absent", factors(base, {**some}) | {n.replace("q_proj", "z_proj"): t for n, t in
         good.items()}, {}, "1 of 2 modules that it changes are not in the base"),
        ("dora", good, {"use_dora": True}, "it has no magnitude"),
        ("kind", good, {"peft_type": "LOHA"}, "peft_type is 'LOHA'"),
        ("start", good, {"init_lora_weights": "pissa"}, "the base was changed when training began"),
        ("layers", good, {"layer_replication": [[0, 2]]}, "layers of the base are used several"),
        ("forever", good, {"rank_pattern": {"(a+)+$": 2}}, "could take forever"),
        ("pattern", good, {"rank_pattern": {"(": 2}}, "which is no pattern"),
        ("further", good | {f"{PEFT}{Q}.lora_mid.weight": f32(2, 2)}, {}, "in no naming of adapt"),
        ("other", good | {"unet.a.b.lora.up.weight": f32(2, 2)}, {}, "names of several programs"),
        ("head", good | {f"{PEFT}lm_head.weight": f32(16, 9)}, {}, "of another model"),
    ]  # fmt: skip
    for name, tensors, given, said in wrong:
        told = refusal(with_factors(tmp_path / name, tensors, **given)) if said else ""
        assert said in told, (name, told)
    too_much = with_factors(tmp_path / "huge", good, lora_alpha=9e29)
    up = good[b][1].astype("<f8") * 1e30
    write_safetensors(tmp_path / "huge/adapter/adapter_model.safetensors", good | {b: ("F64", up)})
    assert "not finite" in refusal(too_much)
    bare = with_factors(tmp_path / "bare", good)
    (tmp_path / "bare/adapter/adapter_config.json").unlink()
    assert "no adapter_config.json beside it" in refusal(bare)


def test_what_is_no_adapter_or_no_base(tmp_path: Path) -> None:
    path = pair(tmp_path)
    base, adapter = tmp_path / "base", tmp_path / "adapter"
    assert "none of them a factor" in refusal(joined(base, base), UsageError)
    assert "this is an adapter" in refusal(joined(adapter, base))
    assert "as BASE+ADAPTER" in refusal(adapter)
    assert "there is no such file" in refusal(joined(base, tmp_path / "gone"), UsageError)
    (tmp_path / "a.gguf").write_bytes(b"GGUF")
    assert "adapters of llama.cpp are not read" in refusal(joined(base, tmp_path / "a.gguf"))
    many = joined(path, *[tmp_path / "adapter"] * 20)
    assert "expected at most 16" in refusal(many, UsageError)


def test_an_adapter_that_adds_nothing_is_told(tmp_path: Path) -> None:
    made = factors(llama_base(), {Q: 4, "model.layers.1.mlp.up_proj": 4})
    up = f"{PEFT}{Q}.lora_B.weight"
    blank = made | {up: ("F32", np.zeros((8, 4), "<f4"))}
    told = open_exhibited(with_factors(tmp_path / "1", blank)).layout.merged[0]
    assert (told.modules, told.idle, told.full) == (2, 1, 0)
    model = open_exhibited(with_factors(tmp_path / "2", made, lora_alpha=0))
    notes = " ".join(merged_notes(model.layout.merged[0]))
    assert "2 of its changes add nothing" in notes and "does not say which model" in notes


def test_a_path_with_the_joint_in_its_name(tmp_path: Path, monkeypatch: Any) -> None:
    monkeypatch.chdir(tmp_path)
    pair(Path())
    assert open_exhibited(Path("base+adapter")).layout.merged
    Path("base").rename("b+a+se")
    assert open_exhibited(Path("b+a+se+adapter")).layout.merged  # the longest that is there
    Path("b+a+se").rename("base")
    Path("base+adapter").symlink_to("base")
    found = open_exhibited(Path("base+adapter"))
    assert not found.layout.merged
    assert "a model of this name is there" in found.layout.set_aside[0].reason


def test_an_adapter_in_the_base_is_said(tmp_path: Path) -> None:
    pair(tmp_path)
    file = (tmp_path / "adapter/adapter_model.safetensors").rename(
        tmp_path / "base/adapter_model.safetensors"
    )
    (tmp_path / "adapter/adapter_config.json").rename(tmp_path / "base/adapter_config.json")
    found = open_exhibited(tmp_path / "base")
    assert "it is not merged" in found.layout.set_aside[0].reason
    assert len(found.tensors) == len(llama_base())
    both = open_exhibited(joined(tmp_path / "base", file))
    assert both.layout.merged and not both.layout.set_aside


@pytest.mark.parametrize("at", [0, 3, 40, -9, -1])
def test_a_kept_adapter_that_was_changed_is_told(tmp_path: Path, at: int) -> None:
    _, _, tensors, given = case("lora")
    kept = adapter_bytes(take_adapter_sketch(write_adapter(tmp_path / "a", tensors, **given)))
    file = tmp_path / "k.adapter.gz"
    file.write_bytes(kept)
    assert adapter_bytes(read_adapter_sketch(file, "a")) == kept

    raw = bytearray(kept)
    raw[at] ^= 0xFF
    file.write_bytes(bytes(raw))
    with pytest.raises(UnreadableError, match="the file was changed"):
        read_adapter_sketch(file, "a")

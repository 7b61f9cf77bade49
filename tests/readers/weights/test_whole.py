"""Half a model is no stranger: what is incomplete is named, what is odd is read and told."""

import json
from pathlib import Path

import numpy as np
import pytest

import containers
from builders import f32, llama, write_folder, write_safetensors, write_shards
from filiation.errors import UnreadableError
from filiation.examining.weights.plug import weights_material
from filiation.readers.weights.checkpoint import open_model
from filiation.sketching.sketch import take_sketch
from filiation.sketching.sketch_file import read_sketch

A, B = "model-00001-of-00002.safetensors", "model-00002-of-00002.safetensors"


def refusal(path: Path) -> str:
    with pytest.raises(UnreadableError) as caught:
        open_model(path)
    return str(caught.value)


def in_two(folder: Path, first: str = A, second: str = B) -> Path:
    """A model in two files without an index."""
    toy, folder = llama(layers=4), folder
    late = {n for n in toy if ".2." in n or ".3." in n}
    folder.mkdir(parents=True, exist_ok=True)
    write_safetensors(folder / first, {n: toy[n] for n in toy if n not in late})
    write_safetensors(folder / second, {n: toy[n] for n in toy if n in late})
    return folder


@pytest.mark.parametrize("gone", [A, B])
def test_a_part_that_is_missing_is_named_without_an_index(tmp_path: Path, gone: str) -> None:
    folder = in_two(tmp_path / "m")
    assert len(open_model(folder).layout.layers) == 4
    assert open_model(folder / A).tensors == open_model(folder).tensors  # a part means the whole
    (folder / gone).unlink()
    left = A if gone == B else B
    for path in (folder, folder / left):
        said = refusal(path)
        assert f"{left}: is one of 2 parts, 1 are there, expected all; missing: {gone}" in said


def test_parts_counted_from_nought(tmp_path: Path) -> None:
    folder = in_two(tmp_path / "m", A.replace("00001", "00000"), B.replace("00002-", "00001-"))
    assert len(open_model(folder).layout.layers) == 4


def test_parts_of_torch_files(tmp_path: Path) -> None:
    toy = {n: a for n, (_, a) in llama(layers=2).items()}
    names = list(toy)
    for number, chosen in ((1, names[::2]), (2, names[1::2])):
        part = tmp_path / f"pytorch_model-0000{number}-of-00002.bin"
        containers.write_torch(part, {n: toy[n] for n in chosen})
    assert len(open_model(tmp_path).tensors) == len(toy)
    part.unlink()
    assert "is one of 2 parts" in refusal(tmp_path)


def test_a_part_beside_an_index_means_what_the_index_says(tmp_path: Path) -> None:
    toy = llama(layers=2)
    names = list(toy)
    shards = {A: {n: toy[n] for n in names[::2]}, B: {n: toy[n] for n in names[1::2]}}
    folder = write_shards(tmp_path / "m", shards)
    assert len(open_model(folder / B).tensors) == len(toy)
    (folder / A).unlink()
    assert f"{A}: missing, the index names it" in refusal(folder / B)


@pytest.mark.parametrize(
    ("config", "words"),
    [
        ({"num_hidden_layers": 4}, "its configuration says 4 layers, the files hold 2 of them"),
        ({"text_config": {"num_hidden_layers": 3}}, "says 3 layers"),
        ({"n_layer": 2}, ""),
        ({"num_hidden_layers": 1}, ""),
        ({"num_hidden_layers": 4, "block_configs": []}, ""),
        ({"num_hidden_layers": "4"}, ""),
        ({"vision_config": {"num_hidden_layers": 9}}, ""),
    ],
)
def test_layers_that_the_configuration_names(tmp_path: Path, config: object, words: str) -> None:
    folder = write_folder(tmp_path / "m", llama(layers=2), config=config)  # type: ignore[arg-type]
    if words:
        said = refusal(folder)
        assert words in said and "(model.layers.#, without 2" in said
    else:
        assert len(open_model(folder).layout.layers) == 2


def test_a_layer_within_and_stacks_within_layers(tmp_path: Path) -> None:
    toy = {n: a for n, a in llama(layers=4).items() if ".1." not in n}
    folder = write_folder(tmp_path / "gap", toy, config={"num_hidden_layers": 4})
    assert "hold 3 of them (model.layers.#, without 1)" in refusal(folder)
    t5 = {f"encoder.block.{n}.layer.{m}.w.weight": f32(8, 4) for n in range(4) for m in (0, 1)}
    assert open_model(write_folder(tmp_path / "t5", t5, config={"num_layers": 4})).tensors


def test_tensors_that_are_empty(tmp_path: Path) -> None:
    toy = {n: ("F32", np.zeros(0, np.float32)) for n in llama(layers=2)}
    assert "all tensors are empty" in refusal(write_folder(tmp_path / "all", toy))
    norms = {n: a for n, a in llama(layers=2).items() if "norm" in n}
    said = refusal(write_folder(tmp_path / "most", toy | norms))
    assert "weights are empty" in said and "ZeRO-3" in said
    odd = llama(layers=2) | {"extra": ("F32", np.zeros(0, np.float32))}
    assert len(open_model(write_folder(tmp_path / "odd", odd)).layout.layers) == 2


def test_an_adapter_alone_and_beside_its_base(tmp_path: Path) -> None:
    stem = "base_model.model.model.layers.0.self_attn.q_proj"
    adapter = {f"{stem}.lora_{ab}.weight": f32(4, 8) for ab in "AB"}
    folder = tmp_path / "a"
    folder.mkdir()
    write_safetensors(folder / "adapter_model.safetensors", adapter)
    assert "this is an adapter (an adapter's tensor names), not a model: 2 of 2" in refusal(folder)
    said = {"peft_type": "LORA", "base_model_name_or_path": "acme/par\x1bent"}
    (folder / "adapter_config.json").write_text(json.dumps(said))
    told = refusal(folder)
    assert "(peft LORA, base acme/par" in told and "\x1b" not in told and "as BASE+ADAPTER" in told
    kohya = {f"lora_unet_down_0.{end}": f32(2, 2) for end in ("lora_up.weight", "alpha")}
    assert "this is an adapter" in refusal(write_folder(tmp_path / "k", kohya))

    both = in_two(tmp_path / "both")
    write_safetensors(both / "adapter_model.safetensors", adapter)
    assert "lora" not in " ".join(t.name for t in open_model(both).tensors)


def test_rows_that_are_not_finite_are_set_aside_and_told(tmp_path: Path) -> None:
    toy = llama(layers=2, vocabulary=40) | {"extra.unused": f32(3, 3)}
    model, rows = tmp_path / "m", {"model.embed_tokens.weight": 39, "lm_head.weight": 7}
    for name, row in rows.items():
        toy[name][1][row, 1:] = -np.inf if "head" in name else np.nan
    toy["extra.unused"][1][:] = np.nan
    found = open_model(write_folder(model, toy))
    told = {s.tensor: s.reason for s in found.layout.set_aside}
    assert told["model.embed_tokens.weight"].startswith(
        "values that are not finite stand in 1 of 40 rows (39)"
    )
    assert set(told) == {*rows, "extra.unused"}
    kept = found.rows("lm_head.weight", [6, 7, 8])
    assert not kept[1].any() and np.array_equal(kept[2], toy["lm_head.weight"][1][8])

    take_sketch(found, tmp_path / "m.sketch", workers=1)
    sketch = read_sketch(tmp_path / "m.sketch")
    assert {s.tensor: s.reason for s in sketch.set_aside} == told
    notes = weights_material(sketch).notes
    assert any(note.startswith("set aside: lm_head.weight: values that") for note in notes)


def test_nothing_is_set_aside_of_what_is_whole(tmp_path: Path) -> None:
    found = open_model(write_folder(tmp_path / "m", llama(layers=2)))
    take_sketch(found, tmp_path / "m.sketch", workers=1)
    assert found.odd == frozenset() and read_sketch(tmp_path / "m.sketch").set_aside == []
    assert b"set_aside" not in (tmp_path / "m.sketch").read_bytes()


@pytest.mark.parametrize("name", ["model.layers.1.mlp.up_proj.weight", "model.norm.weight"])
def test_what_is_examined_must_be_finite(tmp_path: Path, name: str) -> None:
    toy = llama(layers=2)
    toy[name][1].flat[3] = np.nan
    write_folder(tmp_path / "m", toy)
    with pytest.raises(UnreadableError, match="not finite"):
        take_sketch(open_model(tmp_path / "m"), tmp_path / "m.sketch", workers=1)


def test_a_table_that_is_damaged_is_refused(tmp_path: Path) -> None:
    toy = llama(layers=2, vocabulary=40)
    toy["model.embed_tokens.weight"][1][:5, 0] = np.nan
    said = refusal(write_folder(tmp_path / "m", toy))
    assert "embed_tokens.weight: holds values that are not finite in 5 of 40 rows" in said


@pytest.mark.parametrize(("layers", "beyond"), [(2, {2, 3}), (3, {3}), (4, set()), (0, set())])
def test_layers_that_config_denies_are_told(tmp_path: Path, layers: int, beyond: set[int]) -> None:
    """Whoever loads the model does not read them; they are compared all the same."""
    config = {"num_hidden_layers": layers} if layers else {}
    found = open_model(write_folder(tmp_path / "m", llama(layers=4), config=config))
    told = {s.tensor: s.reason for s in found.layout.set_aside}

    assert {int(name.split(".")[2]) for name in told} == beyond
    assert all(f"beyond the {layers} layers of config.json" in why for why in told.values())
    assert len(found.layout.layers) == 4


def test_of_two_stacks_no_number_is_known_to_be_of_one(tmp_path: Path) -> None:
    towers = {n.replace("model.", "vision."): a for n, a in llama(layers=4).items()}
    folder = write_folder(tmp_path / "m", llama(layers=2) | towers, config={"num_hidden_layers": 2})

    assert not open_model(folder).layout.set_aside

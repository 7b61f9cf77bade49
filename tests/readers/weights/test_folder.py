"""Which files make up a model, and what is said when they do not."""

import json
from collections.abc import Mapping
from pathlib import Path

import pytest

from builders import f32, llama, write_folder, write_safetensors, write_shards
from filiation.errors import FiliationError, UnreadableError, UsageError
from filiation.readers.weights.checkpoint import open_model

A, B = "model-00001-of-00002.safetensors", "model-00002-of-00002.safetensors"


def halves(toy: Mapping[str, tuple[str, object]]) -> dict[str, dict[str, tuple[str, object]]]:
    names = list(toy)
    return {A: {n: toy[n] for n in names[::2]}, B: {n: toy[n] for n in names[1::2]}}


def refusal(path: Path, kind: type[FiliationError]) -> str:
    with pytest.raises(kind) as caught:
        open_model(path)
    return str(caught.value)


def test_one_file_many_files_and_an_index_are_the_same_model(tmp_path: Path) -> None:
    toy = llama()
    write_folder(tmp_path / "one", toy)
    write_shards(tmp_path / "many", halves(toy))
    write_shards(tmp_path / "loose", halves(toy))
    (tmp_path / "loose" / "model.safetensors.index.json").unlink()
    write_safetensors(tmp_path / "alone.safetensors", toy)
    models = [open_model(tmp_path / n) for n in ("one", "many", "loose", "alone.safetensors")]
    assert [m.name for m in models] == ["one", "many", "loose", "alone"]
    for model in models:
        assert model.tensors == models[0].tensors and model.layout == models[0].layout
        for info in model.tensors:
            stored = b"".join(bytes(raw) for _, raw in model.blocks(info.name))
            assert stored == toy[info.name][1].tobytes()
    assert [t.name for t in models[0].tensors] == sorted(toy)


def test_the_index_itself_may_be_named(tmp_path: Path) -> None:
    folder = write_shards(tmp_path / "many", halves(llama()))
    assert open_model(folder / "model.safetensors.index.json").name == "many"


def test_the_single_file_wins_over_others_beside_it(tmp_path: Path) -> None:
    folder = write_folder(tmp_path / "m", llama())
    write_safetensors(folder / "adapter.safetensors", {"lora": f32(2, 2)})
    assert "lora" not in {t.name for t in open_model(folder).tensors}


def test_symbolic_links_as_in_the_hugging_face_cache(tmp_path: Path) -> None:
    blob = write_safetensors(tmp_path / "0a1b2c", llama())
    snapshot = tmp_path / "snapshot"
    snapshot.mkdir()
    (snapshot / "model.safetensors").symlink_to(blob)
    assert len(open_model(snapshot).layout.layers) == 3


def test_a_file_takes_the_companions_of_its_directory_only_if_alone(tmp_path: Path) -> None:
    folder = write_folder(tmp_path, llama(), config={"model_type": "gemma"})
    (folder / "tokenizer.json").write_text(json.dumps({"model": {"vocab": {"a": 0}}}))
    alone = open_model(folder / "model.safetensors")
    assert (alone.layout.family, alone.tokens) == ("gemma", (b"a",))
    write_safetensors(folder / "other.safetensors", llama())
    beside = open_model(folder / "model.safetensors")
    assert (beside.layout.family, beside.tokens) == ("llama", None)


def test_no_such_path(tmp_path: Path) -> None:
    assert "there is no such file or folder" in refusal(tmp_path / "gone", UsageError)


def test_a_path_that_the_system_refuses(tmp_path: Path) -> None:
    assert "cannot be read: File name too long" in refusal(tmp_path / ("x" * 300), UnreadableError)


@pytest.mark.parametrize(
    ("files", "words"),
    [
        ((), "the directory is empty"),
        (("config.json", "x.txt"), "found config.json, x.txt: a model is described"),
        (("b.txt", "a.md"), "found a.md, b.txt"),
    ],
)
def test_a_directory_without_weights(tmp_path: Path, files: tuple[str, ...], words: str) -> None:
    for file in files:
        (tmp_path / file).touch()
    sentence = refusal(tmp_path, UsageError)
    assert "no weights that are read" in sentence and words in sentence


def test_a_model_without_tensors(tmp_path: Path) -> None:
    assert "this is an empty model" in refusal(write_folder(tmp_path, {}), UnreadableError)
    folder = write_shards(tmp_path / "index", {})
    assert "this is an empty model" in refusal(folder, UnreadableError)


def test_the_index_names_a_file_that_is_missing(tmp_path: Path) -> None:
    folder = write_shards(tmp_path, halves(llama()))
    (folder / B).unlink()
    assert f"{B}: missing, the index names it" in refusal(folder, UnreadableError)


def test_the_index_names_a_tensor_that_its_file_lacks(tmp_path: Path) -> None:
    folder = write_shards(tmp_path, {A: {"a": f32(2)}}, index={"a": A, "b": A})
    assert "tensor 'b' is not in it, the index says it is" in refusal(folder, UnreadableError)


def test_an_index_decides_which_tensors_count_and_the_others_are_listed(tmp_path: Path) -> None:
    shards = {A: {"a": f32(2), "b": f32(2)}, B: {"a": f32(2, seed=1), "c": f32(2)}}
    folder = write_shards(tmp_path, shards, index={"a": B, "c": B, "b": A})
    write_shards(tmp_path / "less", shards, index={"a": B, "b": A})
    whole, less = open_model(folder), open_model(tmp_path / "less")
    assert [t.name for t in whole.tensors] == ["a", "b", "c"]
    (raw,) = (bytes(raw) for _, raw in whole.blocks("a"))
    assert raw == shards[B]["a"][1].tobytes()
    assert [(s.tensor, s.reason) for s in whole.layout.set_aside] == [
        ("a", f"stands also in {A}, and the index places it in {B}")
    ]
    assert [t.name for t in less.tensors] == ["a", "b"]
    told = {s.tensor: s.reason for s in less.layout.set_aside}
    assert told["c"] == f"stands in {B}, and the index does not list it"


def test_a_tensor_that_its_file_lacks_is_not_found_elsewhere(tmp_path: Path) -> None:
    shards = {A: {"a": f32(2), "b": f32(2)}, B: {"c": f32(2)}}
    folder = write_shards(tmp_path, shards, index={"a": A, "b": B, "c": B})
    assert "tensor 'b' is not in it, the index says it is" in refusal(folder, UnreadableError)


def test_the_same_tensor_in_two_files(tmp_path: Path) -> None:
    write_safetensors(tmp_path / "a.safetensors", {"w": f32(2)})
    write_safetensors(tmp_path / "b.safetensors", {"w": f32(2)})
    sentence = refusal(tmp_path, UsageError)
    assert "holds 2 safetensors models, a.safetensors, b.safetensors, and no index" in sentence
    assert "name one of the files, or write the index (model.safetensors.index.json)" in sentence


@pytest.mark.parametrize(
    "file",
    ["../x.safetensors", "/etc/x.safetensors", "a/x.safetensors", "..", "", "x.bin",
     "a\\x.safetensors", "C:x.safetensors", "x\n.safetensors", 5, None, ["x.safetensors"]],
)  # fmt: skip
def test_an_index_must_not_reach_elsewhere(tmp_path: Path, file: object) -> None:
    text = json.dumps({"weight_map": {"w": file}})
    (tmp_path / "model.safetensors.index.json").write_text(text)
    assert "expected the plain name of a safetensors file" in refusal(tmp_path, UnreadableError)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("{}", "no weight_map"),
        ("[]", "found a JSON list, expected an object"),
        ("null", "found a JSON null"),
        ("", "not valid JSON"),
        ('{"weight_map": {}, "weight_map": {}}', "the key 'weight_map' twice"),
    ],
)
def test_a_damaged_index(tmp_path: Path, text: str, words: str) -> None:
    (tmp_path / "model.safetensors.index.json").write_text(text)
    assert words in refusal(tmp_path, UnreadableError)


def test_a_damaged_config(tmp_path: Path) -> None:
    folder = write_folder(tmp_path, llama())
    (folder / "config.json").write_text("{")
    assert "config.json: not valid JSON" in refusal(folder, UnreadableError)

"""config.json by hostile hands, the words of families, GGUF, and what must stay a recording."""

import json
from pathlib import Path
from typing import Any

import pytest

import containers
from builders import f32, llama, write_folder
from command import CASEBOOK
from filiation.errors import UnreadableError, UsageError
from filiation.readers.architecture import is_architecture, open_architecture
from filiation.readers.architecture.kept import kept_bytes, read_kept
from filiation.readers.architecture.stated import stated_in_config

PARENT = CASEBOOK / "parent"


def config(folder: Path, **changed: Any) -> Path:
    """The parent's configuration with some of it changed."""
    said = json.loads((PARENT / "config.json").read_text()) | changed
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "config.json").write_text(json.dumps(said))
    return folder / "config.json"


def stated(**said: Any) -> dict[str, str]:
    return dict(stated_in_config(said)[0])


def test_families_call_one_choice_by_many_words() -> None:
    gpt2 = stated(n_layer=12, n_embd=768, n_head=12, n_inner=3072, layer_norm_epsilon=1e-5,
                  activation_function="gelu_new", n_positions=1024)  # fmt: skip
    bert = stated(num_hidden_layers=12, hidden_size=768, num_attention_heads=12,
                  intermediate_size=3072, layer_norm_eps=0.00001, hidden_act="gelu",
                  max_position_embeddings=1024)  # fmt: skip
    assert gpt2 == bert
    assert gpt2["key heads"] == "12" and gpt2["head width"] == "64" and gpt2["norm"] == "layer norm"


def test_the_part_for_text_speaks_before_the_whole() -> None:
    said = stated(hidden_size=1, text_config={"hidden_size": 64, "num_attention_heads": 4},
                  vision_config={"num_hidden_layers": 99})  # fmt: skip
    assert said["width"] == "64" and "layers" not in said


def test_new_and_old_configurations_state_one_rotary_base() -> None:
    table = {"full_attention": {"rope_theta": 1e6}, "sliding_attention": {"rope_theta": 1e4}}
    assert stated(rope_theta=1000000)["rotary base"] == "1e+06"
    assert stated(rope_parameters={"rope_theta": 1000000.0})["rotary base"] == "1e+06"
    assert stated(rope_parameters=table)["rotary base"] == "1e+06"


@pytest.mark.parametrize(
    "odd",
    ["4", [4, 4], {"x": 4}, True, 4.5, -3, 10**30, 10**4000, float("1e300"), "9" * 10**6],
    ids=lambda odd: f"{type(odd).__name__} {str(odd)[:8] if not isinstance(odd, int) else ''}",
)
def test_values_of_no_use_count_as_not_stated_and_are_told(tmp_path: Path, odd: Any) -> None:
    found = stated_in_config({"num_hidden_layers": odd, "hidden_size": 80})
    assert dict(found[0]) == {"width": "80"}
    (told,) = found[1]
    assert told.startswith("num_hidden_layers is ") and len(told) < 160


def test_words_that_no_maker_writes_are_not_printed() -> None:
    said = stated_in_config(
        {"hidden_act": "\x1b[31m" * 9, "rms_norm_eps": -1.0, "rope_theta": 10**400}
    )
    assert [name for name, _ in said[0]] == ["norm"]
    assert len(said[1]) == 3 and not any("\x1b" in told for told in said[1])


def test_thousands_of_useless_values_are_counted() -> None:
    parts = {name: dict.fromkeys(("n_layer", "n_layers", "num_layers", "n_head", "n_heads",
                                  "num_heads", "hidden_size", "d_model", "width"), "x")
             for name in ("text_config", "llm_config", "language_config", "decoder")}  # fmt: skip
    told = stated_in_config(parts)[1]
    assert len(told) == 21 and told[-1].startswith("and ")


def test_hostile_files_are_refused_by_what_is_wrong(tmp_path: Path) -> None:
    file = tmp_path / "config.json"
    for text, match in (
        ('{"a":' * 100_000 + "1" + "}" * 100_000, "nested too deeply"),
        ('{"num_hidden_layers": 4, "num_hidden_layers": 5}', "twice"),
        ("[4]", "expected an object"),
        ('{"model_type": "t"}', "none of the choices"),
        ('{"n_layer": 1' + "0" * 5000 + "}", "not valid JSON"),
        ('{"x": "' + "a" * (1 << 24) + '"}', "expected at most"),
    ):
        file.write_text(text)
        with pytest.raises(UnreadableError, match=match):
            open_architecture(str(file))


def test_ten_megabytes_are_read(tmp_path: Path) -> None:
    file = config(tmp_path / "m", id2label={str(n): "x" * 90 for n in range(100_000)})
    assert file.stat().st_size > 10_000_000
    plain = open_architecture(str(config(tmp_path / "plain")))
    assert open_architecture(str(file)).stated == plain.stated


def test_a_model_is_measured_and_a_config_alone_is_not() -> None:
    alone = open_architecture(f"{PARENT}/config.json")
    whole = open_architecture(f"{PARENT}#architecture")
    assert alone.name == whole.name == "parent" and alone.stated == whole.stated
    assert not alone.seen and "no tensors were measured" in alone.unread[0]
    assert dict(whole.seen)["layers"] == "4" and dict(whole.seen)["key rows"] == "40"
    assert not whole.unread


def test_shapes_are_read_without_the_configuration(tmp_path: Path) -> None:
    """One that states more layers than there are would otherwise hide what it is held against."""
    config(tmp_path, num_hidden_layers=7, num_key_value_heads=3, num_attention_heads=5)
    (tmp_path / "model.safetensors").symlink_to(PARENT / "model.safetensors")
    found = open_architecture(f"{tmp_path}#architecture")
    assert found.seen == open_architecture(f"{PARENT}#architecture").seen


def test_gguf_states_and_shows_the_same(tmp_path: Path) -> None:
    weights = containers.read_weights(PARENT)
    heads = {"heads": 4, "kv_heads": 2}
    file = containers.write_gguf(tmp_path / "m.gguf", weights, **heads)
    found = open_architecture(f"{file}#architecture")
    own = open_architecture(f"{PARENT}#architecture")
    assert found.seen == own.seen
    assert {*found.stated} & {*own.stated} and dict(found.stated)["heads"] == "4"


def test_what_is_no_architecture_is_taken_for_none(tmp_path: Path) -> None:
    answers = tmp_path / "answers.jsonl"
    answers.write_text('{"model": "architecture", "item": "1", "output": "x"}\n')
    assert not is_architecture(f"{answers}#architecture")
    assert not is_architecture(str(PARENT)) and not is_architecture(f"{tmp_path}/config.json")
    assert is_architecture(f"{PARENT}/config.json") and is_architecture(f"{PARENT}#architecture")
    with pytest.raises(UsageError, match=r"no config.json in it"):
        open_architecture(f"{tmp_path}#architecture")


def test_what_is_kept_is_what_was_read_and_a_changed_copy_is_refused(tmp_path: Path) -> None:
    found = open_architecture(f"{PARENT}#architecture")
    file = tmp_path / "x.architecture.gz"
    file.write_bytes(kept_bytes(found))
    assert read_kept(file, "parent") == found
    file.write_bytes(kept_bytes(found)[:-9])
    with pytest.raises(UnreadableError, match="the file was changed"):
        read_kept(file, "parent")


def test_a_mixture_shows_its_experts_and_that_its_layers_are_of_several_kinds(
    tmp_path: Path,
) -> None:
    width, at = 8, "model.layers.1.mlp."
    tensors = llama(layers=2, width=width)
    for name in [name for name in tensors if name.startswith(at)]:
        del tensors[name]
    for stem, units in (("experts.0.", 12), ("experts.1.", 12), ("shared_experts.", 24)):
        for part in ("gate", "up"):
            tensors[f"{at}{stem}{part}_proj.weight"] = f32(units, width)
        tensors[f"{at}{stem}down_proj.weight"] = f32(width, units)
    write_folder(tmp_path / "m", tensors, config={"n_layer": 2, "moe_intermediate_size": 12})
    seen = dict(open_architecture(f"{tmp_path / 'm'}#architecture").seen)
    assert (seen["experts"], seen["expert MLP width"], seen["MLP width"]) == ("2", "12", "20")
    assert (seen["layers"], seen["kinds of layers"], seen["tables"]) == ("2", "2", "two")


def test_what_a_family_states_otherwise_than_it_builds_is_not_used() -> None:
    values, told = stated_in_config(
        {"hidden_size": 8, "encoder_layers": 2, "decoder_layers": 4, "intermediate_size": 88,
         "block_auto_adjust_ff_dim": True, "num_experts": 4, "zero_expert_num": 2}
    )  # fmt: skip
    assert dict(values) == {"width": "8"} and len(told) == 3

"""Towers, projectors and bodies under the true names of their families."""

import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import towers
from filiation.model.layout import Layout, TensorInfo
from filiation.readers.weights.checkpoint import open_model
from filiation.readers.weights.other_stacks import BY_SHAPE, NO_LAYOUT
from filiation.readers.weights.settings import Section
from filiation.readers.weights.towers import called_towers
from filiation.sketching.sketch_names import towers_of

NAMES = {  # LLaVA, Qwen2-VL, Qwen3-VL, PaliGemma, Llama 4, Mllama, Idefics 3, InternVL, Gemma 3, ..
    "vision_tower.vision_model.encoder.layers.0.mlp.fc1.weight": ("vision_tower", "vision"),
    "model.visual.blocks.0.mlp.gate_proj.weight": ("model.visual", "vision"),
    "visual.merger.mlp.0.weight": ("visual.merger", "projector"),
    "model.visual.deepstack_merger_list.1.linear_fc1.weight": (
        "model.visual.deepstack_merger_list", "projector",
    ),
    "model.multi_modal_projector.linear.weight": ("model.multi_modal_projector", "projector"),
    "vision_model.model.layers.0.mlp.fc1.weight": ("vision_model", "vision"),
    "model.vision_model.transformer.layers.0.mlp.fc1.weight": ("model.vision_model", "vision"),
    "model.connector.modality_projection.proj.weight": ("model.connector", "projector"),
    "mlp1.1.weight": ("mlp1", "projector"),
    "model.vision_embed_tokens.img_processor.vision_model.encoder.layers.0.mlp.fc1.weight": (
        "model.vision_embed_tokens.img_processor", "vision",
    ),
    "model.vision_embed_tokens.img_projection.0.weight": (
        "model.vision_embed_tokens.img_projection", "projector",
    ),
    "audio_tower.layers.0.fc1.weight": ("audio_tower", "audio"),
    "speech_encoder.encoder.layers.0.ffn1.intermediate_dense.weight": ("speech_encoder", "audio"),
    "v.blk.0.ffn_up.weight": ("v", "vision"),
    "mm.0.weight": ("mm", "projector"),
    "model.mm_projector.0.weight": ("model.mm_projector", "projector"),
}  # fmt: skip
BODIES = (
    "language_model.model.layers.0.mlp.up_proj.weight", "model.layers.0.mlp.experts.3.up.weight",
    "model.language_model.layers.0.self_attn.v.weight", "encoder.block.0.layer.0.a.weight",
    "model.decoder.layers.0.fc1.weight", "text_model.encoder.layers.0.mlp.fc1.weight",
)  # fmt: skip


@pytest.mark.parametrize(("name", "told"), NAMES.items())
def test_a_tower_is_known_by_its_name(name: str, told: tuple[str, str]) -> None:
    assert called_towers([_info(name)], {}, {}) == dict([told])


@pytest.mark.parametrize("name", BODIES)
def test_a_body_is_called_no_tower(name: str) -> None:
    assert called_towers([_info(name)], {}, {}) == {}


def test_where_no_name_says_it_a_section_of_the_configuration_does(tmp_path: Path) -> None:
    config = {
        **towers.CONFIG,
        "vision_config": {"hidden_size": 96, "num_hidden_layers": 3, "num_attention_heads": 6},
    }
    other = towers.tower(2, layers=3, at="front.")
    assert _layout(tmp_path / "a", towers.body(1) | other, config).towers == {
        "front.encoder.layers": "vision"
    }
    two = towers.tower(2, layers=2, at="front.")
    assert not _layout(tmp_path / "b", towers.body(1) | two, config).towers


def test_a_section_says_nothing_where_a_name_has_said_it() -> None:
    """Before, a text tower as large as that for pictures was called one for pictures too."""
    stacks = {"text_model.encoder.layers": (96, 3), "vision_model.encoder.layers": (96, 3)}
    names = [_info(f"{stack}.0.mlp.fc1.weight") for stack in stacks]
    assert called_towers(names, {"vision": Section(96, 3, 6)}, stacks) == {"vision_model": "vision"}


def test_a_projector_of_two_matrices_has_hidden_units(tmp_path: Path) -> None:
    layout = _layout(tmp_path / "m", towers.body(1) | towers.tower(2) | towers.projector(3))
    (found,) = [x for x in layout.layers if x.label.startswith("multi_modal_projector")]
    assert [(m.role, m.units, m.width) for m in found.matrices] == [
        ("mlp.up", 64, 96),
        ("mlp.down", 64, 64),
    ]
    assert {x.label.partition(".layers")[0] for x in layout.layers if x is not found} == {
        "language_model.model",
        "vision_tower.vision_model.encoder",
    }


def test_of_one_matrix_it_has_none(tmp_path: Path) -> None:
    one = {"multi_modal_projector.linear.weight": np.ones((64, 96), np.float32)}
    layout = _layout(tmp_path / "m", towers.body(1) | towers.tower(2) | one)
    assert layout.towers["multi_modal_projector"] == "projector"
    assert not any(x.label.startswith("multi_modal") for x in layout.layers)


def test_a_decoy_with_known_names_hides_no_stack_of_unknown_ones(tmp_path: Path) -> None:
    """Before, what no role file knows was passed over where any other stack was known."""
    hidden = {
        name.replace("mlp.", "").replace("_proj", "").replace("self_attn.", ""): x
        for name, x in towers.body(1, at="secret.").items()
        if "layers" in name
    }
    layout = _layout(tmp_path / "m", towers.body(5, width=48, layers=2) | hidden)
    read = [x for x in layout.layers if x.label.startswith("secret")]
    assert len(read) == 4
    assert {m.units for x in read for m in x.matrices} == {160}
    reasons = {one.tensor: one.reason for one in layout.skipped}
    assert {reasons[m.tensor] for x in read for m in x.matrices} == {BY_SHAPE}
    large = [one for one in layout.skipped if re.search(r"secret.*\.[qo]\.weight", one.tensor)]
    assert len(large) == 8 and {one.reason for one in large} == {NO_LAYOUT}


def test_a_second_mlp_in_layers_of_a_known_one_is_not_passed_over(tmp_path: Path) -> None:
    """A copy beside the MLPs of a stranger was "not examined", and independence was supported."""
    second = {
        name.replace(".mlp.", ".mlp.adapter."): x
        for name, x in towers.body(1).items()
        if ".mlp." in name
    }
    layout = _layout(tmp_path / "m", towers.body(5) | second)
    assert {one.tensor for one in layout.skipped if one.unread} == second.keys()
    one = {name: x for name, x in second.items() if "layers.0." in name and "down" in name}
    layout = _layout(tmp_path / "n", towers.body(5) | one)
    assert not any(one.unread for one in layout.skipped)


def test_what_neither_names_nor_shapes_explain_is_unread(tmp_path: Path) -> None:
    odd = {f"odd.{n}.w.weight": np.ones((70, 70 + n), np.float32) for n in range(3)}
    layout = _layout(tmp_path / "m", towers.body(1) | odd)
    reasons = {one.tensor: one.reason for one in layout.skipped}
    assert {reasons[name] for name in odd} == {NO_LAYOUT}
    assert all(one.unread for one in layout.skipped if one.tensor in odd)


def test_heads_are_those_of_the_part_that_speaks(tmp_path: Path) -> None:
    """Before, `audio_config` stood first by its name, and its heads were taken for the body's."""
    config = {**towers.CONFIG, "audio_config": {"num_attention_heads": 2}}
    layout = _layout(tmp_path / "m", towers.body(1) | towers.tower(2), config)
    assert {(x.label.partition(".")[0], x.heads) for x in layout.layers} == {
        ("language_model", 4),
        ("vision_tower", 6),
    }


def test_a_body_that_is_called_a_tower_is_read_as_a_body(tmp_path: Path) -> None:
    renamed = towers.renamed(towers.body(1), towers.LLAVA, "vision_tower.")
    layout = _layout(tmp_path / "m", renamed | towers.body(2, width=96))
    assert all(x.heads and len(x.attention) == 4 for x in layout.layers)


def test_a_sketch_that_calls_a_tower_otherwise_is_refused() -> None:
    assert towers_of({"visual": "vision"}) == {"visual": "vision"}
    with pytest.raises(ValueError, match="'body'"):
        towers_of({"visual": "body"})


def _info(name: str) -> TensorInfo:
    return TensorInfo(name=name, dtype="F32", shape=(2, 2), nbytes=16)


def _layout(
    folder: Path, tensors: Mapping[str, Any], config: Mapping[str, Any] = towers.CONFIG
) -> Layout:
    return open_model(towers.written(folder, tensors, config)).layout

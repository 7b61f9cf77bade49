"""Experts in one tensor of three axes: told apart, in the order in which they lie."""

from pathlib import Path

import numpy as np
import pytest

from builders import Array, Stored, write_folder
from filiation.model.layout import UnitMatrix
from filiation.model.sketch import SketchMethod
from filiation.readers.weights.checkpoint import Checkpoint, open_model
from filiation.readers.weights.families import families
from filiation.sketching.deep import whole_rows
from filiation.sketching.projection import Projection
from filiation.sketching.sketch import planned

D, H, EXPERTS = 24, 40, 3
AT = "model.layers.0."


def opened(folder: Path, tensors: dict[str, Array], **config: object) -> Checkpoint:
    stored: dict[str, Stored] = {name: ("F32", x.astype(np.float32)) for name, x in tensors.items()}
    return open_model(write_folder(folder, stored, config=config))


def parts(seed: int) -> dict[str, Array]:
    """Of each expert gate, up [H, D] and down [D, H]."""
    rng = np.random.default_rng(seed)
    return {
        "gate": rng.normal(size=(EXPERTS, H, D)),
        "up": rng.normal(size=(EXPERTS, H, D)),
        "down": rng.normal(size=(EXPERTS, D, H)),
    }


def one_by_one(x: dict[str, Array], module: str) -> dict[str, Array]:
    return {
        f"{AT}{module}.{n}.{role}_proj.weight": values[n]
        for role, values in x.items()
        for n in range(EXPERTS)
    }


def turned(x: Array) -> Array:
    return x.swapaxes(1, 2)


def both(x: dict[str, Array]) -> Array:
    return np.concatenate([x["gate"], x["up"]], axis=1)


def in_turn(x: dict[str, Array]) -> Array:
    return np.stack([x["gate"], x["up"]], axis=2).reshape(EXPERTS, 2 * H, D)


X = parts(0)
STACKED: dict[str, dict[str, Array]] = {
    "transformers 5": {"mlp.experts.gate_up_proj": both(X), "mlp.experts.down_proj": X["down"]},
    "Llama 4": {
        "feed_forward.experts.gate_up_proj": turned(both(X)),
        "feed_forward.experts.down_proj": turned(X["down"]),
    },
    "Granite": {
        "block_sparse_moe.input_linear.weight": both(X),
        "block_sparse_moe.output_linear.weight": X["down"],
    },
    "Aria": {
        "mlp.experts.fc1.weight": turned(both(X)), "mlp.experts.fc2.weight": turned(X["down"])
    },
    "gpt-oss": {
        "mlp.experts.gate_up_proj": turned(in_turn(X)),
        "mlp.experts.gate_up_proj_bias": np.zeros((EXPERTS, 2 * H)),
        "mlp.experts.down_proj": turned(X["down"]),
    },
    "Step": {
        "moe.gate_proj.weight": X["gate"], "moe.up_proj.weight": X["up"],
        "moe.down_proj.weight": X["down"],
        "share_expert.gate_proj.weight": X["gate"][0],
        "share_expert.up_proj.weight": X["up"][0], "share_expert.down_proj.weight": X["down"][0],
    },
    "Inkling": {
        "mlp.experts.w13_weight": in_turn(X), "mlp.experts.w2_weight": X["down"],
        "attn.wq_du.weight": np.ones((D, D)),
    },
}  # fmt: skip


def seen(model: Checkpoint, matrix: UnitMatrix) -> Array:
    """Directions and norms of the units of one matrix, block by block as a sketch takes them."""
    job = Projection(model, matrix, planned(model, SketchMethod()).onto, frames=("native",))
    for first, raw in model.blocks(matrix.tensor):
        job.add(first, model.decode(matrix.tensor, first, raw))
    found = job.finish()
    return np.concatenate([found.norms[:, None], found.directions["native"]], axis=1)


@pytest.mark.parametrize("kind", STACKED)
def test_units_of_a_stack_are_those_of_matrices_that_stand_apart(kind: str, tmp_path: Path) -> None:
    apart = opened(tmp_path / "apart", one_by_one(X, "mlp.experts"), model_type="qwen3_moe")
    stack = opened(tmp_path / "stack", {AT + name: x for name, x in STACKED[kind].items()})
    assert not stack.layout.guessed
    experts = [layer for layer in stack.layout.layers if ".experts." in layer.label]
    assert len(experts) == len(apart.layout.layers) == EXPERTS
    every = np.arange(H, dtype=np.int32)
    for one, other in zip(apart.layout.layers, experts, strict=True):
        theirs = {matrix.role: matrix for matrix in other.matrices}
        assert {matrix.role for matrix in one.matrices} == set(theirs)
        for matrix in one.matrices:
            mine, stacked = seen(apart, matrix), seen(stack, theirs[matrix.role])
            assert np.allclose(mine, stacked, rtol=1e-5, atol=1)
            rows = whole_rows(apart, matrix, every), whole_rows(stack, theirs[matrix.role], every)
            assert np.abs(rows[0].astype(int) - rows[1]).max() <= 1


def test_a_unit_that_stands_alone_in_a_block_of_rows_is_read(tmp_path: Path) -> None:
    """Blocks may begin and end between the two rows of a unit."""
    model = opened(tmp_path, {AT + name: x for name, x in STACKED["Inkling"].items()})
    matrix = next(m for m in model.layout.layers[0].matrices if m.role == "mlp.up")
    onto = planned(model, SketchMethod()).onto
    rows = in_turn(X)[0].astype(np.float32)
    whole, cut = (Projection(model, matrix, onto, frames=("native",)) for _ in range(2))
    whole.add(0, rows)
    for first in range(0, 2 * H, 7):
        cut.add(first, rows[first : first + 7])
    assert np.array_equal(whole.finish().norms, cut.finish().norms)


def test_every_stem_and_every_fixed_number_is_a_family_of_its_own() -> None:
    stems = {"/".join(f.layer) for f in families() if f.name == "tower"}
    assert stems == {"blocks/#", "layers/#", "layer/#", "resblocks/#"}
    (switch,) = (f for f in families() if f.name == "switch")
    assert switch.blocks[1].matrices[0].tensor[-3:] == ("expert_#", "wi", "weight")


def test_a_number_that_is_written_out_matches_itself_alone(tmp_path: Path) -> None:
    """T5: the attention of a block is its layer 0, whatever else has its names."""
    shapes = {f"layer.{n}.SelfAttention.{x}.weight": (D, D) for n in (0, 1) for x in "qkvo"}
    shapes |= {
        "layer.2.DenseReluDense.wi.weight": (H, D),
        "layer.2.DenseReluDense.wo.weight": (D, H),
    }
    tensors = {f"encoder.block.0.{name}": np.ones(shape) for name, shape in shapes.items()}
    (layer,) = opened(tmp_path, tensors, num_heads=2).layout.layers
    assert {matrix.tensor.split(".")[4] for matrix in layer.attention} == {"0"}


def test_units_behind_those_of_an_attention_begin_where_it_ends(tmp_path: Path) -> None:
    """Flux: linear1 holds queries, keys, values and then the MLP; linear2 and proj_out theirs."""
    shapes = {
        "single_blocks.0.linear1.weight": (3 * D + H, D),
        "single_blocks.0.linear2.weight": (D, D + H),
        "single_transformer_blocks.0.proj_mlp.weight": (H, D),
        "single_transformer_blocks.0.proj_out.weight": (D, D + H),
    }
    found = opened(tmp_path, {name: np.ones(shape) for name, shape in shapes.items()}).layout
    places = {m.tensor: (m.start, m.units) for x in found.layers for m in x.matrices}
    assert list(places.values()) == [(3 * D, H), (D, H), (0, H), (D, H)]


def test_an_attention_with_a_layer_of_its_own_stands_beside_the_next_mlp(tmp_path: Path) -> None:
    """Nemotron-H; a mixer before it has nothing of it."""
    shapes = {
        "0.mixer.in_proj.weight": (4 * D + 24, D), "0.mixer.out_proj.weight": (D, 2 * D),
        "0.mixer.norm.weight": (2 * D,),
        "1.mixer.up_proj.weight": (H, D), "1.mixer.down_proj.weight": (D, H),
        "3.mixer.up_proj.weight": (H, D), "3.mixer.down_proj.weight": (D, H),
    } | {f"2.mixer.{x}_proj.weight": (D, D) for x in "qkvo"}  # fmt: skip
    tensors = {f"backbone.layers.{name}": np.ones(shape) for name, shape in shapes.items()}
    found = opened(tmp_path, tensors, num_attention_heads=2).layout
    beside = {x.label: [m.tensor.split(".")[2] for m in x.attention] for x in found.layers}
    assert beside == {"layers.0.mixer": [], "layers.1": [], "layers.3": ["2"] * 4}


def test_a_norm_that_a_family_requires_must_be_there(tmp_path: Path) -> None:
    shapes = {"blocks.0.mlp.fc1.weight": (H, D), "blocks.0.mlp.fc2.weight": (D, H)}
    tensors = {name: np.ones(shape) for name, shape in shapes.items()}
    assert opened(tmp_path / "without", tensors).layout.guessed
    tensors["blocks.0.norm2.weight"] = np.ones(D)
    assert opened(tmp_path / "with", tensors).layout.family == "tower"


def test_an_attention_that_is_called_mixer_is_no_state_space(tmp_path: Path) -> None:
    """Jina's embedding models: Mamba's name for what an attention writes."""
    shapes = {
        "norm1.weight": (D,), "mixer.Wqkv.weight": (3 * D, D), "mixer.out_proj.weight": (D, D),
        "mlp.fc1.weight": (H, D), "mlp.fc2.weight": (D, H),
    }  # fmt: skip
    tensors = {f"roberta.encoder.layers.0.{name}": np.ones(x) for name, x in shapes.items()}
    found = opened(tmp_path, tensors, num_attention_heads=2).layout
    assert found.family == "jina" and len(found.layers) == 1
    assert {m.tensor.split(".")[-2] for m in found.layers[0].attention} == {"Wqkv", "out_proj"}

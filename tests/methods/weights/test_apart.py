"""Which stacks may be a body: by shape first, by names where shapes do not say."""

import math
from collections.abc import Mapping
from functools import lru_cache
from pathlib import Path
from tempfile import TemporaryDirectory

import towers
from filiation.methods.weights.apart import body_alone, body_stacks, parts_beside, tower_of
from filiation.methods.weights.reordered import living_rows, what_pairs_up
from filiation.methods.weights.unit_order import UnitOrder
from filiation.model.finding import Finding
from filiation.model.sketch import Sketch

BODY = "language_model.model.layers"
TOWER = "vision_tower.vision_model.encoder.layers"


def test_a_tower_as_wide_as_the_body_or_wider_is_not_the_body() -> None:
    """Before, the larger of two stacks as wide as the table was the body, whatever its name."""
    assert body_stacks(_sketch(width=96, layers=9)) == {BODY}
    assert body_stacks(_sketch(width=64, layers=2)) == {BODY}


def test_a_name_does_not_make_the_larger_of_two_a_tower() -> None:
    """Whoever calls his own body a tower, and a public one his body, is believed in neither."""
    assert body_stacks(_sketch(width=64, layers=20)) == {BODY, TOWER}
    renamed = _sketch(width=96, layers=2, at="vision_tower.model.")
    assert body_stacks(renamed) == {"vision_tower.model.layers"}


def test_parts_are_told_apart_and_share_no_tensor() -> None:
    sketch = _sketch(width=96, layers=2)
    alone, parts = body_alone(sketch), parts_beside(sketch)
    assert [(part.kind, part.stack) for part in parts] == [
        ("vision", TOWER),
        ("projector", "multi_modal_projector"),
    ]
    names = [info.name for one in (alone, *(p.sketch for p in parts)) for info in one.tensors]
    assert sorted(names) == sorted(info.name for info in sketch.tensors)
    assert len(alone.tensors) == len(alone.tensor_digests)
    assert [len(p.sketch.layers) for p in parts] == [2, 1]
    assert [d.layer for d in parts[0].sketch.deep] == [0, 1]
    assert not parts[0].sketch.tables and alone.tables and alone.axes
    assert body_alone(alone) is alone


def test_a_tower_of_which_no_layer_is_read_is_a_part_all_the_same() -> None:
    with TemporaryDirectory() as folder:
        linear = {"multi_modal_projector.linear.weight": towers.projector(1)[
            f"{towers.PROJECTOR}linear_1.weight"]}  # fmt: skip
        sketch = towers.sketched(Path(folder) / "m", towers.body(1) | linear)
        (part,) = parts_beside(sketch)
    assert (part.kind, part.stack, list(part.sketch.layers)) == (
        "projector", "multi_modal_projector", [],
    )  # fmt: skip
    assert len(body_alone(sketch).tensors) == len(sketch.tensors) - 1


def test_a_stack_is_called_by_the_longest_name() -> None:
    sketch = _sketch(width=96, layers=2)
    assert tower_of(sketch, TOWER) == "vision"
    assert tower_of(sketch, "vision_towers.layers") == "beside"


def test_a_decoy_of_more_layers_and_another_width_does_not_blind_the_rotation() -> None:
    """Before, only the width of most layers was turned, which was the decoy's."""
    decoy = _layers(towers.body(31, width=48, layers=9, at="model.visual."))
    for n in range(5):  # and of small ones in many widths, as many layers each
        decoy |= _layers(towers.body(n, width=17 + n, units=16, layers=5, at=f"d{n}."))
    body = towers.body(1)
    with TemporaryDirectory() as folder:
        source = towers.sketched(Path(folder) / "source", body)
        subject = towers.sketched(Path(folder) / "subject", towers.turned(body, 7) | decoy)
        found = UnitOrder(frame="signature").compare(source, subject, seed=0)
    assert isinstance(found, Finding) and found.log_p < math.log(1e-9)


def test_units_in_another_order_are_seen_beside_a_strangers_tower() -> None:
    """Before, one layer of another width was enough to silence the reservation."""
    body, other = towers.body(1), towers.body(11)
    mlp = {name: x for name, x in towers.permuted(body, 7).items() if "mlp" in name}
    with TemporaryDirectory() as folder:
        source = towers.sketched(Path(folder) / "source", body)
        subject = towers.sketched(Path(folder) / "subject", other | mlp | towers.tower(2))
        ours, theirs = living_rows(source, subject, ("native",), "mlp")
        assert (len(ours), len(theirs)) == (4, 4)
        assert "mlp" in what_pairs_up(source, subject, seed=0)


def test_two_decoys_that_lack_a_matrix_do_not_silence_the_reservation() -> None:
    """Before, only the matrices that every layer had were looked at: of these two, one."""
    body, other = towers.body(1), towers.body(11)
    mlp = {name: x for name, x in towers.permuted(body, 7).items() if "mlp" in name}
    decoys = {
        name: x
        for name, x in towers.body(31, units=16, layers=2, at="other.").items()
        if "mlp" in name and not name.endswith(("0.mlp.up_proj.weight", "1.mlp.down_proj.weight"))
    }
    with TemporaryDirectory() as folder:
        source = towers.sketched(Path(folder) / "source", body)
        subject = towers.sketched(Path(folder) / "subject", other | mlp | decoys)
        assert len(subject.layers) == 6
        assert "mlp" in what_pairs_up(source, subject, seed=0)
        assert living_rows(source, subject, ("native",), "mlp")[1]


def _layers(tensors: Mapping[str, towers.Array]) -> dict[str, towers.Array]:
    return {name: x for name, x in tensors.items() if "layers" in name}


@lru_cache
def _sketch(*, width: int, layers: int, at: str = towers.LLAVA) -> Sketch:
    front = towers.tower(2, width=width, layers=layers)
    tensors: Mapping[str, towers.Array] = towers.body(1, at=at) | front | towers.projector(3)
    with TemporaryDirectory() as folder:
        return towers.sketched(Path(folder) / "m", tensors)

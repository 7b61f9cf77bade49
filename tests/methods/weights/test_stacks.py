"""Which layers are a model's own."""

from dataclasses import replace

import numpy as np
import pytest

import toys
from filiation.methods.weights.stacks import body_of, stack_of, stands_in
from filiation.model.layout import TensorInfo
from filiation.model.sketch import LayerSketch, Sketch, UnitRows


@pytest.mark.parametrize(
    ("name", "stack"),
    [
        ("vision_tower.layers.3.mlp", "vision_tower.layers"),
        ("parts.0.model.layers.3.mlp", "parts.0.model.layers"),
        ("parts.1.vision.blocks.0.mlp", "parts.1.vision.blocks"),
        ("encoder.block.0.layer.1", "encoder.block"),
        ("layers.1.blocks.3.mlp", "layers"),
        ("model.layers.1.mlp.experts.3", "model.layers"),
        ("parts.0.stage.3.ffn", "parts.0.stage"),
        ("net.3.experts.7", "net"),
        ("stage.3 (48 units)", "stage"),
        ("tower.layer3.mlp", "tower.layer"),
        ("3.mlp", ""),
        ("mlp", None),
    ],
)
def test_a_stack_ends_before_its_layers_number(name: str, stack: str | None) -> None:
    assert stack_of(name, layer=True) == stack


def test_a_tensors_later_numbers_are_its_modules() -> None:
    assert stack_of("net.3.fc.1.weight") == "net"
    assert stack_of("parts.0.h.3.fc.1.weight") == "parts.0.h"
    assert stands_in("parts.0.stage.3.fc.1.weight", "parts.0.stage")
    assert not stands_in("parts.10.stage.3.weight", "parts.1")


def test_a_larger_tower_is_not_the_body() -> None:
    """It is as wide as no row of the embedding table, though it has as many units."""
    width = toys.sketch(toys.born(1)).anchor_rows.shape[1]
    sketch = _two(width, tower=(width // 2, 900))
    assert body_of(sketch) == "parts.0.net"
    assert body_of(sketch, sketch.tensors) == "parts.0.net"
    units_as_wide = _two(width, tower=(900, width))
    assert body_of(units_as_wide, units_as_wide.tensors) == "parts.0.net"


def test_without_a_width_the_largest_is_the_body() -> None:
    sketch = _two(48, tower=(24, 900))
    bare = replace(sketch, anchor_rows=np.zeros((0, 0), np.int8), tables={})
    assert body_of(bare) == body_of(bare, bare.tensors) == "parts.1.net"


def _two(width: int, *, tower: tuple[int, int]) -> Sketch:
    """A body of the table's width beside a tower of another width and other units."""
    shapes = {"parts.0.net": (width, 64), "parts.1.net": tower}
    layers, tensors = [], []
    for stack, (wide, units) in shapes.items():
        for n in range(2):
            rows = UnitRows(width=wide, norms=np.ones(units, np.float32), directions={})
            layers.append(
                LayerSketch(label=f"{stack}.{n}.mlp", units=units, roles={"mlp.up": rows})
            )
            for name, shape in {"q": (wide, wide), "o": (wide, wide), "up": (units, wide)}.items():
                tensors.append(
                    TensorInfo(
                        name=f"{stack}.{n}.{name}",
                        dtype="F32",
                        shape=shape,
                        nbytes=units * wide * 4,
                    )
                )
    return replace(toys.sketch(toys.born(1)), layers=layers, tensors=tensors)

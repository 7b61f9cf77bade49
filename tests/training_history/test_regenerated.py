"""Initial states drawn again, against what torch, JAX and numpy drew."""

import hashlib
import json
import math
import time
import tracemalloc
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from filiation.errors import CaseError, UnreadableError
from filiation.examining.trainings.claims import claim_start
from filiation.examining.trainings.regenerated import MOST_DRAWN, regenerated
from filiation.model.layout import TensorInfo
from filiation.model.sketch import Sketch
from filiation.model.start import StartRecipe
from filiation.numerics.draws.counters import (
    jax_bits,
    jax_fold,
    jax_key,
    jax_split,
    jax_uniform,
    philox,
)
from filiation.numerics.draws.streams import NumpyStream, TorchStream
from filiation.readers.trainings.recipe import read_recipe
from size.shape import Shape, Weights
from size.view import sketched
from trainings.started import torch_start, torch_told

GOLDENS: Mapping[str, Any] = json.loads(
    (Path(__file__).parent / "goldens.json").read_text(encoding="utf-8")
)


# As large as its recipe must be short.
SHAPE = Shape(width=64, hidden=128, vocabulary=512)


def digest(x: np.ndarray[Any, Any]) -> str:
    return hashlib.sha256(np.ascontiguousarray(x, dtype="<f4").tobytes()).hexdigest()


def test_torch_draws_to_the_bit() -> None:
    """As torch drew, one draw after another: whole blocks, tails, and few values in pairs."""
    told = GOLDENS["torch"]
    stream = TorchStream(told["seed"])
    for law, size, one, other, expected in told["draws"]:
        draw = stream.normal if law == "normal" else stream.uniform
        made = np.concatenate(list(draw(size, one, other)))
        assert (len(made), digest(made)) == (size, expected), (law, size)


@pytest.mark.parametrize("older", [False, True])
def test_jax_keys_and_uniform_draws_to_the_bit(older: bool) -> None:
    told = GOLDENS["jax"]["older" if older else "newer"]
    split = jax_split(jax_key(GOLDENS["jax"]["seed"]), 5, 3, older=older)
    folded = jax_fold(split, 77)
    assert [list(split), list(folded)] == [told["split"], told["folded"]]
    for size, expected in told["uniform"]:
        words = jax_bits(folded, 0, size, size, older=older)
        assert digest(jax_uniform(words, -0.1, 0.37)) == expected


def test_philox_gives_the_vectors_of_its_authors() -> None:
    """Random123, kat_vectors: philox4x32 with ten rounds, all three of them."""
    ones = 0xFFFFFFFF
    words = philox((ones, ones), np.full(4, ones, np.uint32))
    assert [int(x) for x in words] == [0x408F276D, 0x41C83B0E, 0xA20BC7C6, 0x6D5451FD]
    words = philox((0, 0), np.zeros(4, np.uint32))
    assert [int(x) for x in words] == [0x6627E8D5, 0xE169C58D, 0xBC57AC4C, 0x9B00DBD8]
    counter = np.array([0x243F6A88, 0x85A308D3, 0x13198A2E, 0x03707344], np.uint32)
    words = philox((0xA4093822, 0x299F31D0), counter)
    assert [int(x) for x in words] == [0xD16CFE09, 0x94FDCCEB, 0x5001E420, 0x24126EA1]


@pytest.mark.parametrize("older", [False, True])
def test_numpy_draws_as_one_call(older: bool) -> None:
    size = (1 << 20) + 11
    of: Any = np.random.RandomState(5) if older else np.random.default_rng(5)
    made = np.concatenate(list(NumpyStream(5, older=older).normal(size, 0.1, 0.02)))
    assert np.array_equal(made, of.normal(0.1, 0.02, size).astype(np.float32))


def told(tmp_path: Path, said: Mapping[str, Any]) -> StartRecipe:
    path = tmp_path / "start.json"
    path.write_text(json.dumps(said))
    return read_recipe(path)


def test_a_model_of_transformers_is_drawn_again_by_its_recipe(tmp_path: Path) -> None:
    """What the recorder wrote beside it: draws that are overwritten moved the generator on."""
    recipe = told(tmp_path, GOLDENS["torch"]["model"])
    assert any(not draw.tensor for draw in recipe.draws) or len(recipe.draws) > len(
        GOLDENS["torch"]["tensors"]
    )
    stream, found = TorchStream(recipe.seed), {}
    for draw in recipe.draws:
        if draw.law == "constant":
            made = [np.full(draw.size, draw.value, np.float32)]
        elif draw.law == "normal":
            made = list(stream.normal(draw.size, draw.mean, draw.spread))
        else:
            made = list(stream.uniform(draw.size, draw.low, draw.high))
        found[draw.tensor] = digest(np.concatenate(made))
    found.pop("", None)
    assert found == GOLDENS["torch"]["tensors"]


def start(change: Mapping[str, Any] | None = None, seed: int = 3) -> Weights:
    return torch_start(SHAPE, seed) | dict(change or {})


def test_a_start_that_is_drawn_again_holds(tmp_path: Path) -> None:
    found = claim_start(
        sketched("start", start(), SHAPE), told(tmp_path, torch_told(SHAPE, 3)), seed=0
    )
    assert (found.outcome, found.why) == ("holds", "regenerated")


def test_one_value_of_another_is_no_such_start(tmp_path: Path) -> None:
    """Whoever hides something in places that a sketch does not keep is found by the digest."""
    other = start()
    other["lm_head.weight"][7, 7] += np.float32(1e-7)
    found = claim_start(
        sketched("start", other, SHAPE), told(tmp_path, torch_told(SHAPE, 3)), seed=0
    )
    assert (found.outcome, found.why, found.said) == ("open", "not-regenerated", "lm_head.weight")


def test_what_the_recipe_leaves_out_is_not_drawn_again(tmp_path: Path) -> None:
    said = torch_told(SHAPE, 3)
    said["draw"] = [row for row in said["draw"] if row["tensor"] != "lm_head.weight"]
    found = regenerated(sketched("start", start(), SHAPE), told(tmp_path, said))
    assert not found.whole and found.missing == "lm_head.weight"


def test_a_recipe_that_could_carry_weights_is_none(tmp_path: Path) -> None:
    """Rows of draws that are gone would be bits of somebody's choice, if there were enough."""
    said = torch_told(SHAPE, 3)
    said["draw"] += [{"shape": [1], "law": "constant", "value": 0.1}] * 200  # 9 kB of choices
    found = claim_start(sketched("start", start(), SHAPE), told(tmp_path, said), seed=0)
    assert (found.outcome, found.why) == ("open", "recipe-long")


@pytest.mark.parametrize(
    ("change", "match"),
    [
        ({"seed": -1}, "found -1, expected 0 or more"),
        ({"seed": 1 << 64}, "or less"),
        ({"framework": "lottery"}, "found 'lottery', expected text of the form"),
        ({"draw": []}, "found a list of 0, expected at least 1"),
        ({"draw": [{"shape": [0], "law": "normal"}]}, "found 0, expected 1 or more"),
        ({"draw": [{"shape": [1 << 41], "law": "normal"}]}, "or less"),
        ({"draw": [{"shape": [4], "law": "normal", "spread": -1}]}, "found -1, expected 0 or more"),
        ({"draw": [{"shape": [4], "law": "uniform", "low": 2, "high": 1}]}, "at most high"),
        ({"draw": [{"shape": [4], "law": "uniform", "path": [[2, 2]]}]}, "i below n"),
        ({"draw": [{"shape": [4], "law": "whatever"}]}, "found 'whatever', expected '"),
        ({"more": 1}, "more: found, expected no such name"),
        ({"seed": True}, "seed: found True, expected a whole number"),
        ({"seed": "7"}, "seed: found '7', expected a whole number"),
        ({"threads": 0.5}, "threads: found 0.5, expected a whole number"),
        ({"draw": [{"shape": ["4"], "law": "normal"}]}, "found '4', expected a whole number"),
        ({"draw": [{"shape": [True], "law": "normal"}]}, "found True, expected a whole number"),
        ({"draw": [{"shape": [[4]], "law": "normal"}]}, "a list of 1, expected a whole number"),
        ({"draw": [{"shape": [4] * 9, "law": "normal"}]}, "a list of 9, expected at most 8"),
        ({"draw": [{"shape": [4], "law": "normal", "mean": "0"}]}, "found '0', expected a number"),
        ({"draw": [{"shape": [4], "law": "normal", "mean": 1e31}]}, "or less"),
        ({"draw": [{"shape": [4], "law": "normal"}] * 20_001}, "expected at most 20000"),
    ],
)
def test_hostile_recipes_are_refused(tmp_path: Path, change: dict[str, Any], match: str) -> None:
    with pytest.raises(UnreadableError, match=match):
        told(tmp_path, torch_told(SHAPE, 3) | change)


@pytest.mark.parametrize(
    ("change", "match"),
    [
        ({"generator": "pcg64"}, "generator pcg64 of torch"),
        ({"draw": [{"shape": [4], "law": "xavier-normal"}]}, "two or more"),
        ({"draw": [{"shape": [4], "law": "orthogonal"}]}, "two or more"),
        ({"draw": [{"shape": [4], "law": "trunc-normal", "spread": 0}]}, "spread above 0"),
        (
            {
                "framework": "jax",
                "generator": "threefry-older",
                "draw": [{"shape": [4], "law": "uniform", "path": [[(1 << 32) - 1, 0]]}],
            },
            "all that it has",
        ),
        (
            {"draw": [{"shape": [1 << 40], "law": "normal"}]},
            "at most 32,768 values, as the",
        ),
        ({"draw": [{"shape": [512, 64], "law": "normal"}] * 20}, "at most 4 times"),
        ({"draw": [{"tensor": "other", "shape": [4], "law": "normal"}]}, "has not"),
        ({"draw": [{"tensor": "lm_head.weight", "shape": [4], "law": "normal"}]}, "of shape"),
        (
            {"framework": "numpy", "generator": "randomstate", "seed": 1 << 33},
            "expected below 2",
        ),
        (
            {"framework": "jax", "generator": "threefry"},
            "of jax only laws that are drawn here",
        ),
    ],
)
def test_recipes_that_cannot_be(tmp_path: Path, change: dict[str, Any], match: str) -> None:
    with pytest.raises(CaseError, match=match):
        regenerated(sketched("s", start(), SHAPE), told(tmp_path, torch_told(SHAPE, 3) | change))


def giant(told_of: Mapping[str, tuple[int, ...]]) -> Sketch:
    """A sketch that says of its tensors what no file of a party can hold."""
    tensors = [
        TensorInfo(name=name, dtype="F32", shape=shape, nbytes=4 * math.prod(shape))
        for name, shape in told_of.items()
    ]
    digests = ["00" * 32] * len(tensors)
    return replace(sketched("s", start(), SHAPE), tensors=tensors, tensor_digests=digests)


@pytest.mark.parametrize(
    ("law", "shape", "often"),
    [
        ("normal", (1 << 30, 1 << 20), 1),
        ("constant", (1 << 30, 1 << 20), 1),
        ("normal", (1 << 34,), 1),  # and one that is gone
        ("orthogonal", (1 << 14, 1 << 15), 0),  # few values, and hours of a processor
    ],
)
def test_a_recipe_as_large_as_a_sketch_says_is_not_drawn(
    law: str, shape: tuple[int, ...], often: int, tmp_path: Path
) -> None:
    """A sketch may say that its model has any size: a recipe of that size drew for days."""
    row = {"shape": list(shape), "law": law}
    said = {"framework": "torch", "generator": "mt19937", "seed": 1,
            "draw": [row] * often + [row | {"tensor": "x"}]}  # fmt: skip
    began = time.process_time()
    found = claim_start(giant({"x": shape}), told(tmp_path, said), seed=0)
    assert (found.outcome, found.why) == ("open", "recipe-large")
    ((name, drawn, _, most),) = found.figures
    assert name == "drawn" and drawn > most == MOST_DRAWN
    assert time.process_time() - began < 5.0
    with pytest.raises(CaseError, match=r"values, expected at most 17,179,869,184"):
        regenerated(giant({"x": shape}), told(tmp_path, said))


def test_weights_are_as_long_as_their_shapes_say(tmp_path: Path) -> None:
    """A sketch that says more bytes than its shapes hold made a long recipe short."""
    said = torch_told(SHAPE, 3)
    said["draw"] += [{"shape": [1], "law": "constant", "value": 0.1}] * 200
    sketch = sketched("start", start(), SHAPE)
    longer = [replace(one, nbytes=1 << 40) for one in sketch.tensors]
    found = claim_start(replace(sketch, tensors=longer), told(tmp_path, said), seed=0)
    assert found.why == "recipe-long"


def test_every_length_that_a_path_may_have_is_soon_drawn(tmp_path: Path) -> None:
    """As many splits as a megabyte holds: a minute or two of a processor, and no memory."""
    row = {"tensor": "lm_head.weight", "shape": [512, 64], "law": "uniform", "path": [[3]] * 64}
    said = {"framework": "jax", "generator": "threefry", "seed": 1, "draw": [row]}
    began = time.process_time()
    regenerated(sketched("s", start(), SHAPE), told(tmp_path, said))
    assert (time.process_time() - began) * (1 << 20) / len(json.dumps(row)) < 240.0


def test_a_split_into_billions_takes_no_memory() -> None:
    """It once made all keys to take one of them: 32 GiB, by a line of a recipe."""
    tracemalloc.start()
    jax_split(jax_key(3), (1 << 31) - 1, 5, older=True)
    jax_bits(jax_key(3), 0, 8, (1 << 32) - 1, older=True)
    assert tracemalloc.get_traced_memory()[1] < 1 << 20
    tracemalloc.stop()


@pytest.mark.parametrize("size", [1, 2, 7, 10])
def test_the_older_words_are_the_same_in_parts(size: int) -> None:
    key = jax_key(9)
    whole = jax_bits(key, 0, size, size, older=True)
    parts = [jax_bits(key, n, n + 1, size, older=True) for n in range(size)]
    assert whole.tolist() == np.concatenate(parts).tolist()


def test_too_long_a_recipe_is_not_read(tmp_path: Path) -> None:
    path = tmp_path / "start.toml"
    path.write_text("#" * ((1 << 20) + 1))
    with pytest.raises(UnreadableError, match="more than 1048576 bytes"):
        read_recipe(path)


def test_half_precision_is_rounded_as_frameworks_do(tmp_path: Path) -> None:
    from filiation.examining.trainings.regenerated import _stored

    x = np.array([1.0, 1.00390625, 1.01171875, -3.1415927, 1e-40], dtype=np.float32)
    bits = np.frombuffer(_stored(x, "BF16"), dtype="<u2")
    assert [hex(b) for b in bits] == ["0x3f80", "0x3f80", "0x3f82", "0xc049", "0x1"]
    assert _stored(x, "F16") == x.astype("<f2").tobytes()

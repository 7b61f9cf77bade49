"""Is a shared stream of random numbers told from descent, and left alone between strangers?"""

import itertools
from dataclasses import replace

import numpy as np
import pytest

import toys
from filiation.examining.weights.shared_stream import beyond_seed, default_seed, shared_stream
from filiation.model.sketch import Sketch
from filiation.numerics.mersenne import drawn_for, normals_at, uniforms
from toys import Toy

SIZES = {"gate": (96, 40), "up": (96, 40), "down": (40, 96)}


def from_stream(drawn: np.ndarray, shift: int, seed: int, drift: float = 0.7) -> Toy:
    """Gate, up and down of three layers from one stream, `shift` numbers later, and trained."""
    toy, rng, at = toys.born(seed, units=96), np.random.default_rng(seed), shift
    arrays = dict(toy.arrays)
    for n in range(3):
        for role, size in SIZES.items():
            start = drawn[at : at + 96 * 40].reshape(size)
            at += 96 * 40
            noise = drift * rng.normal(size=size)
            arrays[f"layers.{n}.{role}"] = (start + noise).astype(np.float32)
    return toys.changed(toy, toy.name, arrays)


@pytest.mark.parametrize(("shift", "words"), [(120, "by 3 rows"), (33, "by 33 numbers")])
def test_a_shifted_stream_is_seen_at_its_offset(shift: int, words: str) -> None:
    drawn = np.random.default_rng(42).normal(size=40_000)
    one, two = (toys.sketch(from_stream(drawn, by, 1 + n)) for n, by in enumerate((shift, 0)))
    assert words.replace("by ", "by -") in str(shared_stream(one, two))
    assert words in str(shared_stream(two, one))


def test_units_moved_by_a_copier_are_no_shifted_stream() -> None:
    """He has to move what writes along with what reads.

    Mutation tried: where that is not looked at, this is seen as a shift by 3 rows.
    """
    parent = toys.born(1, units=96)
    arrays = {
        n: np.roll(a, 3, axis=1 if n.endswith("down") else 0) if n.startswith("layers") else a
        for n, a in toys.tuned(parent, 2).arrays.items()
    }
    moved = toys.changed(parent, "moved", arrays)
    for other in (moved, toys.tuned(parent, 3), toys.permuted(parent, 4), toys.rotated(parent, 5)):
        assert shared_stream(toys.sketch(parent), toys.sketch(other)) is None


def test_strangers_share_no_stream() -> None:
    sketches = [toys.sketch(toys.born(seed, units=96)) for seed in range(1, 9)]
    for one, two in itertools.pairwise(sketches):
        assert shared_stream(one, two) is None
        assert default_seed(one) is None


def published(seed: int, training: int, *, trained: float, start: int = 0) -> Toy:
    """All matrices drawn in the order in which blocks are built, by torch's own generator."""
    toy, rng = toys.born(1, units=96), np.random.default_rng(training)
    names = ["embed", *(f"layers.{n}.{role}" for n in range(3) for role in SIZES), "unembed"]
    stream, arrays = uniforms(seed, 120_000), {}
    for name in names:
        size = toy.arrays[name].size
        values = normals_at(stream, start, np.arange(size), size).reshape(toy.arrays[name].shape)
        start += drawn_for(size)
        arrays[name] = (values + trained * rng.normal(size=values.shape)).astype(np.float32)
    return toys.changed(toy, f"toy-{seed}-{training}", arrays)


@pytest.mark.parametrize("seed", [0, 42, 1337])
def test_a_published_seed_is_recognised_though_trained_on(seed: int) -> None:
    assert default_seed(toys.sketch(published(seed, 1, trained=1.0))) == seed
    assert default_seed(toys.sketch(published(seed + 7, 1, trained=0.0))) is None


def test_two_trainings_from_one_published_seed_are_no_derivation_and_a_child_is() -> None:
    one, other = (published(42, training, trained=1.0) for training in (1, 2))
    child = toys.tuned(one, 3, drift=0.3)
    assert "seed 42, which anybody" in str(shared_stream(toys.sketch(one), toys.sketch(other)))
    assert shared_stream(toys.sketch(one), toys.sketch(child)) is None
    assert beyond_seed(toys.sketch(one), toys.sketch(child)) > 0.8


@pytest.mark.parametrize(("trained", "stream"), [(0.0, True), (1.0, False)])
def test_equal_values_are_no_mere_seed_unless_nobody_trained_them(
    trained: float, stream: bool
) -> None:
    """A layer that both left as it was drawn is of the seed; one that was trained is of a model."""
    one, other = (published(42, training, trained=1.0) for training in (1, 2))
    held = {n: a for n, a in published(42, 3, trained=trained).arrays.items() if ".1." in n}
    ours, theirs = (toys.sketch(toys.changed(toy, toy.name, held)) for toy in (one, other))
    assert (shared_stream(ours, theirs) is not None) == stream


def as_gguf(sketch: Sketch) -> Sketch:
    """The same sketch with its tensors under the names of another container."""

    def named(tensor: str) -> str:
        ends = {"embed": "token_embd.weight", "unembed": "output.weight"}
        number, role = (*tensor.split(".")[1:], "", "")[:2]
        return ends.get(tensor, f"blk.{number}.ffn_{role}.weight")

    return replace(
        sketch,
        tensors=[replace(t, name=named(t.name)) for t in sketch.tensors],
        samples={named(name): values for name, values in sketch.samples.items()},
    )


def test_other_names_of_tensors_make_no_difference() -> None:
    """A converted copy of a model that began with a published seed is no mere stream."""
    one, other = (toys.sketch(published(42, training, trained=1.0)) for training in (1, 2))
    child = as_gguf(toys.sketch(toys.tuned(published(42, 1, trained=1.0), 3, drift=0.3)))
    assert default_seed(child) == 42
    for source, subject in ((one, child), (child, one)):
        assert shared_stream(source, subject) is None
        assert beyond_seed(source, subject) > 0.8
    assert "seed 42, which anybody" in str(shared_stream(one, as_gguf(other)))
    assert beyond_seed(one, as_gguf(other)) == beyond_seed(one, other)

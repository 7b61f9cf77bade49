"""Training with torch: needs the `casebook` extra and minutes."""

import numpy as np
import pytest

from casebook.checkpoint import decode, read_stored
from casebook.corpus import DOMAINS, read_corpus
from casebook.family import FAMILY
from casebook.schedule import Schedule
from casebook.shapes import Gpt2Shape, LlamaShape
from casebook.truth import read_truth

torch = pytest.importorskip("torch")
pytest.importorskip("tokenizers")
pytestmark = pytest.mark.validate

MICRO_LLAMA = LlamaShape(vocabulary=32, hidden=16, intermediate=32, layers=2)
MICRO_GPT2 = Gpt2Shape(vocabulary=32, hidden=16, intermediate=32, layers=2, positions=16)


@pytest.fixture
def rows():
    """A text with a law: each id is the one before plus one or two."""
    steps = np.random.default_rng(0).integers(1, 3, 20_000)
    return {"text": (np.cumsum(steps) % 32).astype(np.int32)}


def schedule(**changes):
    settings = {"steps": 120, "rate": 1e-2, "order_seed": 0, "window": 16, "warm_up": 5}
    return Schedule(mixture=(("text", 8),), **(settings | changes))


@pytest.mark.parametrize("shape", [MICRO_LLAMA, MICRO_GPT2], ids=["llama", "gpt2"])
def test_loss_falls_to_what_the_text_leaves_open(shape, rows):
    from casebook.architectures import initialise
    from casebook.training import held_out_loss, held_out_windows, train

    windows = held_out_windows(rows, ("text",), 16)
    start = initialise(shape, seed=1)
    assert held_out_loss(shape, start, windows) == pytest.approx(np.log(32), abs=0.3)
    trained = train(shape, start, rows, schedule())
    assert np.log(2) - 0.01 < held_out_loss(shape, trained, windows) < 1.0  # ln 2 is the floor


def test_training_repeats_and_depends_on_seed_and_order(rows):
    from casebook.architectures import initialise
    from casebook.training import train

    def weights(seed, order):
        run = schedule(steps=5, order_seed=order)
        trained = train(MICRO_LLAMA, initialise(MICRO_LLAMA, seed=seed), rows, run)
        return trained["lm_head.weight"].numpy()

    np.testing.assert_array_equal(weights(1, 0), weights(1, 0))
    assert not np.array_equal(weights(1, 0), weights(2, 0))
    assert not np.array_equal(weights(1, 0), weights(1, 1))


def test_student_learns_the_teachers_logits(rows):
    from casebook.architectures import initialise
    from casebook.training import Teacher, train

    teacher = Teacher(shape=MICRO_LLAMA, tensors=initialise(MICRO_LLAMA, seed=3))
    sharp = {name: value * 3 for name, value in teacher.tensors.items()}
    losses = []
    train(
        MICRO_LLAMA,
        initialise(MICRO_LLAMA, seed=1),
        rows,
        schedule(steps=300),
        teacher=Teacher(shape=MICRO_LLAMA, tensors=sharp),
        report=lambda _, loss: losses.append(loss),
    )
    assert 0 < losses[-1] < 0.5 * losses[0]


def test_logits_against_numpy(tiny, tiny_weights, numpy_logits):
    from casebook.architectures import logits

    tokens = np.array([3, 1, 4, 1, 5, 9, 2, 6, 39, 0])
    tensors = {name: torch.from_numpy(value) for name, value in tiny_weights.items()}
    found = logits(tiny, tensors, torch.from_numpy(tokens)[None])[0].numpy()
    np.testing.assert_allclose(found, numpy_logits(tiny, tiny_weights, tokens), atol=2e-4)


def test_published_loss_is_found_again(casebook):
    from casebook.making import to_torch
    from casebook.tokenizer import encode
    from casebook.training import held_out_loss, held_out_windows

    truth, corpus = read_truth(casebook / "truth.toml"), read_corpus()
    if corpus.digest != truth.corpus_digest:
        pytest.skip(f"this Python carries another text than {truth.python_version}'s")
    parent = truth.models["parent"]
    tokenizer = (casebook / "parent" / "tokenizer.json").read_text(encoding="utf-8")
    held_out = {domain: encode(tokenizer, corpus.held_out[domain]) for domain in DOMAINS}
    windows = held_out_windows(held_out, parent.loss_domains, FAMILY["parent"].window)
    weights = to_torch(decode(read_stored(casebook / "parent" / "model.safetensors")))
    loss = held_out_loss(FAMILY["parent"].shape, weights, windows)
    assert loss == pytest.approx(parent.loss, abs=1e-3)

"""What the other architectures compute, and what low rank and other rounding leave as it was."""

from dataclasses import replace

import numpy as np
import pytest

from casebook.operations import FoldGains, RotateResidual
from casebook.schedule import Adapter, Sampling, Schedule
from casebook.shapes import Gpt2Shape, LlamaShape, mlp_names
from casebook.surgery import Upcycle

torch = pytest.importorskip("torch")
pytestmark = pytest.mark.validate

TOKENS = np.array([3, 1, 4, 1, 5, 9, 2, 6, 39, 0])
MICRO = LlamaShape(vocabulary=32, hidden=16, intermediate=32, layers=2)
SCHEDULE = Schedule(mixture=(("text", 8),), steps=20, rate=1e-2, order_seed=0, window=16, warm_up=5)


@pytest.fixture
def rows():
    steps = np.random.default_rng(0).integers(1, 3, 20_000)
    return {"text": (np.cumsum(steps) % 32).astype(np.int32)}


def computed(shape, weights):
    from casebook.architectures import logits

    tensors = {name: torch.from_numpy(np.array(value)) for name, value in weights.items()}
    return logits(shape, tensors, torch.from_numpy(TOKENS)[None])[0].numpy()


def test_upcycled_computes_the_parents_logits(tiny, tiny_weights, numpy_logits):
    found = computed(replace(tiny, experts=4), Upcycle(experts=4, seed=4, spread=0.5)(tiny_weights))
    np.testing.assert_allclose(found, numpy_logits(tiny, tiny_weights, TOKENS), atol=2e-4)


def test_experts_are_weighted_by_the_softmax_of_the_two_best():
    """One token at a time, in numpy."""
    from casebook.architectures import mixture

    shape = replace(MICRO, layers=1, experts=4)
    generator = np.random.default_rng(1)
    experts = mlp_names(shape, 0)
    weights = {
        name: generator.standard_normal(shape.parameters()[name]).astype(np.float32)
        for expert in experts
        for name in (expert.gate, expert.up, expert.down)
    }
    y = generator.standard_normal((5, shape.hidden)).astype(np.float32)
    routing = generator.standard_normal((5, 4)).astype(np.float32)
    wanted = []
    for token, score in zip(y, routing, strict=True):
        chosen = np.argsort(-score)[:2]
        shares = np.exp(score[chosen]) / np.exp(score[chosen]).sum()
        out = np.zeros(shape.hidden)
        for share, number in zip(shares, chosen, strict=True):
            gate, up, down = (
                weights[name]
                for name in (experts[number].gate, experts[number].up, experts[number].down)
            )
            inner = gate @ token
            out += share * (down @ (inner / (1 + np.exp(-inner)) * (up @ token)))
        wanted.append(out)
    tensors = {name: torch.from_numpy(value) for name, value in weights.items()}
    found = mixture(tensors, experts, torch.from_numpy(y)[None], torch.from_numpy(routing)[None])
    np.testing.assert_allclose(found[0].numpy(), wanted, rtol=1e-3, atol=1e-3)


def test_tied_output_is_the_embedding(tiny, tiny_weights, numpy_logits):
    tied = {name: value for name, value in tiny_weights.items() if name != "lm_head.weight"}
    untied = tied | {"lm_head.weight": tied["model.embed_tokens.weight"]}
    wanted = numpy_logits(tiny, untied, TOKENS)
    np.testing.assert_allclose(computed(replace(tiny, tied=True), tied), wanted, atol=2e-4)


def test_biases_are_added_and_survive_a_rotation(tiny, tiny_weights, numpy_logits):
    shape = replace(tiny, query_biases=True)
    generator = np.random.default_rng(0)
    sizes = {n: s for n, s in shape.parameters().items() if n.endswith(".bias")}
    silent = tiny_weights | {n: np.zeros(s, np.float32) for n, s in sizes.items()}
    plain = numpy_logits(tiny, tiny_weights, TOKENS)
    np.testing.assert_allclose(computed(shape, silent), plain, atol=2e-4)
    biased = silent | {n: generator.standard_normal(s).astype(np.float32) for n, s in sizes.items()}
    found = computed(shape, biased)
    assert np.abs(found - plain).max() > 0.1
    turned = RotateResidual(seed=3)(FoldGains()(biased))
    np.testing.assert_allclose(computed(shape, turned), found, atol=2e-4)


@pytest.mark.parametrize(
    "shape",
    [
        MICRO,
        replace(MICRO, tied=True),
        replace(MICRO, query_biases=True),
        replace(MICRO, experts=4),
        Gpt2Shape(vocabulary=32, hidden=16, intermediate=32, layers=2, positions=16),
    ],
    ids=["llama", "tied", "qwen2", "mixtral", "gpt2"],
)
def test_adapter_moves_projections_by_its_rank_and_nothing_else(shape, rows):
    from casebook.architectures import initialise
    from casebook.training import ADAPTED, train

    start = initialise(shape, seed=1)
    found = train(shape, start, rows, SCHEDULE, adapter=Adapter(rank=3, seed=2))
    assert found.keys() == start.keys()
    for name, value in start.items():
        moved = (found[name] - value).numpy()
        if name.endswith(ADAPTED):
            values = np.linalg.svd(moved, compute_uv=False)
            assert values[2] > 1e-5
            assert values[3] < 1e-4 * values[0]
        else:
            assert not moved.any()


def test_gradient_in_parts_is_the_same_sum(rows):
    from casebook.architectures import initialise
    from casebook.training import train

    start = initialise(MICRO, seed=1)
    whole = train(MICRO, start, rows, replace(SCHEDULE, steps=3))
    parts = train(MICRO, start, rows, replace(SCHEDULE, steps=3, parts=2))
    apart = max(float((whole[name] - parts[name]).abs().max()) for name in whole)
    moved = max(float((whole[name] - start[name]).abs().max()) for name in whole)
    assert 0 < apart < 0.01 * moved


def test_drawn_text_begins_with_the_corpus_and_follows_the_teachers_law(rows):
    from casebook.architectures import initialise
    from casebook.sampling import draw_texts
    from casebook.training import Teacher, train

    run = replace(SCHEDULE, steps=150)
    tensors = train(MICRO, initialise(MICRO, seed=1), rows, run)
    teacher = Teacher(shape=MICRO, tensors=tensors)
    sampling = Sampling(texts=40, seed=5, prompt=4)
    drawn = draw_texts(teacher, rows, ("text",), sampling, 16)
    np.testing.assert_array_equal(drawn, draw_texts(teacher, rows, ("text",), sampling, 16))
    texts = drawn.reshape(40, 16)
    steps = np.diff(texts, axis=1) % 32
    assert np.isin(steps[:, :3], (1, 2)).all()  # the prompt is of the corpus
    assert np.isin(steps[:, 3:], (1, 2)).mean() > 0.9  # 2 in 32 by chance
    untaught = Teacher(shape=MICRO, tensors=initialise(MICRO, seed=1))
    wild = np.diff(draw_texts(untaught, rows, ("text",), sampling, 16).reshape(40, 16), axis=1) % 32
    assert np.isin(wild[:, 3:], (1, 2)).mean() < 0.2

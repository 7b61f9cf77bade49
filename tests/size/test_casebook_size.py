"""Real models, independently trained: does the assumption hold that toys take for granted?

Same architecture, same data, same order of the data, other seeds: the pairs on which similarity
scores accuse the innocent. Every layer of one against every layer of the other.
"""

import itertools
import math
import tempfile
import tomllib
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from scipy.stats import binomtest, kstest

import builders
from command import CASEBOOK
from filiation.methods.weights.tied_heads import WIDER, _ties, _wider
from filiation.methods.weights.unit_order import UnitOrder
from filiation.methods.weights.unit_trace import UnitTrace
from filiation.methods.weights.written import DIAGONALS, SHIFT, _shift, _written
from filiation.model.finding import Finding
from filiation.model.sketch import ALIGNED, Frame, Sketch
from filiation.readers.bytes.safetensors import open_file
from filiation.readers.weights.checkpoint import open_model
from filiation.sketching.sketch import take_sketch
from filiation.sketching.sketch_file import read_sketch

FRAMES: tuple[Frame, ...] = ("native", "token")
TRUTH = tomllib.loads((CASEBOOK / "truth.toml").read_text())["model"]
INDEPENDENT = [
    m["name"]
    for m in TRUTH
    if not m["weights_shared"] and m["architecture"] == "llama" and m["name"] != "other-width"
]


def sketch(model: Path) -> Sketch:
    with tempfile.TemporaryDirectory() as folder:
        take_sketch(open_model(model), Path(folder) / "s.sketch", workers=1)
        return replace(read_sketch(Path(folder) / "s.sketch"), name=model.name)


@pytest.fixture(scope="module")
def independent() -> Mapping[str, Sketch]:
    return {name: sketch(CASEBOOK / name) for name in INDEPENDENT}


def alone(taken: Sketch, place: int) -> Sketch:
    """One layer of a sketch, with its deep part."""
    deep = [replace(part, layer=0) for part in taken.deep if part.layer == place]
    return replace(taken, layers=[taken.layers[place]], deep=deep)


def layer_log_ps(method: UnitTrace | UnitOrder, one: Sketch, two: Sketch) -> list[float]:
    """Each layer of one against each of two, alone, so that nothing is multiplied."""
    found = []
    for a, b in itertools.product(range(len(one.layers)), range(len(two.layers))):
        out = method.compare(alone(one, a), alone(two, b), seed=1)
        assert isinstance(out, Finding)
        found.append(out.log_p)
    return found


@pytest.mark.parametrize("frame", (*FRAMES, *ALIGNED))
def test_trace_p_is_uniform_over_pairs_and_layers(
    independent: Mapping[str, Sketch], frame: Frame
) -> None:
    """A correct method on exchangeable units fails here about once in a million."""
    method = UnitTrace(frame=frame, draws=999)
    log_ps = [
        log_p
        for one, two in itertools.combinations(independent.values(), 2)
        for log_p in layer_log_ps(method, one, two)
    ]

    assert len(log_ps) >= 16 * 6
    assert kstest(np.exp(log_ps), "uniform").pvalue > 1e-6


@pytest.mark.parametrize("frame", (*FRAMES, *ALIGNED))
def test_order_p_is_never_too_small(independent: Mapping[str, Sketch], frame: Frame) -> None:
    log_ps = np.array(
        [
            log_p
            for one, two in itertools.combinations(independent.values(), 2)
            for log_p in layer_log_ps(UnitOrder(frame=frame), one, two)
        ]
    )

    for alpha in (0.01, 0.05, 0.3):
        hits = int(np.count_nonzero(log_ps <= math.log(alpha)))
        assert binomtest(hits, log_ps.size, alpha, alternative="greater").pvalue > 1e-6


def test_neither_strangers_nor_copies_come_near_to_what_silences_the_trace(
    independent: Mapping[str, Sketch],
) -> None:
    """Each of the casebook beside each, and beside itself, whose likenesses are the same."""
    for one, two in itertools.combinations_with_replacement(independent.values(), 2):
        ours, theirs = _ties(one), _ties(two)
        assert max(_wider(ours[form], theirs[form]) for form in ours) < WIDER / 4
        for what in ("mlp", "attention"):
            sides = _written(one, what), _written(two, what)
            assert max(_shift(*sides, formula) for formula in range(DIAGONALS)) < SHIFT / 4


@pytest.mark.parametrize("trap", ["dead-units", "padded-vocabulary", "tied-embeddings"])
def test_planted_traps_do_not_accuse(tmp_path: Path, trap: str) -> None:
    """The same units dead, the same rows padded, or embeddings tied, in two strangers."""
    one, two = (
        sketch(altered(CASEBOOK / name, tmp_path / name, trap)) for name in ("parent", "stranger-2")
    )
    for frame in FRAMES:
        for method in (UnitTrace(frame=frame, draws=999), UnitOrder(frame=frame)):
            out = method.compare(one, two, seed=1)
            assert isinstance(out, Finding)
            assert out.log_p > math.log(1e-3)
            if trap == "dead-units":
                assert {layer.dropped for layer in out.layers} == {50}


def altered(model: Path, target: Path, trap: str) -> Path:
    file = open_file(model / "model.safetensors")
    stored = {}
    for entry in file.entries:
        raw = file.view(entry.start, entry.start + entry.info.nbytes)
        array = np.frombuffer(raw, dtype="<u2").reshape(entry.info.shape).copy()
        name = entry.info.name
        if trap == "dead-units" and "mlp.down" in name:
            array[:, 30:80] = 0
        elif trap == "dead-units" and "mlp." in name:
            array[30:80] = 0
        elif trap == "padded-vocabulary" and name in (
            "model.embed_tokens.weight",
            "lm_head.weight",
        ):
            array[500:] = 0
        elif trap == "tied-embeddings" and name == "lm_head.weight":
            continue
        stored[name] = (entry.info.dtype, array)
    builders.write_folder(target, stored)
    (target / "tokenizer.json").write_bytes((model / "tokenizer.json").read_bytes())
    return target

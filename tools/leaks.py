"""What can be reckoned back from what a blind comparison shows? Attacks, and how far they come.

Sketches: least squares on the directions of units, with the seed alone (native frame), and with
public embeddings (token and table frames, too), on random rows and on a real small model. Sets:
guesses from a dictionary, by the other side and by the tribunal. Prints one line for each.
"""

import hashlib
import sys
import tempfile
from math import exp
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from filiation.model.sketch import SketchMethod
from filiation.numerics.frames.directions import quantise
from filiation.proceedings.blind.bounds import answers_error
from filiation.readers.weights.exhibited import open_exhibited
from filiation.sealed.blind.guessing import guessed
from filiation.sealed.blind.noise import Bits, laplace
from filiation.sealed.blind.points import point_of, raised
from filiation.sketching.deep import deep_layers
from filiation.sketching.leak import leak_of, least_error
from filiation.sketching.projection import Onto
from filiation.sketching.sketch import planned, take_sketch
from filiation.sketching.sketch_file import read_sketch
from leaking import by_guessing, freedom, in_log, on_answers, on_signature, on_strings, sketch_of

Array = NDArray[np.float32]


def reckoned(onto: Array, kept: NDArray[np.int8], norms: Array) -> Array:
    """Rows by least squares from rounded directions of their projections, scaled to their norms."""
    known = kept.astype(np.float64)
    found = known @ np.linalg.pinv(onto.astype(np.float64))
    length = np.linalg.norm(found, axis=1, keepdims=True)
    shrunk = norms[:, None] * min(1.0, onto.shape[1] / len(onto)) ** 0.5  # what errs least
    return np.asarray(found / np.maximum(length, 1e-30) * shrunk, dtype=np.float32)


def error(truth: Array, found: Array) -> float:
    """Relative error of all rows together."""
    return float(np.linalg.norm(truth - found) / np.linalg.norm(truth))


def by_scales(onto: list[Array], kept: list[NDArray[np.int8]], norms: Array) -> Array:
    """As `reckoned`, of several frames: each has a scale of its own, which the native one gives."""
    first = reckoned(onto[0], kept[0], norms)
    scaled = []
    for frame, rows in zip(onto, kept, strict=True):
        size = np.linalg.norm(rows.astype(np.float64), axis=1)
        wanted = np.linalg.norm(first @ frame, axis=1)
        scaled.append(rows * (wanted / np.maximum(size, 1e-30))[:, None])
    frames = np.concatenate(onto, axis=1)
    found = np.concatenate(scaled, axis=1) @ np.linalg.pinv(frames)
    length = np.linalg.norm(found, axis=1, keepdims=True)
    shrunk = norms[:, None] * min(1.0, frames.shape[1] / len(frames)) ** 0.5
    return np.asarray(found / np.maximum(length, 1e-30) * shrunk, dtype=np.float32)


def on_random_rows(width: int, columns: int, rows: int = 200) -> tuple[float, float]:
    """Relative error of the attack, and what is stated, for rows that are spread evenly."""
    rng = np.random.default_rng(width)
    truth = rng.normal(size=(rows, width)).astype(np.float32)
    frame = (1.0 - 2.0 * rng.integers(0, 2, (width, columns))).astype(np.float32)
    kept = quantise(truth @ frame)
    found = reckoned(frame, kept, np.linalg.norm(truth, axis=1))
    return error(truth, found), least_error(columns, width)


def on_a_model(model: Path, columns: int) -> tuple[float, float, float]:
    """Errors with the native frame alone and with public embeddings, and what is stated."""
    view, method = open_exhibited(model), SketchMethod(columns=columns, seed=7, deep=0)
    onto: Onto = planned(view, method).onto
    with tempfile.TemporaryDirectory() as name:
        take_sketch(view, Path(name) / "it.sketch", method=method)
        sketch = read_sketch(Path(name) / "it.sketch")
        matrix = next(m for m in view.layout.layers[0].matrices if m.unit_axis == 0)
        kept = sketch.layers[0].roles[matrix.role]
        truth = view.rows(matrix.tensor, list(range(matrix.units)))
        if matrix.gain is not None:
            truth = truth * (view.rows(matrix.gain.tensor, [0])[0] + np.float32(matrix.gain.offset))
        frames = onto.frames(matrix)
        made = onto.matrices(matrix, frames)
        native = reckoned(made["native"], kept.directions["native"], kept.norms)
        all_of = by_scales(
            [made[f] for f in frames], [kept.directions[f] for f in frames], kept.norms
        )
    return error(truth, native), error(truth, all_of), leak_of(view.layout, method).error


def in_sets(elements: int = 200) -> tuple[float, float]:
    """Share of a set that a dictionary holding all of it finds: without the secret, and with it."""
    coin, secret = (hashlib.sha256(word).digest() for word in (b"coin", b"secret"))
    points = [point_of(coin, f"fragment {n}".encode()) for n in range(elements)]
    listed = set(raised(secret, points))
    other = hashlib.sha256(b"a guess at the secret").digest()
    without = sum(p in listed for p in (*points, *raised(other, points)))
    return without / elements, sum(p in listed for p in raised(secret, points)) / elements


def in_vocabulary() -> tuple[float, float]:
    """Share of a set that short words and numbers find, with both secrets; and what is stated."""
    words = ["a", " of", "x1", "17", "9", " z", "0x", "\u0120it", "if", " 42", "ab c"]
    texts = tuple(one.encode() for one in (*words, *(f"module_{n}" for n in range(29))))
    coin, ours, theirs = (hashlib.sha256(word).digest() for word in (b"coin", b"ours", b"theirs"))
    listed = set(raised(theirs, raised(ours, (point_of(coin, one) for one in texts))))
    found = by_guessing(coin, (ours, theirs), listed, 2)
    return found / len(texts), guessed(texts) / len(texts)


def in_counts(epsilon: int, draws: int = 4_000) -> tuple[float, float]:
    """Who knows all of a set but one element, and sees one count: how often is it told rightly?

    The best attack says that it is there if the count is above the middle of both cases. What is
    stated is what epsilon allows: e^epsilon / (1 + e^epsilon).
    """
    bits, right = Bits(hashlib.sha256(f"attack {epsilon}".encode()).digest()), 0
    for draw in range(draws):
        there = draw % 2
        noisy = there + laplace(bits, 100, epsilon)
        right += (noisy >= 1) == bool(there)
    bound = exp(epsilon / 100)
    return right / draws, bound / (1 + bound)


def main() -> None:
    """All attacks."""
    model = Path(sys.argv[1] if len(sys.argv) > 1 else "examples/casebook/parent")
    print("sketch, rows spread evenly: relative error of least squares, and what is stated")
    for width in (96, 256, 1024, 4096):
        for columns in (16, 64, 160):
            found, stated = on_random_rows(width, columns)
            print(f"  {columns:4} equations, {width:5} axes: {found:.3f} ({stated:.3f})")
    print(f"sketch of {model.name}: seed alone, with public embeddings, stated for both")
    for columns in (4, 8, 16, 32, 64):
        native, public, stated = on_a_model(model, columns)
        print(f"  {columns:4} columns: {native:.3f}, {public:.3f} ({stated:.3f})")
    view = open_exhibited(model)
    for deep in (0, 64, 8192):
        method = SketchMethod(deep=deep)
        whole = leak_of(view.layout, method).whole if deep_layers(view.layout, deep) else 0.0
        print(f"  deep {deep}: whole rows of {whole:.0%} of the units, in eight bits")
    for columns, deep in ((16, 0), (64, 0), (64, 8192)):
        numbers, weights = freedom(model, SketchMethod(columns=columns, deep=deep))
        print(f"  {columns} columns, deep {deep}: {numbers:,} bytes, of {weights:,} weights")
    sketch, _ = sketch_of(model, SketchMethod(seed=7, deep=0))
    found, stated = on_signature(sketch)
    print(f"coarse signature inverted: relative error of directions {found:.3f} ({stated:.3f})")
    share, anchors = on_strings(sketch)
    print(f"strings of tokens: {share:.0%} of {anchors} anchors are words of up to three letters,")
    print("  and found by trying all of these; who knows the vocabulary finds all")
    without, held = in_log()
    print("reduced log: prompts that a dictionary with all of them finds")
    print(f"  without its key: {without:.0%}; with it: {held:.0%}")
    _on_sets_and_answers()


def _on_sets_and_answers() -> None:
    without, held = in_sets()
    print("set: elements that a dictionary with all of them finds")
    print(f"  by the other side, without the secret: {without:.0%}")
    print(f"  by the tribunal, which gets both secrets with the opening: {held:.0%}")
    found, stated = in_vocabulary()
    print("  who tries short words and numbers only, of 40 code names, words and numbers:")
    print(f"    found {found:.0%}, stated {stated:.0%}")
    print("answers: relative error of how likely one of two is, by frequency, and what is stated")
    for repeat in (1, 4, 16, 100):
        print(
            f"  {repeat:4} to each prompt: {on_answers(repeat):.3f} ({answers_error(repeat):.3f})"
        )
    print("count of a set, told with noise: how often is it seen that one element is there?")
    for epsilon in (10, 50, 200):
        seen, bound = in_counts(epsilon)
        print(f"  epsilon {epsilon / 100:g}: {seen:.3f} at best, {bound:.3f} stated; .5 is a guess")


if __name__ == "__main__":
    main()

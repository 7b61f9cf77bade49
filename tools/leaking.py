"""Further attacks on what is shown: coarse signatures, tokens' strings, keyed logs; and how much.

Each gives what the best attack we know reaches beside what is stated; `tools/leaks.py` prints them.
"""

import hashlib
import secrets
import tempfile
from pathlib import Path

import numpy as np

from filiation.methods.weights.coarse import coarse_signature
from filiation.model.sketch import Sketch, SketchMethod
from filiation.numerics.rng import signs
from filiation.readers.logs.key import LogKey
from filiation.readers.logs.signing import Signer
from filiation.readers.logs.template import read_prompt
from filiation.readers.weights.exhibited import open_exhibited
from filiation.sealed.blind.guessing import guesses
from filiation.sealed.blind.points import point_of, raised
from filiation.sketching.anchors import PREFIX
from filiation.sketching.sketch import take_sketch
from filiation.sketching.sketch_file import read_sketch

COARSE = "coarse/2;keyed=native,token,axes,table;spread=native,token,table;width=1024"


def sketch_of(model: Path, method: SketchMethod) -> tuple[Sketch, int]:
    """A sketch, and how many bytes its file has."""
    with tempfile.TemporaryDirectory() as name:
        path = Path(name) / "it.sketch"
        take_sketch(open_exhibited(model), path, method=method)
        return read_sketch(path), path.stat().st_size


def _signs(what: str, role: str, columns: int) -> np.ndarray:
    wide = -(-columns // 64) * 64
    return signs(0, COARSE, what, role, rows=wide, columns=1024)[:columns].T


def on_signature(sketch: Sketch) -> tuple[float, float]:
    """Inverting a coarse signature: relative error of all unit directions, and what is stated.

    The 1,024 numbers of the native keyed block are linear in the directions; the answer of least
    norm turns each number back through the signs that weighed it. With the best scale that anybody
    could choose, its error is the sine of the angle to the truth: 1,024 equations for `n` unknowns
    leave sqrt(1 - 1,024 / n) of rows that are spread evenly.
    """
    block = coarse_signature(sketch)[0].astype(np.float64)
    product_, norm_true, norm_found, unknowns = 0.0, 0.0, 0.0, 0
    for layer in sketch.layers:
        for role in sorted(layer.roles):
            kept = layer.roles[role].directions["native"][:2048].astype(np.float64)
            size = np.linalg.norm(kept, axis=1, keepdims=True)
            truth = np.divide(kept, size, out=np.zeros_like(kept), where=size > 0)
            truth -= truth.mean(axis=0)
            units, columns = truth.shape
            rows, across = _signs("rows", role, units), _signs("columns", role, columns)
            found = rows.T @ (across * block[:, None]) / np.sqrt(max(1, units))
            product_ += float((truth * found).sum())
            norm_true += float((truth**2).sum())
            norm_found += float((found**2).sum())
            unknowns += truth.size
    cosine = product_ / np.sqrt(norm_true * norm_found)
    return float(np.sqrt(1 - cosine**2)), float(np.sqrt(max(0.0, 1 - 1024 / unknowns)))


def on_strings(sketch: Sketch, longest: int = 3) -> tuple[float, int]:
    """Share of the anchors' strings that words of so many letters find, and how many there are.

    Anchors are named by digests without a key, so that two sketches can be matched: what is
    guessed is found.
    """
    anchors = set(sketch.anchors)
    if not anchors:
        return 0.0, 0
    words = (hashlib.sha256(one).digest()[:PREFIX].hex() for one in guesses(longest))
    found = {digest for digest in words if digest in anchors}
    return len(found) / len(anchors), len(anchors)


def in_log(prompts: int = 200) -> tuple[float, float]:
    """Share of a log's prompts that a dictionary with all finds: without its key, with it."""
    texts = [f"Describe the harbour of place {'xyzw'[n % 4]}{'abcdefghij'[n % 10]} number {n}"
             for n in range(prompts)]  # fmt: skip
    key, other = (LogKey(secret=secrets.token_bytes(32)) for _ in range(2))
    held = {Signer(key).text("whole", read_prompt(text).whole) for text in texts}
    rates = []
    for one in (other, key):
        signer = Signer(one)
        found = sum(signer.text("whole", read_prompt(text).whole) in held for text in texts)
        rates.append(found / prompts)
    return rates[0], rates[1]


def freedom(model: Path, method: SketchMethod) -> tuple[int, int]:
    """Numbers of a sketch, each a degree of freedom at most, and numbers of the model."""
    _, size = sketch_of(model, method)
    view = open_exhibited(model)
    return size, sum(int(np.prod(tensor.shape, dtype=np.int64)) for tensor in view.tensors)


def by_guessing(coin: bytes, secrets: tuple[bytes, bytes], listed: set[bytes], most: int) -> int:
    """How many values of a list, raised twice, the tribunal finds by short words and numbers.

    Args:
        coin: The first one, from which points follow.
        secrets: Both sides', as their openings hold them.
        listed: The list, raised by both.
        most: Letters of a word, and digits of a number, that are tried.
    """
    points = [point_of(coin, word) for word in guesses(most, most)]
    return sum(one in listed for one in raised(secrets[1], raised(secrets[0], points)))


def on_answers(repeat: int, prompts: int = 4_000) -> float:
    """Relative error of how likely an answer is, by its frequency among so many of an even choice.

    Whoever knows beforehand that the choice is even needs no answers: frequency is what a reader
    has who does not.
    """
    rng = np.random.default_rng(repeat)
    share = rng.binomial(repeat, 0.5, prompts) / repeat
    return float(np.sqrt(np.mean((share - 0.5) ** 2)) / 0.5)

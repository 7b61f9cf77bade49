"""At which damage does the hardest disguise hold?

Every child has no tokenizer, random embeddings, its units permuted and rescaled, and its residual
axes permuted or rotated; in the last columns the signs of half of its units are changed as well.
Before that it was trained on, merged, rounded, pruned, or noise was added. Printed is log10 of the
combined p of all methods on weights, and for changed signs the units on which the matrices agree.
"""

import math
import sys
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Final

import numpy as np
import safetensors.numpy
from numpy.typing import NDArray
from threadpoolctl import threadpool_limits

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from casebook.checkpoint import decode, read_stored
from casebook.operations import (
    DropLayers,
    FoldGains,
    PermuteUnits,
    PruneWidth,
    RescaleUnits,
    RotateResidual,
    Weights,
    layer_count,
    mix,
)
from filiation.methods import methods_for
from filiation.methods.weights.unit_agreement import agreements
from filiation.model.finding import Finding
from filiation.model.sketch import Sketch
from filiation.numerics.combining.combine import harmonic_mean_log_p
from filiation.readers.weights.checkpoint import open_model
from filiation.sketching.sketch import take_sketch
from filiation.sketching.sketch_file import read_sketch

CASEBOOK: Final = Path("examples/casebook")


def weights(name: str) -> Weights:
    """A casebook model in F32."""
    return decode(read_stored(CASEBOOK / name / "model.safetensors"))


def sketched(model: Weights) -> Sketch:
    """The sketch of a model without tokenizer."""
    with tempfile.TemporaryDirectory() as folder:
        safetensors.numpy.save_file(
            {n: np.ascontiguousarray(x) for n, x in model.items()}, Path(folder) / "m.safetensors"
        )
        take_sketch(open_model(Path(folder) / "m.safetensors"), Path(folder) / "s")
        return read_sketch(Path(folder) / "s")


def each_mlp(
    model: Weights, change: Callable[[NDArray[np.float32]], NDArray[np.float32]]
) -> Weights:
    """The same model with every matrix of its MLPs changed."""
    return {n: change(x) if ".mlp." in n else x for n, x in model.items()}


def four_bit(x: NDArray[np.float32]) -> NDArray[np.float32]:
    """Rounded to 15 levels, one scale per row."""
    step = np.abs(x).max(axis=1, keepdims=True) / 7
    return np.asarray(np.rint(x / step) * step, dtype=np.float32)


def pruned(x: NDArray[np.float32]) -> NDArray[np.float32]:
    """The smaller half of the weights set to zero."""
    return np.where(np.abs(x) < np.median(np.abs(x)), 0, x).astype(np.float32)


def noisy(model: Weights, size: float, seed: int) -> Weights:
    """Normal noise, in standard deviations of each matrix."""
    rng = np.random.default_rng(seed)
    return each_mlp(
        model, lambda x: (x + size * x.std() * rng.standard_normal(x.shape)).astype(np.float32)
    )


def disguised(model: Weights, *, rotate: bool, flip: bool, seed: int = 7) -> Weights:
    """Embeddings random, units permuted and rescaled, axes permuted or rotated."""
    rng = np.random.default_rng(seed)
    model = FoldGains()(model)
    for name in ("model.embed_tokens.weight", "lm_head.weight"):
        model[name] = rng.standard_normal(model[name].shape).astype(np.float32)
    for layer in range(layer_count(model)) if flip else ():
        up, down = (f"model.layers.{layer}.mlp.{x}_proj.weight" for x in ("up", "down"))
        signs = rng.choice([-1, 1], size=len(model[up])).astype(np.float32)
        model[up], model[down] = model[up] * signs[:, None], model[down] * signs
    model = RescaleUnits(seed=seed, spread=0.7)(PermuteUnits(seed=seed)(model))
    if rotate:
        return RotateResidual(seed=seed)(model)
    order = rng.permutation(model["model.norm.weight"].size)
    writes = ("o_proj.weight", "down_proj.weight")
    return {n: x[order] if n.endswith(writes) else x[..., order] for n, x in model.items()}


def children() -> Iterator[tuple[str, Weights]]:
    """Name of the damage, and the model."""
    parent, stranger, tuned = (weights(n) for n in ("parent", "stranger-2", "fine-tuned"))
    continued = weights("continued")
    yield "none", parent
    yield "fine-tuned", tuned
    yield "fine-tuned, 4-bit, half pruned", each_mlp(each_mlp(tuned, pruned), four_bit)
    yield "continued", continued
    yield "continued, 4-bit", each_mlp(continued, four_bit)
    yield "continued, half pruned", each_mlp(continued, pruned)
    yield "merged 60:40 with a stranger", mix((parent, stranger), (0.6, 0.4))
    yield "merged 50:50, half pruned", each_mlp(mix((parent, stranger), (0.5, 0.5)), pruned)
    yield "merged 40:60 with a stranger", mix((parent, stranger), (0.4, 0.6))
    for size in (0.5, 1.0, 1.2, 1.4, 1.6):
        yield f"noise of {size:g} deviations", noisy(parent, size, 1)
    for keep in (168, 112, 56):
        yield f"{keep} of 224 units kept", PruneWidth(keep=keep)(parent)
    yield "fine-tuned, one layer of 4 removed", DropLayers(layers=(2,))(tuned)
    yield (
        "continued, 168 units, one layer less",
        PruneWidth(keep=168)(DropLayers(layers=(1,))(continued)),
    )
    yield "(a stranger)", stranger


def combined(source: Sketch, subject: Sketch) -> float:
    """log10 of the combined p."""
    outs = [method.compare(source, subject, seed=0) for method in methods_for("weights")]
    log_ps = [out.log_p for out in outs if isinstance(out, Finding) and out.counts]
    return round(harmonic_mean_log_p(log_ps) / math.log(10)) + 0.0


def main() -> None:
    """Print the table."""
    with threadpool_limits(1):
        source = sketched(weights("parent"))
        print(f"{'':<38}{'axes permuted':>15}{'rotated':>10}{'and signs changed':>28}")
        for name, child in children():
            permuted, rotated, flipped = (
                sketched(disguised(child, rotate=rotate, flip=flip))
                for rotate, flip in ((False, False), (True, False), (True, True))
            )
            agree, of = agreements(source, flipped)
            print(
                f"{name:<38}{combined(source, permuted):>15.0f}{combined(source, rotated):>10.0f}"
                f"{combined(source, flipped):>8.0f}; {agree:>3} of {of:>3} agree"
            )


if __name__ == "__main__":
    main()

"""Train what is missing of a kind, fifty models at a time, and keep it."""

import time
from typing import Final

import numpy as np

from size.farm import losses, train
from size.starts import stacked
from size.store import IN_FILE, KINDS, TEXTS, course, file_of, folder, form, text

__all__ = ["grow"]

AT_ONCE: Final = 50  # models that are trained together: what the processor keeps near


def grow(kind: str, count: int) -> None:
    """Train what is missing of the first `count` models, and print how well they learned."""
    folder().mkdir(parents=True, exist_ok=True)
    language, shape = text(), form(kind)
    windows = language.windows(TEXTS, shape.window + 1, 1)
    held_out = language.windows(64, shape.window + 1, 2)
    for first in range(0, count, IN_FILE):
        if file_of(kind, first).exists():
            continue
        start, made, lost = time.monotonic(), [], []
        for seed in range(first, first + IN_FILE, AT_ONCE):
            born = stacked("plain" if kind == "wide" else kind, shape, _seeds(kind, seed))
            made.append(train(shape, born, windows, course(kind)))
            lost.append(losses(shape, made[-1], held_out))
        kept = {n: np.concatenate([m[n] for m in made]).astype(np.float16) for n in made[0]}
        path = file_of(kind, first)
        with path.with_suffix(".part").open("wb") as out:
            np.savez(out, **kept)  # type: ignore[arg-type]
        path.with_suffix(".part").rename(path)
        rate = IN_FILE * 60 / (time.monotonic() - start)
        loss = np.concatenate(lost)
        print(
            f"  {kind}: {first} to {first + IN_FILE}, loss {loss.mean():.2f} "
            f"({loss.min():.2f} to {loss.max():.2f}), {rate:.0f} models a minute",
            flush=True,
        )


def _seeds(kind: str, first: int) -> range:
    """No seed of one kind is a seed of another; those of a pair are neighbours."""
    base = 1_000_000 * KINDS.index(kind)
    return range(base + first, base + first + AT_ONCE)

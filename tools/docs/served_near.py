"""Prints what becomes of twins that are nearly, but not quite, what they should be.

Run: PYTHONPATH=src:tools python -m docs.served_near FOLDER (torch and tokenizers; two minutes of
one core), where `docs.served_many` has left its models. Served answers are the teacher's at
temperature 1; the suspect is innocent: a student of its other samples to the same prompts.
"""

import math
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any, Final

import numpy as np
import torch  # type: ignore[import-not-found, unused-ignore]
from tokenizers import Tokenizer  # type: ignore[import-not-found, unused-ignore]

from docs.served_many import halves, setting
from docs.served_students import CASEBOOK, likely, line_ends, sample, student, tuned, windows
from filiation.methods.owner.served_twins import ServedTwins
from filiation.model.finding import Finding
from filiation.model.owner import Likelihoods
from filiation.model.served import Exchange

PROMPTS, TWINS, BLOCK, LEVEL = 4_000, 4, 500, math.log(1e-3)
Told = tuple[Any, Any]


def nucleus(logits: Any) -> Any:
    """Of the likeliest tokens those that hold .95."""
    spread, order = logits.softmax(-1).sort(-1, descending=True)
    out = spread.cumsum(-1) - spread > 0.95
    return logits.masked_fill(torch.zeros_like(out).scatter(1, order, out), -math.inf)


SETTLED: Final[dict[str, Callable[[Any], Any]]] = {
    "the same": lambda x: x,
    "temperature 1.05": lambda x: x / 1.05,
    "temperature 1.2": lambda x: x / 1.2,
    "top_p .95": nucleus,
}


def table(model: dict[str, Any], told: list[Told]) -> Any:
    """Log-likelihoods [prompts, 1 + twins]."""
    return np.stack([likely(setting(64), model, one) for one in told], 1)


def asked(told: list[Told], models: dict[str, Any]) -> str:
    """Blocks that were unreadable, by the source alone and with the base; then that accused."""
    of = setting(64)
    values = {name: table(model, told) for name, model in models.items()}
    found = []
    for start in range(0, PROMPTS, BLOCK):
        rows = range(start, start + BLOCK)
        listed = [exchange(n, told, of.asked) for n in rows]
        measured = {name: Likelihoods(name=name, digest=name, model=name, tokens={}, values={
            key: float(v) for one, n in zip(listed, rows, strict=True)
            for key, v in zip(one.names, values[name][n], strict=True)
        }) for name in values}  # fmt: skip
        ask = [
            ServedTwins().examine(listed, measured["student"], measured["teacher"], refs,
                                  fixed=True)[0]
            for refs in ([], [measured["base"]])
        ]  # fmt: skip
        p = [one.log_p if isinstance(one, Finding) else None for one in ask]
        found.append([p[0] is None, p[0] is not None and p[0] <= LEVEL,
                      p[1] is None, p[1] is not None and p[1] <= LEVEL])  # fmt: skip
    return "".join(f"{share:>14.2f}" for share in np.mean(found, axis=0))


def exchange(n: int, told: list[Told], before: int) -> Exchange:
    """A prompt's answers; signs stand for words."""
    said = [" ".join(map(str, x[n, before : int(length[n])].tolist())) for x, length in told]
    return Exchange(id=f"{n}", prompt=f"{n}", answer=said[0], to="group", twins=tuple(said[1:]),
                    lengths=tuple(int(length[n]) - before for _, length in told))  # fmt: skip


def main(folder: Path) -> None:
    """One row for each kind of twins."""
    torch.set_num_threads(1)
    tokenizer = Tokenizer.from_file(str(CASEBOOK / "parent/tokenizer.json"))
    of, ends, (text, other) = setting(64), line_ends(tokenizer, setting(64)), halves(tokenizer)
    teacher, base = (torch.load(folder / f"{name}.pt") for name in ("teacher", "base"))
    draws = torch.Generator().manual_seed(31)
    prompts = torch.load(folder / "answers.pt")[0][0][:PROMPTS, : of.asked].long()

    def says(by: dict[str, Any], settle: Callable[[Any], Any] = SETTLED["the same"]) -> Told:
        x, length = sample(of, by, prompts, ends, draws, settle)
        return x, length

    served, unserved = says(teacher), says(teacher)
    taught = student(of, base, unserved, other, 3, 0, 5)
    models = {"teacher": teacher, "base": base, "student": taught}
    heads = ("unreadable", "accused", "+ base: unr.", "accused")
    print(f"{'twins drawn with':<28}{''.join(f'{head:>14}' for head in heads)}")
    for name, settle in SETTLED.items():
        told = [served, *(says(teacher, settle) for _ in range(TWINS))]
        print(f"{name:<28}{asked(told, models)}", flush=True)
    for name, steps in (("snapshot 100 steps on", 100), ("snapshot 1,000 steps on", 1_000)):
        whole = torch.ones((of.batch, of.whole - 1), dtype=torch.bool)
        more = ((windows(text, of.batch, of.whole, draws), whole) for _ in range(steps))
        later = tuned(of, teacher, more, steps)
        told = [served, *(says(later) for _ in range(TWINS))]
        print(f"{name:<28}{asked(told, {**models, 'teacher': later})}", flush=True)
    cut = served[0], served[1].clamp(max=of.asked + 10)
    told = [cut, *(says(teacher) for _ in range(TWINS))]
    print(f"{'served ones cut at 10 tokens':<28}{asked(told, models)}", flush=True)


if __name__ == "__main__":
    main(Path(sys.argv[1]))

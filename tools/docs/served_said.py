"""How strong must a training be for a student's own words to show what it was served?

Run: PYTHONPATH=src:tools python -m docs.served_said FOLDER [MINUTES] (needs torch and tokenizers;
three minutes of one core). What is there is not made again; it stops after so many minutes, and
prints what is there. Teacher and base are of examples/casebook (415,440 weights); each student is
tuned on the teacher's answers to 300 prompts, then asked: once at temperature 0, and four times at
temperature 1. Its likelihoods of the same answers stand beside it.
"""

import sys
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import numpy as np
import torch  # type: ignore[import-not-found, unused-ignore]

from docs.served_many import worded
from docs.served_power import cell, in_parts, log10_p
from docs.served_students import (
    IN_CASEBOOK,
    OF_THE_CASEBOOK,
    Served,
    corpus,
    likely,
    line_ends,
    sample,
    served,
    student,
)
from filiation.methods.owner.served_twins import table_of
from filiation.methods.owner.twin_similarity import similarities
from filiation.model.recording import Item, Recording
from filiation.model.served import Exchange

PROMPTS, TWINS, BASE = 300, 4, "stranger-2"
PART: Final = 100  # prompts, of which three parts are tested apart
ASKED: Final = {"temperature 0": 0, "4 answers": 4}


@dataclass(frozen=True)
class Job:
    """One student: of the served answers or of others, mixed with how much else, how often."""

    kind: str
    mix: int
    epochs: float

    @property
    def name(self) -> str:
        return f"{self.kind} 1:{self.mix}, {self.epochs:g} epochs"


# What is cheap for what it shows comes first.
JOBS: Final = [Job(*one) for one in (
    ("served", 0, 10), ("served", 0, 3), ("served", 0, 1), ("other", 0, 10), ("served", 1, 3),
    ("served", 1, 1), ("other", 0, 3), ("served", 1, 10), ("served", 10, 1), ("served", 10, 3),
    ("served", 0, 30), ("other", 0, 30), ("served", 10, 10),
)]  # fmt: skip


def greedy(logits: Any) -> Any:
    """Only the likeliest token is left."""
    return torch.where(logits == logits.max(-1, keepdim=True)[0], 0.0, -torch.inf)


def own_words(model: dict[str, Any], made: Served, ends: Any, count: int, tok: Any) -> Any:
    """What a student says to each prompt: [n] lists of texts; greedily if the count is 0."""
    of, draws = OF_THE_CASEBOOK, torch.Generator().manual_seed(23)
    asked = made.served[0][:, : of.asked]
    ways = {"settle": greedy} if count == 0 else {}
    said = []
    for _ in range(max(1, count)):
        x, length = sample(of, model, asked, ends, draws, **ways)
        said.append(worded(x.numpy(), length.numpy(), range(len(x)), of.asked, tok))
    return [list(texts) for texts in zip(*said, strict=True)]


def alike(listed: list[Exchange], said: list[list[str]]) -> Any:
    """Likeness of served answers and twins to a student's own, [n, 1 + twins]."""
    items = tuple(Item(id=f"{n} {k}", prompt=f"{n}")
                  for n, texts in enumerate(said) for k in range(len(texts)))  # fmt: skip
    outputs = tuple(text for texts in said for text in texts)
    return table_of(listed, similarities(listed, Recording(name="s", items=items,
                                                           outputs=outputs)).values)  # fmt: skip


def kept(out: Path, name: str, model: dict[str, Any], made: Served, listed: list[Exchange],
         ends: Any, tok: Any) -> None:  # fmt: skip
    """Likelihoods of one model, and likeness to its own words of each kind."""
    found = np.stack([likely(OF_THE_CASEBOOK, model, one) for one in (made.served, *made.twins)], 1)
    tables = {
        way: alike(listed, own_words(model, made, ends, count, tok)) for way, count in ASKED.items()
    }
    np.savez(out / f"{name}.npz", likely=found, **tables)
    print(f"{name}: kept", file=sys.stderr, flush=True)


def answers(out: Path, text: Any, ends: Any) -> Served:
    """What the teacher says, kept."""
    path = out / "answers.pt"
    if not path.exists():
        made = served(IN_CASEBOOK, PROMPTS, TWINS, text, ends, 8)
        torch.save([made.served, made.other, *made.twins], path)
    first, other, *twins = torch.load(path, weights_only=True)
    return Served(served=first, other=other, twins=twins)


def trained(out: Path, minutes: float) -> None:
    """Whatever is not there yet."""
    began, worst = time.monotonic(), 0.0
    torch.set_num_threads(1)
    out.mkdir(parents=True, exist_ok=True)
    tok = IN_CASEBOOK.tokenizer()
    text, ends = corpus(tok), line_ends(tok, OF_THE_CASEBOOK)
    made = answers(out, text, ends)
    words = [worded(x.numpy(), length.numpy(), range(len(x)), OF_THE_CASEBOOK.asked, tok)
             for x, length in (made.served, *made.twins)]  # fmt: skip
    listed = [Exchange(id=f"{n}", prompt=f"{n}", answer=first, to="group", twins=tuple(twins))
              for n, (first, *twins) in enumerate(zip(*words, strict=True))]  # fmt: skip
    for name in ("parent", BASE):
        if not (out / f"{name}.npz").exists():
            kept(out, name, IN_CASEBOOK.weights(name), made, listed, ends, tok)
    for job in JOBS:
        if (out / f"{job.name}.npz").exists():
            continue
        at = time.monotonic()
        if at - began + worst > 60 * minutes:
            print(f"enough; next is {job.name}", file=sys.stderr)
            return
        told = made.served if job.kind == "served" else made.other
        model = student(
            OF_THE_CASEBOOK, IN_CASEBOOK.weights(BASE), told, text, job.epochs, job.mix, 11
        )
        kept(out, job.name, model, made, listed, ends, tok)
        worst = max(worst, time.monotonic() - at)


def printed(out: Path) -> None:
    """A row for each student: all prompts, and parts of them, by likelihood and by each asking."""
    print(f"{PROMPTS:,} prompts of {TWINS} twins; log10 p of all, then of parts of {PART} the "
          "middle one and the share at 0.001")  # fmt: skip
    heads = ("likelihood", *ASKED)
    print(f"{'trained on':<26}" + "".join(f"{head:>24}" for head in heads))
    with np.load(out / "parent.npz") as found:
        source = found["likely"]
    order = sorted(JOBS, key=lambda job: (job.kind != "served", job.mix, job.epochs))
    for name in (*(job.name for job in order), BASE):
        if not (out / f"{name}.npz").exists():
            print(f"{name:<26}  not trained")
            continue
        with np.load(out / f"{name}.npz") as found:
            tables = [(found["likely"], source), *((found[way], None) for way in ASKED)]
        cells = [f"{log10_p(*one):>8.2f}{cell(in_parts(*one, PART))}" for one in tables]
        print(f"{name:<26}{''.join(cells)}")


if __name__ == "__main__":
    trained(Path(sys.argv[1]), float(sys.argv[2]) if len(sys.argv) > 2 else 1e9)
    printed(Path(sys.argv[1]))

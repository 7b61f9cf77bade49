"""Trains students on 100 to 100,000 served answers, and keeps what each finds likely and says.

Run: PYTHONPATH=src:tools python -m docs.served_many FOLDER [MINUTES [STUDENT ...]] (needs torch
and tokenizers; two and a half hours of one core for all). What is there is not made again; it stops
after so many minutes. A student is named by what its file is: `served 100000 10 1 0` (prompts, mix,
epochs, which of several). The teacher and two bases have 73,888 weights and learnt from other
halves of Python's own library; prompts are four tokens of it, each once, an answer ends with its
line. `docs.served_power` reads what is kept.
"""

import math
import sys
import sysconfig
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import numpy as np
import torch  # type: ignore[import-not-found, unused-ignore]
from tokenizers import Tokenizer  # type: ignore[import-not-found, unused-ignore]

from casebook.architectures import initialise
from casebook.shapes import LlamaShape
from docs.served_students import (
    CASEBOOK,
    Setting,
    likely,
    line_ends,
    sample,
    student,
    tuned,
    windows,
)
from filiation.methods.owner.served_twins import table_of
from filiation.methods.owner.twin_similarity import similarities
from filiation.model.recording import Item, Recording
from filiation.model.served import Exchange

SHAPE: Final = LlamaShape(hidden=32, intermediate=96, layers=2, heads=2, kv_heads=1)
PROMPTS, TWINS, SAID, HEARD = 100_000, 4, 4, 10_000
STEPS: Final = 12_000  # of teacher and bases
COPIES: Final = {100: 10, 1_000: 3, 10_000: 1, 100_000: 1}  # students, each of other prompts
MIXES: Final = {0: (0.3, 1, 3, 10), 1: (1, 3), 10: (0.3, 1, 3), 100: (0.3, 1)}
# Students of the teacher's other samples: prompts, mix, epochs, how many.
OTHERS: Final = ((100, 0, 10, 200), (100, 10, 3, 20), (1_000, 0, 3, 100),
                 (10_000, 0, 3, 10), (10_000, 1, 1, 4), (100_000, 0, 3, 1),
                 (100_000, 10, 0.3, 1))  # fmt: skip
LONGEST: Final = 10_100_000  # lines that a student is trained on; 4,000 a second of a free core


@dataclass(frozen=True)
class Job:
    """One student: of what, on how many prompts, with how much else, how often, which of several.

    `kind` is served or other (the teacher's other samples to the same prompts).
    """

    kind: str
    prompts: int
    mix: int
    epochs: float
    copy: int

    @property
    def name(self) -> str:
        return f"{self.kind} {self.prompts} {self.mix} {self.epochs:g} {self.copy}"

    @property
    def lines(self) -> float:
        return self.prompts * self.epochs * (1 + self.mix)

    @property
    def says(self) -> bool:
        """Whether it is asked for answers of its own too."""
        return self.prompts >= 10_000 and self.copy < 3

    @property
    def rows(self) -> slice:
        """Its prompts, those of no other copy."""
        return slice(self.copy * self.prompts, (self.copy + 1) * self.prompts)


def jobs() -> list[Job]:
    """All students, those first that are cheap for the prompts that they show."""
    found = [Job("served", prompts, mix, epochs, copy)
             for prompts, copies in COPIES.items() for mix, often in MIXES.items()
             for epochs in often
             for copy in range(copies if mix < 100 else math.ceil(copies / 4))]  # fmt: skip
    found += [Job("other", prompts, mix, epochs, copy)
              for prompts, mix, epochs, copies in OTHERS for copy in range(copies)]  # fmt: skip
    return sorted(
        (job for job in found if job.lines <= LONGEST),
        key=lambda job: job.lines / math.sqrt(job.prompts),
    )


def halves(tokenizer: Any) -> tuple[Any, Any]:
    """Token ids of every second file of Python's own library, and of the others."""
    files = sorted(Path(sysconfig.get_path("stdlib")).glob("*.py"))
    texts = ("".join(f.read_text(errors="ignore") for f in files[start::2]) for start in (0, 1))
    first, second = (torch.tensor(tokenizer.encode(text).ids) for text in texts)
    return first, second


def model(folder: Path, name: str, text: Any, seed: int) -> dict[str, Any]:
    """A model from nothing, kept."""
    path = folder / f"{name}.pt"
    if not path.exists():
        draws = torch.Generator().manual_seed(seed)
        of = setting(64)

        def batches() -> Iterator[Any]:
            for _ in range(STEPS):
                x = windows(text, of.batch, of.whole, draws)
                yield x, torch.ones((len(x), of.whole - 1), dtype=torch.bool)

        torch.save(tuned(of, initialise(SHAPE, seed=seed), batches(), STEPS), path)
    found: dict[str, Any] = torch.load(path, weights_only=True)
    return found


def setting(batch: int) -> Setting:
    """Prompts of four tokens, answers of up to twelve."""
    return Setting(shape=SHAPE, asked=4, answered=12, batch=batch)


def answers(folder: Path, texts: tuple[Any, Any], ends: Any) -> list[tuple[Any, Any]]:
    """What the teacher says to every prompt: served, other, twins; ids and lengths."""
    path = folder / "answers.pt"
    if not path.exists():
        of, draws = setting(64), torch.Generator().manual_seed(7)
        asked = torch.cat([windows(text, PROMPTS, of.asked, draws) for text in texts])
        asked = torch.unique(asked, dim=0)
        asked = asked[torch.randperm(len(asked), generator=draws)[:PROMPTS]]
        if len(asked) < PROMPTS:
            raise SystemExit(f"{len(asked)} prompts, expected {PROMPTS}")
        teacher = model(folder, "teacher", texts[0], 1)
        told = [sampled(of, teacher, asked, ends, draws) for _ in range(TWINS + 2)]
        torch.save([(x.short(), length.short()) for x, length in told], path)
    return [(x.long(), length.long()) for x, length in torch.load(path)]


def sampled(of: Setting, by: dict[str, Any], asked: Any, ends: Any, draws: Any) -> tuple[Any, Any]:
    """The same in parts, for less memory."""
    found = [sample(of, by, part, ends, draws) for part in asked.split(2_000)]
    return torch.cat([x for x, _ in found]), torch.cat([length for _, length in found])


def keep(folder: Path, name: str, found: dict[str, Any], told: list[tuple[Any, Any]], ends: Any,
         rows: slice, *, says: bool = True) -> None:  # fmt: skip
    """Log-likelihoods of served answers and twins, and what the model itself says to prompts."""
    of = setting(64)
    values = [likely(of, found, (x[rows], length[rows])) for x, length in (told[0], *told[2:])]
    kept: dict[str, Any] = {
        "likely": np.stack(values).astype(np.float32),
        "start": np.array(rows.start),
    }
    if says:
        draws = torch.Generator().manual_seed(23)
        asked = told[0][0][rows][:HEARD, : of.asked]
        said = [sampled(of, found, asked, ends, draws) for _ in range(SAID)]
        kept["said"] = np.stack([x.numpy() for x, _ in said]).astype(np.int16)
        kept["ends"] = np.stack([length.numpy() for _, length in said]).astype(np.int16)
    np.savez(folder / f"{name}.npz", **kept)
    print(name, f"{values[0].mean():.3f} {np.mean(values[1:]):.3f}", flush=True)


def about(folder: Path, told: list[tuple[Any, Any]]) -> None:
    """How long served answers and twins are, and which twins equal the served answer."""
    first, *twins = (told[0], *told[2:])
    lengths = np.stack([length.numpy() for _, length in (first, *twins)]) - setting(64).asked
    same = np.stack([(x == first[0]).all(1).numpy() for x, _ in twins])
    np.savez(folder / "about.npz", lengths=lengths.astype(np.int16), same=same)


def alike(path: Path, told: list[tuple[Any, Any]], tokenizer: Any) -> None:
    """How like a student's own answers are to served ones and twins: of one answer, and of all."""
    out = path.with_suffix(".alike.npy")
    with np.load(path) as kept:
        if "said" not in kept or out.exists():
            return
        said, ends, start = kept["said"], kept["ends"], int(kept["start"])
    asked = setting(64).asked
    rows = range(start, start + said.shape[1])
    words = [worded(x.numpy(), length.numpy(), rows, asked, tokenizer)
             for x, length in (told[0], *told[2:])]  # fmt: skip
    listed = [
        Exchange(id=f"{n}", prompt=f"{n}", answer=first, to="group", twins=tuple(twins))
        for n, (first, *twins) in enumerate(zip(*words, strict=True))
    ]
    own = [worded(x, length, range(len(x)), asked, tokenizer)
           for x, length in zip(said, ends, strict=True)]  # fmt: skip
    tables = []
    for count in (1, len(own)):
        items = tuple(Item(id=f"{n} {k}", prompt=f"{n}")
                      for n in range(len(rows)) for k in range(count))  # fmt: skip
        outputs = tuple(own[k][n] for n in range(len(rows)) for k in range(count))
        heard = Recording(name=path.stem, items=items, outputs=outputs)
        tables.append(table_of(listed, similarities(listed, heard).values))
    np.save(out, np.stack(tables).astype(np.float32))
    print("alike", path.stem, flush=True)


def worded(x: Any, length: Any, rows: range, asked: int, tokenizer: Any) -> list[str]:
    """Answers in words."""
    ids = [x[n, asked : int(length[n])].tolist() for n in rows]
    return [str(text) for text in tokenizer.decode_batch(ids)]


def main(folder: Path, minutes: float, only: Sequence[str]) -> None:
    """Whatever is not there yet."""
    chosen = [job for job in jobs() if not only or job.name in only]
    if missing := set(only) - {job.name for job in chosen}:
        raise SystemExit(f"no student is named {', '.join(sorted(missing))}")
    began = time.monotonic()
    torch.set_num_threads(1)
    folder.mkdir(parents=True, exist_ok=True)
    tokenizer = Tokenizer.from_file(str(CASEBOOK / "parent/tokenizer.json"))
    texts = halves(tokenizer)
    ends = line_ends(tokenizer, setting(64))
    base, _ = model(folder, "base", texts[1], 2), model(folder, "stranger", texts[1], 3)
    told = answers(folder, texts, ends)
    about(folder, told)
    every = slice(0, PROMPTS)
    for name in ("teacher", "base", "stranger"):
        if not (folder / f"model {name}.npz").exists():
            keep(folder, f"model {name}", model(folder, name, texts[0], 1), told, ends, every)
    for path in sorted(folder.glob("*.npz")):
        alike(path, told, tokenizer)
    for job in chosen:
        if (folder / f"{job.name}.npz").exists():
            continue
        if time.monotonic() - began + job.lines / 4_000 > 60 * minutes:
            raise SystemExit(f"enough; next is {job.name}")
        x, length = told[job.kind == "other"]
        of = setting(16 if job.prompts <= 1_000 else 64)
        taught = student(of, base, (x[job.rows], length[job.rows]), texts[1], job.epochs,
                         job.mix, 11 + job.copy)  # fmt: skip
        keep(folder, job.name, taught, told, ends, job.rows, says=job.says)
        alike(folder / f"{job.name}.npz", told, tokenizer)
    print("all there")


if __name__ == "__main__":
    main(Path(sys.argv[1]), float(sys.argv[2]) if len(sys.argv) > 2 else 1e9, sys.argv[3:])

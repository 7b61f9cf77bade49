"""Trains students of a tiny teacher on served answers, and keeps what each finds likely.

Run: PYTHONPATH=src:tools python -m docs.served_students FOLDER [population] (needs torch and
tokenizers; ten minutes of one core). Teacher and bases are of examples/casebook, or three originals
of the population in the user's cache (`python -m casebook.build --family population --only base-01
base-02 base-03`); prompts are lines of Python's own library; an answer ends with its line. What is
there is not made again. `docs.served_twins` reads what is kept.
"""

import math
import sys
import sysconfig
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import numpy as np
import torch  # type: ignore[import-not-found, unused-ignore]
from safetensors.torch import load_file  # type: ignore[import-not-found, unused-ignore]
from tokenizers import Tokenizer  # type: ignore[import-not-found, unused-ignore]

from casebook.architectures import logits
from casebook.population import MAIN
from casebook.shapes import LlamaShape
from casebook.texts import cache_folder

CASEBOOK: Final = Path("examples/casebook")
TWINS, RATE = 7, 1e-3
MIXES: Final = {0: (0.3, 1, 3, 10), 1: (1, 3), 10: (1, 3), 100: (0.3,)}
OTHERS: Final = ((0, 10), (1, 3))  # of the teacher's other samples
PROMPTS: Final = 300


@dataclass(frozen=True)
class Setting:
    """What models are, and how long prompts and answers are, in tokens."""

    shape: LlamaShape
    asked: int
    answered: int
    batch: int

    @property
    def whole(self) -> int:
        """Tokens of a prompt with the longest answer."""
        return self.asked + self.answered


@dataclass(frozen=True)
class Models:
    """Where a teacher and two others lie, by the casebook's names; and what they are."""

    folder: Path
    named: dict[str, str]
    of: Setting

    def weights(self, name: str) -> dict[str, Any]:
        """Of one of them, as F32."""
        read = load_file(self.folder / self.named.get(name, name) / "model.safetensors")
        return {key: value.float() for key, value in read.items()}

    def tokenizer(self) -> Any:
        """The one that all of them have."""
        named = self.named.get("parent", "parent")
        return Tokenizer.from_file(str(self.folder / named / "tokenizer.json"))


OF_THE_CASEBOOK: Final = Setting(shape=LlamaShape(), asked=6, answered=16, batch=16)
IN_CASEBOOK: Final = Models(folder=CASEBOOK, named={}, of=OF_THE_CASEBOOK)
IN_POPULATION: Final = Models(
    folder=cache_folder() / "population",
    named={"parent": "base-01", "stranger-2": "base-02", "stranger-3": "base-03"},
    of=Setting(shape=MAIN, asked=6, answered=16, batch=16),
)


@dataclass(frozen=True)
class Served:
    """Answers served, other samples and twins: ids [n, tokens], lengths [n]."""

    served: Any
    other: Any
    twins: list[Any]


def corpus(tokenizer: Any) -> Any:
    """Token ids of the first files of Python's own library."""
    files = sorted(Path(sysconfig.get_path("stdlib")).glob("*.py"))[:80]
    text = "".join(file.read_text(errors="ignore") for file in files)[:1_500_000]
    return torch.tensor(tokenizer.encode(text).ids)


def line_ends(tokenizer: Any, of: Setting) -> Any:
    """Which tokens end a line, and an answer."""
    return torch.tensor(["\n" in tokenizer.decode([n]) for n in range(of.shape.vocabulary)])


@torch.no_grad()  # type: ignore[untyped-decorator, unused-ignore]
def sample(
    of: Setting, teacher: dict[str, Any], prompts: Any, ends: Any, draws: Any,
    settle: Callable[[Any], Any] = lambda logits: logits,
) -> tuple[Any, Any]:  # fmt: skip
    """Answers, each to the end of its line; ids and where each ends.

    At temperature 1, unless `settle` makes something else of the logits.
    """
    x = torch.zeros((len(prompts), of.whole), dtype=torch.long)
    x[:, : of.asked] = prompts
    length = torch.full((len(prompts),), of.whole)
    open_ = torch.arange(len(prompts))
    for at in range(of.asked, of.whole):
        last = logits(of.shape, teacher, x[open_, :at])[:, -1]
        drawn = torch.multinomial(settle(last).softmax(-1), 1, generator=draws)[:, 0]
        x[open_, at] = drawn
        length[open_[ends[drawn]]] = at + 1
        open_ = open_[~ends[drawn]]
        if not len(open_):
            break
    return x, length


@torch.no_grad()  # type: ignore[untyped-decorator, unused-ignore]
def likely(of: Setting, model: dict[str, Any], told: tuple[Any, Any]) -> Any:
    """Log-likelihood of each answer given its prompt, float64 [n]."""
    x, length = told
    found = torch.zeros(len(x), dtype=torch.double)
    for part in length.argsort().split(128):
        cut = x[part][:, : int(length[part].max())]
        spread = logits(of.shape, model, cut[:, :-1]).log_softmax(-1)
        each = spread.gather(2, cut[:, 1:, None])[:, :, 0].double()
        found[part] = (each * answered(of, cut, length[part])).sum(1)
    return found.numpy()


def answered(of: Setting, x: Any, length: Any) -> Any:
    """Which of the predicted tokens belong to the answer."""
    at = torch.arange(1, x.shape[1])[None]
    return (at >= of.asked) & (at < length[:, None])


def tuned(of: Setting, start: dict[str, Any], batches: Iterator[Any], steps: int) -> Any:
    """Weights after so many batches of ids and of what counts; the rate warms up and falls."""
    model = {key: value.clone().requires_grad_() for key, value in start.items()}
    optimiser = torch.optim.AdamW(list(model.values()), lr=RATE, betas=(0.9, 0.95))
    for step, (x, counts) in enumerate(batches):
        for group in optimiser.param_groups:
            group["lr"] = (
                RATE * min(1, (step + 1) / 5) * (0.55 + 0.45 * math.cos(math.pi * step / steps))
            )
        optimiser.zero_grad()
        spread = logits(of.shape, model, x[:, :-1]).log_softmax(-1)
        loss = -(spread.gather(2, x[:, 1:, None])[:, :, 0] * counts).sum() / counts.sum()
        loss.backward()
        torch.nn.utils.clip_grad_norm_(list(model.values()), 1.0)
        optimiser.step()
    return {key: value.detach() for key, value in model.items()}


def student(
    of: Setting, base: dict[str, Any], told: tuple[Any, Any], text: Any, epochs: float, mix: int,
    seed: int,
) -> Any:  # fmt: skip
    """A base tuned on answers, `mix` lines of other text for each."""
    draws = torch.Generator().manual_seed(seed)
    seen = torch.cat(
        [torch.randperm(len(told[0]), generator=draws) for _ in range(math.ceil(epochs))]
    )
    seen = seen[: round(epochs * len(told[0]))]
    plan = torch.cat((seen, torch.full((len(seen) * mix,), -1)))
    plan = plan[torch.randperm(len(plan), generator=draws)]

    def batches() -> Iterator[Any]:
        for batch in plan.split(of.batch):
            other = windows(text, len(batch), of.whole, draws)
            x = torch.where(batch[:, None] >= 0, told[0][batch], other)
            length = torch.where(batch >= 0, told[1][batch], x.shape[1])
            yield x, answered(of, x, length) | (batch < 0)[:, None]

    return tuned(of, base, batches(), math.ceil(len(plan) / of.batch))


def windows(text: Any, count: int, tokens: int, draws: Any) -> Any:
    """So many pieces of a text, from anywhere in it."""
    starts = torch.randint(len(text) - tokens, (count,), generator=draws)
    return text[starts[:, None] + torch.arange(tokens)]


def served(models: Models, prompts: int, twins: int, text: Any, ends: Any, seed: int) -> Served:
    """All that the teacher says to so many prompts."""
    draws = torch.Generator().manual_seed(seed)
    of = models.of
    asked = windows(text, prompts, of.asked, draws)
    teacher = models.weights("parent")
    first, other, *unserved = (sample(of, teacher, asked, ends, draws) for _ in range(twins + 2))
    return Served(served=first, other=other, twins=unserved)


def keep(out: Path, name: str, of: Setting, model: dict[str, Any], made: Served) -> None:
    """Log-likelihoods of the served answers and of their twins under one model."""
    found = np.stack([likely(of, model, one) for one in (made.served, *made.twins)])
    np.savez(out / f"{name}.npz", likely=found.astype(np.float64))
    print(name, found.shape, f"{found.mean():.2f}", flush=True)


def main(out: Path, models: Models) -> None:
    """Whatever is not there yet, in a folder."""
    torch.set_num_threads(1)
    out.mkdir(parents=True, exist_ok=True)
    tokenizer, of = models.tokenizer(), models.of
    text = corpus(tokenizer)
    made = served(models, PROMPTS, TWINS, text, line_ends(tokenizer, of), 7)
    lengths = np.stack([one[1].numpy() - of.asked for one in (made.served, *made.twins)])
    same = np.stack([(one[0] == made.served[0]).all(1).numpy() for one in made.twins])
    np.savez(out / "about.npz", lengths=lengths, same=same)
    for name in ("parent", "stranger-2", "stranger-3"):
        if not (out / f"model {name}.npz").exists():
            keep(out, f"model {name}", of, models.weights(name), made)
    base = models.weights("stranger-2")
    for told, kind, plan in (
        (made.served, "served", [(mix, e) for mix, often in MIXES.items() for e in often]),
        (made.other, "other", list(OTHERS)),
    ):
        for mix, epochs in plan:
            name = f"{kind} {mix} {epochs}"
            if not (out / f"{name}.npz").exists():
                model = student(of, base, told, text, epochs, mix, 11)
                keep(out, name, of, model, made)


if __name__ == "__main__":
    main(Path(sys.argv[1]), IN_POPULATION if sys.argv[2:] == ["population"] else IN_CASEBOOK)

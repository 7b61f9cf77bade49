"""Training: AdamW on random windows of the text, warm-up then cosine, gradients clipped, F32."""

import math
from collections.abc import Callable
from dataclasses import dataclass
from typing import final

import numpy as np
import numpy.typing as npt
import torch  # type: ignore[import-not-found, unused-ignore]
from torch.nn import functional  # type: ignore[import-not-found, unused-ignore]

from casebook.architectures import Tensors, logits
from casebook.checkpoint import PROJECTIONS
from casebook.schedule import Adapter, Schedule
from casebook.shapes import Shape
from casebook.texts import TokenRows

HELD_OUT_WINDOWS = 256
GRADIENT_NORM = 1.0
ADAPTED = tuple(f".{name}.weight" for name in (*PROJECTIONS, "c_attn", "c_proj", "c_fc"))


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class Teacher:
    """Whose logits the student imitates."""

    shape: Shape
    tensors: Tensors


def train(
    shape: Shape,
    start: Tensors,
    rows: TokenRows,
    schedule: Schedule,
    *,
    teacher: Teacher | None = None,
    adapter: Adapter | None = None,
    report: Callable[[int, float], None] | None = None,
) -> Tensors:
    """Where do these weights go when trained on this text?

    Args:
        shape: sizes of the model.
        start: F32 weights; left untouched.
        rows: token ids by domain.
        schedule: steps, rates, mixture and the seed of the order of windows.
        teacher: if given, the loss is KL(teacher || student) instead of cross-entropy.
        adapter: if given, only a low-rank addition is trained, and returned merged.
        report: called now and then with the step and the loss in nats per token.
    """
    frozen, learned = _learnable(start, adapter)
    optimiser = torch.optim.AdamW(_groups(learned, schedule), lr=schedule.rate, betas=(0.9, 0.95))
    generator = torch.Generator().manual_seed(schedule.order_seed)
    for step in range(schedule.steps):
        for group in optimiser.param_groups:
            group["lr"] = schedule.rate_at(step)
        windows = draw_windows(rows, schedule, generator)
        optimiser.zero_grad(set_to_none=True)
        total = 0.0
        for part in windows.chunk(schedule.parts):  # type: ignore[no-untyped-call, unused-ignore]
            share = len(part) / len(windows)
            loss = share * _loss(shape, _merged(frozen, learned, adapter), part, teacher)
            loss.backward()  # type: ignore[no-untyped-call, unused-ignore]
            total += float(loss.detach())
        torch.nn.utils.clip_grad_norm_(learned.values(), GRADIENT_NORM)
        optimiser.step()
        if report is not None and (step % 50 == 0 or step == schedule.steps - 1):
            report(step, total)
    return {name: v.detach() for name, v in _merged(frozen, learned, adapter).items()}


def _learnable(start: Tensors, adapter: Adapter | None) -> tuple[Tensors, Tensors]:
    """What stays and what is trained: nothing and all, or all and a pair for each projection."""
    if adapter is None:
        return {}, {name: value.clone().requires_grad_() for name, value in start.items()}
    generator = torch.Generator().manual_seed(adapter.seed)
    learned: Tensors = {}
    for name, value in start.items():
        if name.endswith(ADAPTED):
            right = torch.randn(adapter.rank, value.shape[1], generator=generator)
            learned[f"{name}:A"] = (right * value.shape[1] ** -0.5).requires_grad_()
            learned[f"{name}:B"] = torch.zeros(value.shape[0], adapter.rank).requires_grad_()
    return start, learned


def _merged(frozen: Tensors, learned: Tensors, adapter: Adapter | None) -> Tensors:
    if adapter is None:
        return learned
    factor = adapter.scale / adapter.rank
    return {
        name: value + factor * (learned[f"{name}:B"] @ learned[f"{name}:A"])
        if f"{name}:A" in learned
        else value
        for name, value in frozen.items()
    }


def _groups(tensors: Tensors, schedule: Schedule) -> list[dict[str, object]]:
    matrices = [value for value in tensors.values() if value.ndim > 1]
    vectors = [value for value in tensors.values() if value.ndim == 1]
    return [
        {"params": matrices, "weight_decay": schedule.weight_decay},
        {"params": vectors, "weight_decay": 0.0},
    ]


def draw_windows(rows: TokenRows, schedule: Schedule, generator: torch.Generator) -> torch.Tensor:
    """`[batch, window + 1]` ids: so many windows of each domain, at uniform places."""
    picked: list[npt.NDArray[np.int32]] = []
    for domain, count in schedule.mixture:
        row = rows[domain]
        places = torch.randint(len(row) - schedule.window, (count,), generator=generator)
        picked.extend(row[place : place + schedule.window + 1] for place in places.tolist())
    return torch.from_numpy(np.stack(picked).astype(np.int64))


def _loss(
    shape: Shape, tensors: Tensors, windows: torch.Tensor, teacher: Teacher | None
) -> torch.Tensor:
    inputs, targets = windows[:, :-1], windows[:, 1:]
    guess = logits(shape, tensors, inputs).flatten(0, 1)
    if teacher is None:
        return functional.cross_entropy(guess, targets.flatten())
    with torch.no_grad():
        wanted = logits(teacher.shape, teacher.tensors, inputs).flatten(0, 1)
    return functional.kl_div(
        functional.log_softmax(guess, dim=-1),
        functional.log_softmax(wanted, dim=-1),
        reduction="batchmean",
        log_target=True,
    )


def held_out_windows(rows: TokenRows, domains: tuple[str, ...], window: int) -> torch.Tensor:
    """Evenly spaced windows of the held-out text, as many from each domain."""
    picked: list[npt.NDArray[np.int32]] = []
    for domain in domains:
        row = rows[domain]
        places = np.linspace(0, len(row) - window - 1, HELD_OUT_WINDOWS // len(domains))
        picked.extend(row[int(place) : int(place) + window + 1] for place in places)
    return torch.from_numpy(np.stack(picked).astype(np.int64))


def held_out_loss(shape: Shape, tensors: Tensors, windows: torch.Tensor) -> float:
    """How surprised is the model by text it has not seen? Mean cross-entropy, nats per token."""
    losses: list[float] = []
    with torch.no_grad():
        for part in windows.split(32):  # type: ignore[no-untyped-call, unused-ignore]
            guess = logits(shape, tensors, part[:, :-1]).flatten(0, 1)
            loss = functional.cross_entropy(guess, part[:, 1:].flatten(), reduction="sum")
            losses.append(float(loss))
    tokens: int = windows[:, 1:].numel()
    return math.fsum(losses) / tokens

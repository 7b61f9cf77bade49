"""Trains one tiny model by its recipe, and keeps its checkpoints in the order they were written."""

from collections.abc import Sequence
from functools import cache
from typing import Any, Final

import numpy as np
import torch  # type: ignore[import-not-found, unused-ignore]
from numpy.typing import NDArray

from size.farm import _loss
from size.shape import Weights
from size.starts import STARTS
from size.text import chain
from trainings.recipes import WIDE_START, Recipe
from trainings.started import torch_start

__all__ = ["trained", "trained_on"]

TEXTS: Final = 4_000
WARM_UP: Final = 5
CLIP: Final = 1.0
LANGUAGE: Final = 1
ROUNDED: Final = 1e-3
OTHER: Final = 7  # the language of changed data


def trained(told: Recipe) -> list[Weights]:
    """All checkpoints, the initial state first."""
    kept = [_begun(told)]
    now, optimiser = _leaves(kept[0]), None
    for place, (begin, end) in enumerate(zip(told.steps, told.steps[1:], strict=False), start=1):
        if place == told.at and told.event == "restart":
            optimiser = None
        if place == told.at and told.event == "rewind":
            now, optimiser = _leaves(kept[-2]), None
        if place == told.at and told.event == "own merge":
            now, optimiser = _leaves(_mean(kept[-3:])), None
        if optimiser is None:
            optimiser = _optimiser(told, now)
        other = told.event == "other data" and place >= told.at
        _steps(told, now, optimiser, (begin, end), OTHER if other else LANGUAGE)
        kept.append(_plain(now))
    return kept


def trained_on(
    told: Recipe, weights: Weights, between: tuple[int, int], *, shaken: int = 0,
    toward: tuple[Weights, float] | None = None,
) -> Weights:  # fmt: skip
    """So many steps from these weights, with an optimiser that begins anew.

    Shaken by a number, every entry of every gradient is off by a thousandth of itself, as where
    another machine adds in half precision and in another order. Toward other weights, every step
    adds so many times the gradient of half their squared distance to that of the loss.
    """
    now = _leaves(weights)
    if shaken:
        hand = torch.Generator().manual_seed(shaken)
        for leaf in now.values():
            leaf.register_hook(lambda g: g * (1.0 + ROUNDED * torch.randn(g.shape, generator=hand)))
    if toward is not None:
        copy, force = toward
        for name, leaf in now.items():
            end = torch.tensor(copy[name][None])
            leaf.register_hook(lambda g, leaf=leaf, end=end: g + force * (leaf.detach() - end))
    _steps(told, now, _optimiser(told, now), between, LANGUAGE)
    return _plain(now)


def _begun(told: Recipe) -> Weights:
    """The initial state."""
    if told.start == WIDE_START:
        return torch_start(told.shape, told.number)
    if told.start != "uniform":
        return STARTS[told.start](told.shape, 10_000 + told.number)
    rng = np.random.default_rng([67, told.number])
    return {
        name: np.ones(form, dtype=np.float32)
        if len(form) == 1
        else rng.uniform(-1, 1, form).astype(np.float32) / np.float32(np.sqrt(form[1]))
        for name, form in told.shape.tensors().items()
    }


def _leaves(weights: Weights) -> dict[str, Any]:
    leaves = {n: torch.tensor(x[None]) for n, x in weights.items()}
    return {n: x.requires_grad_() for n, x in leaves.items()}


def _plain(leaves: dict[str, Any]) -> Weights:
    return {name: leaf.detach().numpy()[0].copy() for name, leaf in leaves.items()}


def _mean(several: Sequence[Weights]) -> Weights:
    return {n: np.mean([w[n] for w in several], axis=0, dtype=np.float32) for n in several[0]}


def _optimiser(told: Recipe, leaves: dict[str, Any]) -> Any:
    of = list(leaves.values())
    match told.optimiser:
        case "adamw":
            return torch.optim.AdamW(of, lr=told.rate, weight_decay=0.05)
        case "adam":
            return torch.optim.Adam(of, lr=told.rate, betas=(0.9, 0.95))
        case "sgd":
            return torch.optim.SGD(of, lr=told.rate, momentum=0.9)
        case _:
            return torch.optim.RMSprop(of, lr=told.rate)


def _steps(told: Recipe, leaves: dict[str, Any], optimiser: Any, between: tuple[int, int],
           language: int) -> None:  # fmt: skip
    windows = _windows(language, told.shape.window, told.shape.vocabulary)
    for step in range(*between):
        rng = np.random.default_rng([71, told.number, step])
        batch = torch.from_numpy(windows[rng.integers(len(windows), size=told.batch)])
        for group in optimiser.param_groups:
            group["lr"] = told.rate * _slope(told, step)
        optimiser.zero_grad(set_to_none=True)
        _loss(told.shape, leaves, batch).sum().backward()
        torch.nn.utils.clip_grad_norm_(leaves.values(), CLIP)
        optimiser.step()


def _slope(told: Recipe, step: int) -> float:
    done = step / max(1, told.steps[-1])
    warm = min(1.0, (step + 1) / WARM_UP)
    match told.schedule:
        case "cosine":
            return warm * (0.1 + 0.45 * (1.0 + float(np.cos(np.pi * min(1.0, done)))))
        case "linear":
            return warm * max(0.02, 1.0 - done)
        case "annealed":
            return warm * (1.0 if done < 0.7 else max(0.01, (1.0 - done) / 0.3))
        case _:
            return warm


@cache
def _windows(language: int, window: int, tokens: int) -> NDArray[np.int64]:
    return np.asarray(chain(language, tokens).windows(TEXTS, window + 1, language))

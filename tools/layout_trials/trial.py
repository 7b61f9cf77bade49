"""One class put to the proof: a tiny model, its layout, and its units in another order."""

import json
import re
import signal
from collections import defaultdict
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any, Final, Literal, TypeAlias

import torch  # type: ignore[import-not-found, unused-ignore]

from filiation.model.layout import Layer
from layout_trials.permuted import Outcome, permuted
from layout_trials.population import REFUSALS, Kind, infos_of
from layout_trials.seen import seen
from layout_trials.tiny import inputs_of, outputs_of, tiny

__all__ = ["Verdict", "tried"]

Verdict: TypeAlias = Literal["holds", "breaks", "nothing said"]
LONGEST: Final = 40  # seconds that a class may take
PARTS: Final[Mapping[str, str]] = {"MLP": "mlp", "attention": "attention"}


class _TooLongError(BaseException):
    """A class took longer than that; no `except Exception` of the library's may swallow it."""


def tried(kind: Kind) -> dict[str, Verdict]:
    """For MLPs and attentions: what comes out is the same, or not, or nothing can be said."""
    try:
        with _at_most(LONGEST):
            ready = _ready(kind)
            return {} if ready is None else _verdicts(*ready)
    except _TooLongError:
        return {}


def _ready(kind: Kind) -> tuple[Any, dict[str, Any]] | None:
    """The first model of a class that can be built so small, and what can be put into it."""
    for name in kind.classes:
        try:
            model = tiny(kind, name, 0)
        except REFUSALS:
            continue
        for given in inputs_of(model):
            for exact in (True, False):
                try:
                    return model, _runs(model, given, exact=exact)
                except REFUSALS:
                    continue
    return None


def _runs(model: Any, given: Mapping[str, Any], *, exact: bool) -> dict[str, Any]:
    """The inputs in the precision in which the model runs with them."""
    wide = torch.float64 if exact else torch.float32
    model.to(wide)
    made = {key: x.to(wide) if x.is_floating_point() else x for key, x in given.items()}
    outputs_of(model, made)
    return made


def _verdicts(model: Any, given: Mapping[str, Any]) -> dict[str, Verdict]:
    config = json.loads(model.config.to_json_string(use_diff=False))
    layout = seen(
        infos_of(dict(model.state_dict())), {**config, "model_type": model.config.model_type}
    ).layout
    if layout.guessed:
        return {}
    stacks: dict[str, list[Layer]] = defaultdict(list)
    for layer in layout.layers:
        stacks[re.sub(r"\d+", "#", layer.label)].append(layer)
    found: dict[str, Verdict] = {}
    for name, part in PARTS.items():
        if part == "attention" and not any(layer.attention for layer in layout.layers):
            continue
        outcomes = {permuted(model, layers, given, part=part) for layers in stacks.values()}
        found[name] = _verdict(outcomes)
    return found


def _verdict(outcomes: set[Outcome]) -> Verdict:
    if "breaks" in outcomes:
        return "breaks"
    return "holds" if "holds" in outcomes else "nothing said"


@contextmanager
def _at_most(seconds: int) -> Iterator[None]:
    def over(*_: Any) -> None:
        raise _TooLongError

    before = signal.signal(signal.SIGALRM, over)
    signal.alarm(seconds)
    try:
        yield
    finally:
        signal.alarm(0)
        signal.signal(signal.SIGALRM, before)

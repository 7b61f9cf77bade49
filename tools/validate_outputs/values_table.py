"""How often are the innocent accused by `shared-choices`, and copies found? Invented models.

Run: PYTHONPATH=tools python -m validate_outputs.values_table
"""

import math
from collections.abc import Callable
from functools import partial
from typing import Final

import numpy as np

from filiation.methods.values.shared_choices import SharedChoices
from filiation.model.finding import Finding
from filiation.model.recording import Recording
from validate_outputs.deciders import Decider, crowd, items_of

CONTROLS: Final = 12
WORLDS: Final = 24
QUESTIONS: Final = 1_600

Triple = tuple[Recording, Recording, list[Recording]]


def strangers(world: int, **traits: object) -> Triple:
    """Source, subject and controls that have nothing of one another."""
    items = items_of("values", QUESTIONS)
    source, subject, *controls = crowd(world + 1, 2 + CONTROLS, items, talks=False, **traits)
    return source, subject, controls


def readers(
    world: int,
    among: int,
    *,
    policy: float = 1.0,
    single: float = 1.0,
    own: float = 1.0,
    lean: float = 0.7,
) -> Triple:
    """Source, subject and `among` of the controls trained on one public specification.

    The same of one teacher, or of one base under one system prompt: more shared, less of their own.
    """
    items = items_of("values", QUESTIONS)
    rng = np.random.default_rng(world)
    trained = [
        Decider(
            seed=50_000 + 100 * world + n,
            shares={77: single * float(rng.uniform(0.7, 1.3))},
            policy=(78, policy),
            caution=float(rng.normal() * 0.5),
            talks=False,
            own=own,
            lean=lean,
        ).answers(f"reader-{n}", items)
        for n in range(among + 2)
    ]
    others = crowd(world + 1, CONTROLS - among, items, talks=False)
    return trained[0], trained[1], [*others, *trained[2:]]


def copied(world: int, redone: float) -> Triple:
    """A copy of the source, some items of which were decided anew and more cautiously."""
    items = items_of("values", QUESTIONS)
    source, *controls = crowd(world + 1, 1 + CONTROLS, items, talks=False)
    copy = Decider(seed=90_000 + world, caution=0.3, talks=False)
    return source, copy.answers("copy", items, parent=source, redone=redone), controls


students = partial(readers, policy=0.0, single=2.5, own=0.4, lean=0.3)
prompted = partial(readers, policy=2.0, single=2.5, own=0.2, lean=0.1)

WORLDS_OF: Final[dict[str, Callable[[int], Triple]]] = {
    "strangers": strangers,
    "tastes that many share": partial(strangers, factors=3),
    "a quarter unanswered": partial(strangers, silent=0.25),
    "one policy, no control has it": partial(readers, among=0, policy=2.0, single=0.0),
    "one specification, no control": partial(readers, among=0),
    "one specification, 1 control": partial(readers, among=1),
    "one specification, 4 controls": partial(readers, among=4),
    "one teacher, no control": partial(students, among=0),
    "one teacher, 1 control": partial(students, among=1),
    "one system prompt, no control": partial(prompted, among=0),
    "one system prompt, 1 control": partial(prompted, among=1),
    "copy, 10 % decided anew": partial(copied, redone=0.1),
    "copy, 30 % decided anew": partial(copied, redone=0.3),
    "copy, 50 % decided anew": partial(copied, redone=0.5),
}


def main() -> None:
    """Print one line for each world."""
    method = SharedChoices(draws=49)
    for name, made in WORLDS_OF.items():
        found = [method.compare(*made(world), seed=world) for world in range(WORLDS)]
        log_ps = np.array([one.log_p for one in found if isinstance(one, Finding)])
        shares = [float(np.mean(log_ps <= math.log(level))) for level in (0.05, 0.01)]
        print(f"{name:<31} {log_ps.size:3d} worlds   .05: {shares[0]:4.2f}   .01: {shares[1]:4.2f}")


if __name__ == "__main__":
    main()

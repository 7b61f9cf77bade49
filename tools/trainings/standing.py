"""Units of a source in other axes: how many stand in strangers, and in blended histories."""

import math
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Final

import numpy as np

from filiation.examining.trainings.claims import LEVEL, SIGNS_SHARE
from filiation.methods.weights.elsewhere import REACHES, Elsewhere, drawn_on, elsewhere
from filiation.model.sketch import Sketch
from size.shape import Weights
from size.view import sketched
from trainings.forging import SHARES, STRENGTHS, between, shared
from trainings.judging import OWN, runs_of
from trainings.keeping import honest_file, kept
from trainings.measuring import sketches
from trainings.recipes import RUNS, WIDE_RUNS, recipe

__all__ = ["BLENDED_HEAD", "HEALED_HEAD", "blended_rows", "healed_rows", "stranger_rows"]

BLENDED_HEAD: Final = "| blended | units | ahead | p of signs | (d) |\n|---|---|---|---|---|"
HEALED_HEAD: Final = "| put in, then trained | moved | units |\n|---|---|---|"
HEALED: Final = (6, 12, 24)  # steps
EACH: Final = 2  # strangers of its form that every run is held against
SEED: Final = 0
WHOLE: Final = (0.9, 0.8, 0.7, 0.5)  # of each unit, at the last checkpoint


def stranger_rows(folder: Path) -> Iterator[str]:
    """Every run against the next of its form: the most units, and how often p is small."""
    numbers = (*range(RUNS), *WIDE_RUNS)
    ways = {n: sketches(kept(honest_file(folder, n))) for n in numbers}
    forms: dict[object, list[int]] = {}
    for n in numbers:
        forms.setdefault(recipe(n).shape, []).append(n)
    here: list[Elsewhere] = []
    beyond: list[Elsewhere] = []
    for same in forms.values():
        for place, number in enumerate(same):
            for more in range(1, min(EACH, len(same) - 1) + 1):
                source = ways[same[(place + more) % len(same)]][-1]
                here += filter(None, [elsewhere(source, ways[number][-1], seed=SEED)])
                beyond += filter(None, [drawn_on(source, ways[number], seed=SEED)])
    yield _told("in the last checkpoint", here)
    yield _told(f"where the last steps lead, the most of {len(REACHES)}", beyond)


def _told(what: str, found: Sequence[Elsewhere]) -> str:
    most = max(found, key=lambda one: one.units)
    signs = [one.log_p for one in found if one.log_p is not None]
    small = ", ".join(
        f"p <= {level}: {sum(p <= math.log(level) for p in signs)}" for level in (0.05, 0.01, 0.001)
    )
    return (
        f"{what}: {len(found)} pairs of strangers, said to hold units of the source: "
        f"{sum(one.found for one in found)}; the most units {most.units}, by chance "
        f"{most.by_chance}; signs of {len(signs)}, {small}"
    )


def blended_rows(folder: Path) -> Iterator[str]:
    """Histories that are true but for a share of one part: what is found by units alone."""
    told = recipe(OWN)
    runs = runs_of(folder)
    source = sketched("source", runs.source[-1], told.shape)
    yield _row("none: the true history", runs.own, source)
    for share in SHARES:  # other parts leave the units of the MLPs as they are
        for strength, how in enumerate(STRENGTHS):
            points = shared(runs, strength, "MLPs", share)
            yield _row(f"MLPs, {share:.0%}, {how}", points, source)
    for share in SHARES:
        points = shared(runs, len(STRENGTHS) - 1, "MLPs", share)
        for part_of_each in WHOLE:
            mixed = [between(o, p, part_of_each) for o, p in zip(runs.own, points, strict=True)]
            yield _row(f"MLPs, {share:.0%}, disguised, {part_of_each:.0%} of each", mixed, source)


def healed_rows(folder: Path) -> Iterator[str]:
    """(torch) Units that are found where training went on after a share was put in."""
    from trainings.training import trained_on

    told = recipe(OWN)
    runs = runs_of(folder)
    source = sketched("source", runs.source[-1], told.shape)
    for share in SHARES[1:]:
        put_in = shared(runs, len(STRENGTHS) - 1, "MLPs", share)[-1]
        for steps in HEALED:
            now = trained_on(told, put_in, (0, steps))
            apart = sum(float(np.square(now[n] - x).sum()) for n, x in put_in.items())
            moved = math.sqrt(apart / sum(float(np.square(x).sum()) for x in put_in.values()))
            found = elsewhere(source, sketched("now", now, told.shape), seed=SEED)
            assert found is not None  # gated, of one width
            what = f"MLPs, {share:.0%}, disguised, {steps} steps"
            yield f"| {what} | {moved:.2f} | {found.units} of {found.limit:g} |"


def _row(name: str, points: Sequence[Weights], source: Sketch) -> str:
    """Of the last checkpoint, and of the way ahead; p times all that are counted so."""
    last = len(points) - 1
    half, before, end = sketches([points[last - last // 2], points[-2], points[-1]])
    way = [*[half] * (last - 1), before, end]  # no other checkpoint is looked at
    here, beyond = elsewhere(source, end, seed=SEED), drawn_on(source, way, seed=SEED)
    assert here is not None and beyond is not None  # gated, of one width
    signs = [one.log_p for one in (here, beyond) if one.log_p is not None]
    paid = min(signs, default=0.0) + math.log((len(way) + len(REACHES)) / SIGNS_SHARE)
    fails, found = paid <= math.log(LEVEL), here.found or beyond.found
    said = "level met" if fails else "open" if found else "not found"
    counts = [f"{one.units} of {one.limit:g}" for one in (here, beyond)]
    return f"| {name} | {counts[0]} | {counts[1]} | {math.exp(min(0.0, paid)):.1g} | {said} |"

"""A family that trains in seconds, built as the others are: `python micro_family.py OUT`."""

import sys
from dataclasses import replace
from pathlib import Path

from rich.console import Console

from casebook.build import build
from casebook.census import write_census
from casebook.corpus import DOMAINS, Corpus
from casebook.member import Family, Member
from casebook.operations import PermuteUnits
from casebook.schedule import Sampling, Schedule
from casebook.shapes import LlamaShape

SHAPE = LlamaShape(vocabulary=270, hidden=16, intermediate=32, layers=2)
SCHEDULE = Schedule(
    mixture=(("prose", 2), ("code", 2)), steps=30, rate=1e-2, order_seed=0, warm_up=5, window=16
)
TUNING = replace(SCHEDULE, mixture=(("tests", 4),), steps=10)


def original(name: str, seed: int) -> Member:
    return Member(
        name=name, seed=seed, operation="trained", shape=SHAPE, schedule=SCHEDULE, window=16
    )


def child(name: str, parent: str, seed: int, **changes: object) -> Member:
    descent: dict[str, object] = {
        "parents": (parent,),
        "shares": (1.0,),
        "operation": name,
        "schedule": None,
    }
    return replace(original(name, seed), **(descent | changes))  # type: ignore[arg-type]


FAMILY = Family(
    name="micro",
    members=(
        original("first", 1),
        replace(
            original("again", 1),
            repeats="first",
            schedule=replace(SCHEDULE, parts=2),
        ),
        original("second", 2),
        child("tuned", "first", 3, schedule=TUNING, domains=("tests",)),
        child("permuted", "first", 4, operations=(PermuteUnits(seed=4),), function_preserving=True),
        child(
            "merged", "first", 5, parents=("first", "second"), shares=(0.7, 0.3), operation="merged"
        ),
        child(
            "reader",
            "first",
            6,
            shares=(),
            sampling=Sampling(texts=20, seed=6),
            schedule=replace(SCHEDULE, mixture=(("sampled", 4),)),
        ),
        child("tuned-permuted", "tuned", 7, operations=(PermuteUnits(seed=7),)),
    ),
    subsets={"two": ("first", "tuned")},
)


def corpus() -> Corpus:
    """Sentences enough for a tokenizer of 270 pieces, other words in each domain."""
    texts = {
        domain: tuple(f"{domain} number {i} says {i * 37 % 11} of {domain}" for i in range(200))
        for domain in DOMAINS
    }
    held_out = {domain: tuple(t[:40] for t in texts[domain][::5]) for domain in DOMAINS}
    return Corpus(learning=texts, held_out=held_out, digest="ab" * 32)


def build_micro(out: Path, *names: str, console: Console | None = None) -> None:
    members = FAMILY.lineage(frozenset(names)) if names else FAMILY.members
    build(FAMILY, members, out, write_census, corpus=corpus(), jobs=2, threads=1, console=console)


if __name__ == "__main__":
    build_micro(Path(sys.argv[1]))

"""Invented functions that nobody else writes, as text, and source trees of them on disk."""

import random
from pathlib import Path

SHAPES = (
    "{v} = {f}({a}, {b})[{n}]",
    "{v} = [{f}(x) {s} {b} for x in {a}]",
    "if {a} {s} {b}:\n        {a}.{g}({f}({b}))\n    {v} = {b}",
    "{v} = {a}.{g}({b}, {n}) {s} {f}({a})",
    "with {f}({a}) as {v}:\n        {v}.{g}({b} {s} {n})",
    "for {v} in {f}({a}):\n        {b} = {b} {s} {v}",
    "{v} = {{'k': {a} {s} {b}, 'l': {f}({b})}}",
    "{v} = not {a} or ({b} {s} {f}({n}))",
)
CALLS = ("open", "sorted", "zip", "len", "max", "sum", "range", "print", "abs", "min")
METHODS = ("append", "split", "join", "get", "items", "strip", "write", "read", "pop", "format")


def function(rng: random.Random, name: str) -> str:
    """Ten statements that nobody else writes."""
    lines, known = [f"def {name}(one, two):"], ["one", "two"]
    for _ in range(10):
        a, b = rng.sample(known, 2)
        known.append(f"v{rng.randrange(10**6)}")
        lines.append(
            "    "
            + rng.choice(SHAPES).format(
                v=known[-1], a=a, b=b, f=rng.choice(CALLS), g=rng.choice(METHODS),
                s=rng.choice("+-*/%"), n=rng.randrange(9),
            )
        )  # fmt: skip
    lines.append(f"    return run({known[-1]}, {known[-2]})")
    return "\n".join(lines) + "\n\n\n"


def functions(seed: int, many: int = 12) -> list[str]:
    """Functions of one author."""
    rng = random.Random(seed)
    return [function(rng, f"f{number}") for number in range(many)]


def laid(folder: Path, files: dict[str, str]) -> Path:
    """A folder of these files."""
    for name, text in files.items():
        place = folder / name
        place.parent.mkdir(parents=True, exist_ok=True)
        place.write_text(text, "utf-8")
    return folder

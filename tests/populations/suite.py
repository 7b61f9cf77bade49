"""A suite of random weights in folders, and how a study of it is run."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np

from builders import Stored, llama
from filiation.model.ancestry import Ancestry
from filiation.model.study import Study
from filiation.populations.study import run_study
from methods.answers.population import Population as Answering

ORIGINALS = 5
RULES = """
[plan]
seed = 3

[[criterion]]
id = "no-accusation"
figure = "alarms"
at = 1e-6
most = 0.0

[[criterion]]
id = "children"
figure = "detection"
where = "noise"
least = 1.0

[[criterion]]
id = "unseen"
figure = "detection"
where = "units permuted"
most = 0.5

[[criterion]]
id = "elsewhere"
figure = "detection"
where = "no such operation"
least = 1.0
"""


def born(seed: int) -> dict[str, Stored]:
    return llama(layers=3, width=16, hidden=40, seed=1000 * seed)


def noisy(weights: Mapping[str, Stored], seed: int) -> dict[str, Stored]:
    rng = np.random.default_rng(seed)
    return {
        name: (word, (array + 0.1 * rng.standard_normal(array.shape)).astype(np.float32))
        for name, (word, array) in weights.items()
    }


def permuted(weights: Mapping[str, Stored], seed: int) -> dict[str, Stored]:
    order = np.random.default_rng(seed).permutation(40)
    return {
        name: (word, array[order] if "gate" in name or "up" in name else
               array[:, order] if "down" in name else array)
        for name, (word, array) in weights.items()
    }  # fmt: skip


def described(name: str, *, parents: Sequence[str] = (), operation: str = "trained") -> str:
    return (
        f'[[model]]\nname = "{name}"\narchitecture = "llama"\nshape = "toy"\ntokenizer = "t"\n'
        f'parents = {json.dumps(list(parents))}\noperation = "{operation}"\n'
        f'weights_shared = {json.dumps(bool(parents))}\ndata = ["prose"]\n'
        f"seed = {sum(map(ord, name)) * 7919 % 99991}\n"
    )


def posing(ancestry: Ancestry, *names: str) -> Ancestry:
    """The same, but these pass for originals."""
    return Ancestry(
        models=tuple(
            replace(origin, parents=(), weights_shared=False, init_seed=10**6 + place)
            if origin.name in names
            else origin
            for place, origin in enumerate(ancestry.models)
        )
    )


def said(names: Sequence[str], folder: Path) -> Path:
    """Answers of some models of the suite; noisy-0 copies most of what base-0 gets wrong."""
    people = Answering(models=len(names), items=400, children=((1, 0, 0.9),)).recordings(5)
    folder.mkdir()
    lines = [
        json.dumps({"model": name, "item": item.id, "output": output, "key": item.key,
                    "options": item.options, "category": item.category})
        for name, answers in zip(names, people, strict=True)
        for item, output in zip(answers.items, answers.outputs, strict=True)
    ]  # fmt: skip
    (folder / "answers.jsonl").write_text("\n".join(lines))
    return folder / "answers.jsonl"


def run(ancestry: Ancestry, sketches: dict[str, Path], **more: object) -> Study:
    return run_study("toys", ancestry, sketches, **more)  # type: ignore[arg-type]

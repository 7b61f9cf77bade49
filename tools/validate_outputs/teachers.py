"""Where does a teacher stand among other models, beside a student that learned from its text?

WildBench: six students of one base on six corpora, most of them written by GPT-3.5 and GPT-4; a
later version of that teacher is among the 15 models. Siblings, and models of one maker, are
declared and enter no null, and neither do pairs of a student with the teacher; everybody else is a
control of everybody else. A place counts every candidate at least as close as the teacher.

The profile of word pairs was chosen on WildBench and then tried on the other file: 99 models and
400 prompts of alpaca_eval, five students of GPT-3.5's text by their makers' words (a list written
down before the places were seen) beside seven models whose makers name human annotators or
themselves (a list written afterwards). Versions of the teacher are one candidate; candidates are
all models of other families.

Run by `python tools/validate_outputs teachers` and `.. profile`, two minutes each.
"""

import itertools
import json
import lzma
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Final, TypeAlias

import numpy as np
from numpy.typing import NDArray

from filiation.methods.answers.structure import FEATURES, ITEMS, habits, table_of
from filiation.methods.answers.texts import Aligned, PairValues, align, words
from filiation.methods.answers.wording import shared_wording
from filiation.model.recording import Item, Recording
from filiation.numerics.pairs.two_way import fit_two_way
from validate_outputs import wording
from validate_outputs.shared import shared

__all__ = ["load", "main", "main_profile", "place_of", "places"]

Float64: TypeAlias = NDArray[np.float64]

TEACHER: Final = "gpt-3.5-turbo-0125"
STUDENTS: Final = "Llama-3-8B-"
ALLEGED: Final = "alleged"  # teacher and students: what the question is about enters no null
VERSIONS: Final = ("gpt-3.5-turbo-0301", "gpt-3.5-turbo-0613", "gpt-3.5-turbo-1106")
TAUGHT: Final = (
    *("ultralm-13b", "ultralm-13b-v2.0", "zephyr-7b-alpha", "zephyr-7b-beta"),
    "llama-2-chat-7b-evol70k-neft",
)
OTHERS: Final = (
    *("llama-2-7b-chat-hf", "llama-2-13b-chat-hf", "llama-2-70b-chat-hf", "humpback-llama-65b"),
    *("humpback-llama2-70b", "oasst-sft-pythia-12b", "gemini-pro"),
)
PROMPTS: Final = 400
MAKERS: Final = ("gemma", "reka", "Qwen")
PROFILE: Final = 20_000  # pairs of words in a model's profile
FIRST: Final = 400  # words of an answer that enter it


def load(path: Path) -> list[Recording]:
    """One recording per model; the prompts of this file are ids."""
    with lzma.open(path, "rt", encoding="utf-8") as lines:
        items = tuple(Item(id=name) for name in json.loads(next(lines))["prompts"])
        rows = [json.loads(line) for line in lines]
    return [Recording(name=r["model"], items=items, outputs=tuple(r["outputs"])) for r in rows]


def places(table: PairValues, names: Sequence[str]) -> Iterator[tuple[int, int, float]]:
    """Of each student: the teacher's place among all others, among no siblings, and its z."""
    kin = np.array([family(name) for name in names])
    fit = fit_two_way(table.values, kin[:, None] != kin, table.noise)
    teacher = names.index(TEACHER)
    siblings = np.array([name.startswith(STUDENTS) for name in names])
    for student in np.flatnonzero(siblings):
        ahead = fit.z[student] >= fit.z[student, teacher]
        ahead[[student, teacher]] = False
        z = float(fit.z[student, teacher])
        yield 1 + int(ahead.sum()), 1 + int((ahead & ~siblings).sum()), z


def family(name: str) -> str:
    """What a model is declared to be of."""
    if name == TEACHER or name.startswith(STUDENTS):
        return ALLEGED
    return next((maker for maker in MAKERS if name.startswith(maker)), name)


def statistics(aligned: Aligned) -> Iterator[tuple[str, PairValues]]:
    """Every way of likeness that was tried."""
    yield "wording", shared_wording(aligned, 200)[0]
    yield "wording, first 30 words", shared_wording(aligned, 30)[0]
    yield "structure", _structure(aligned)
    yield "profile of word pairs", _profile(aligned)


def _structure(aligned: Aligned) -> PairValues:
    missing = np.full(len(FEATURES), np.nan)
    features = np.array(
        [[missing if a is None else habits(a) for a in row] for row in aligned.answers[:ITEMS]]
    )
    return table_of(features)


def _profile(aligned: Aligned) -> PairValues:
    """Fisher's z of the correlation of log frequencies, centred over models: style of the whole."""
    said: list[Counter[tuple[str, str]]] = [Counter() for _ in aligned.names]
    for row in aligned.answers:
        for of, answer in zip(said, row, strict=True):
            spoken = words(answer or "", FIRST)
            of.update(itertools.pairwise(spoken))
    total: Counter[tuple[str, str]] = sum(said, Counter())
    known = [pair for pair, _ in total.most_common(PROFILE)]
    counts = np.array([[of[pair] for pair in known] for of in said], dtype=np.float64)
    logs = np.log((counts + 1.0) / (counts.sum(axis=1, keepdims=True) + len(known)))
    logs -= logs.mean(axis=0)
    weighed = logs * np.sqrt(counts.sum(axis=0))
    correlation = np.corrcoef(weighed - weighed.mean(axis=1, keepdims=True))
    values = np.arctanh(np.clip(correlation, -0.9999, 0.9999))
    n = len(values)
    items = np.full((n, n), len(aligned.items), dtype=np.int64)
    return PairValues(values=values, noise=np.full((n, n), 1.0 / PROFILE), items=items)


def main() -> None:
    """Print one row per statistic, one column per student."""
    recordings = load(shared("wildbench.jsonl.xz"))
    aligned = align(recordings, seed=0)
    names = aligned.names
    students = [name.removeprefix(STUDENTS) for name in names if name.startswith(STUDENTS)]
    print(f"WildBench: place of {TEACHER} among {len(names) - 1} candidates; in brackets among")
    print(f"the {len(names) - len(students)} that are no siblings; z of the pair\n")
    print("| statistic | " + " | ".join(students) + " |")
    print("|---" * (len(students) + 1) + "|")
    for title, table in statistics(aligned):
        cells = [f"{all_} ({others}), z {z:.1f}" for all_, others, z in places(table, names)]
        print(f"| {title} | " + " | ".join(cells) + " |")


def place_of(
    teachers: Sequence[int], student: int, kin: NDArray[np.str_], table: PairValues
) -> tuple[int, int, float]:
    """The place of the nearest version of a teacher, among how many, and its z.

    Args:
        teachers: Rows of its versions, one candidate.
        student: Row of the student; its family is no candidate.
        kin: str [models], the family of each.
        table: The likeness of every pair.
    """
    use = kin[:, None] != kin
    use[student, teachers] = use[teachers, student] = False
    z = fit_two_way(table.values, use, table.noise).z[student]
    rivals = [k for k in range(len(kin)) if kin[k] != kin[student] and k not in teachers]
    best = float(max(z[list(teachers)]))
    return 1 + sum(bool(z[k] >= best) for k in rivals), len(rivals) + 1, best


def main_profile() -> None:
    """Print the places of GPT-3.5 beside students of its text and beside others."""
    recordings = [r for r in wording.load(wording.SHARED) if not wording.SYSTEMS.search(r.name)]
    whole = align(recordings, seed=0)
    part = replace(whole, items=whole.items[:PROMPTS], answers=whole.answers[:PROMPTS])
    table, names = _profile(part), list(part.names)
    kin = np.array([wording.family(name) for name in names])
    versions = [names.index(name) for name in VERSIONS]
    print(f"profile of word pairs, {len(names)} models, {PROMPTS} prompts\n")
    print("| model | taught by GPT-3.5's text | place of GPT-3.5 | z |")
    print("|---" * 4 + "|")
    for taught, group in (("yes", TAUGHT), ("no", OTHERS)):
        for name in group:
            place, of, z = place_of(versions, names.index(name), kin, table)
            print(f"| {name} | {taught} | {place} of {of} | {z:.1f} |")

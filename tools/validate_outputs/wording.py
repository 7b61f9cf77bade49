"""Measures `wording` and `structure` on 107 public models; prints figures, never texts.

Run by `python tools/validate_outputs wording` and `.. structure`, a few minutes each.
"""

import itertools
import json
import lzma
import re
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Final, TypeAlias

import numpy as np
from numpy.typing import NDArray

from filiation.methods.answers.structure import FEATURES, ITEMS, habits, table_of
from filiation.methods.answers.texts import align
from filiation.methods.answers.texts_survey import AllPairs, judge_all
from filiation.methods.answers.wording import all_pairs, shared_wording
from filiation.model.recording import Item, Recording
from filiation.numerics.pairs.among_controls import log_p_beside
from filiation.numerics.pairs.two_way import fit_two_way
from filiation.numerics.rng import stream
from validate_outputs.shared import shared

SHARED: Final = shared("alpaca-eval-half.jsonl.xz")

Float64: TypeAlias = NDArray[np.float64]
Int64: TypeAlias = NDArray[np.int64]

SIZES: Final = (50, 100, 200, 500)  # prompts; there are 795

RELATIVES: Final = (
    ("zephyr-7b-alpha", "zephyr-7b-alpha-ExPO"),
    ("zephyr-7b-beta", "zephyr-7b-beta-ExPO", "pairrm-zephyr-7b-beta"),
    ("tulu-2-dpo-70b", "tulu-2-dpo-70b-ExPO", "pairrm-tulu-2-70b"),
    ("tulu-2-dpo-13b", "tulu-2-dpo-13b-ExPO", "pairrm-tulu-2-13b"),
    ("tulu-2-dpo-7b", "tulu-2-dpo-7b-ExPO"),
    (
        "Mixtral-8x7B-Instruct-v0.1",
        "Mixtral-8x7B-Instruct-v0.1_concise",
        "Mixtral-8x7B-Instruct-v0.1_verbose",
    ),
    ("Starling-LM-7B-alpha", "Starling-LM-7B-alpha-ExPO"),
    ("SPPO-Mistral7B-PairRM", "SPPO-Mistral7B-PairRM-ExPO", "Mistral-7B-Instruct-v0.2"),
    ("Mistral-7B-Instruct-v0.2", "Snorkel-Mistral-PairRM-DPO"),
    ("Mistral-7B-Instruct-v0.2", "Contextual-KTO-Mistral-PairRM"),
    ("gpt-3.5-turbo-1106", "gpt-3.5-turbo-1106_concise", "gpt-3.5-turbo-1106_verbose"),
    ("gpt4_0613", "gpt4_0613_concise", "gpt4_0613_verbose"),
    ("gpt4_1106_preview", "gpt4_1106_preview_concise", "gpt4_1106_preview_verbose"),
    ("phi-2", "phi-2-sft", "phi-2-dpo"),
    ("internlm2-chat-20b-ppo", "internlm2-chat-20b-ExPO"),
)
FAMILIES: Final = (
    "zephyr|mistral|mixtral|starling|snorkel|sppo|storm|hermes|conifer",
    "tulu|llama|xwin|ultralm|humpback|recycled",
    "gpt|davinci",
    "phi",
    "falcon",
    "openchat",
    "openbuddy",
    "internlm",
    "gemini",
    "oasst",
    "evo",
    "minichat",
    "moa|samba",
)
# The rule: a system that answers with, or corrects, other models' answers is not a stranger to
# them. By what their makers say these are the mixtures of agents, the Samba compositions of
# experts and the aligner that rewrites GPT-4's answers.
SYSTEMS: Final = re.compile("moa|samba|aligner", re.IGNORECASE)


def load(path: Path) -> list[Recording]:
    """One recording per model; prompts numbered in the order of the file."""
    with lzma.open(path, "rt", encoding="utf-8") as lines:
        prompts = json.loads(next(lines))["prompts"]
        items = tuple(Item(id=f"{n:04d}", prompt=p) for n, p in enumerate(prompts))
        rows = [json.loads(line) for line in lines]
    return [Recording(name=r["model"], items=items, outputs=tuple(r["outputs"])) for r in rows]


def family(name: str) -> str:
    """Family by name, as in the first prototype."""
    return next((f for f in FAMILIES if re.search(f, name.lower())), name)


def truth(names: Sequence[str]) -> tuple[NDArray[np.int64], NDArray[np.bool_]]:
    """For each pair (upper triangle) 1 relatives, -1 strangers, 0 neither; and systems involved."""
    close = {frozenset(p) for group in RELATIVES for p in itertools.combinations(group, 2)}
    pairs = list(itertools.combinations(names, 2))
    label = [
        1 if frozenset(p) in close else -1 if family(p[0]) != family(p[1]) else 0 for p in pairs
    ]
    mixed = [bool(SYSTEMS.search(a) or SYSTEMS.search(b)) for a, b in pairs]
    return np.array(label), np.array(mixed)


def figures(names: Sequence[str], z: Float64, log_p: Float64) -> Iterator[str]:
    """AUC, detection and size; with every stranger, and without systems of other models."""
    upper = np.triu_indices(len(names), 1)
    label, mixed = truth(names)
    found, low = z[upper], log_p[upper]
    near, p_near = found[label == 1], low[label == 1]
    yield "strangers                pairs   AUC     at 1 % FP  at 0.1 %  size .05  .01     .001"
    for title, far in (("all", label == -1), ("no systems of models", (label == -1) & ~mixed)):
        z_far, p_far = found[far], low[far]
        auc = float(np.mean(near[:, None] > z_far) + np.mean(near[:, None] == z_far) / 2)
        at = [float(np.mean(near > np.quantile(z_far, 1 - x))) for x in (0.01, 0.001)]
        size = [float(np.mean(p_far <= np.log(x))) for x in (0.05, 0.01, 0.001)]
        yield (
            f"{title:22s} {len(z_far):7d}   {auc:.4f}  {at[0]:9.3f} {at[1]:9.3f}"
            f"   {size[0]:.4f}   {size[1]:.4f}  {size[2]:.4f}"
        )
    hits = [float(np.mean(p_near <= np.log(x))) for x in (0.05, 0.01, 0.001)]
    yield f"found of {len(near)} relatives at p <= .05 {hits[0]:.3f}, .01 {hits[1]:.3f}, .001 {hits[2]:.3f}"  # noqa: E501


def extremes(names: Sequence[str], z: Float64, log_p: Float64) -> Iterator[str]:
    """Relatives missed at one in a hundred, and the strangers that stand out most."""
    label, mixed = truth(names)
    pairs = list(itertools.combinations(range(len(names)), 2))
    missed = [p for p, k in zip(pairs, label, strict=True) if k == 1 and log_p[p] > np.log(0.01)]
    yield "missed at p <= .01: " + ("; ".join(_pair(names, z, p) for p in missed) or "none")
    far = [p for p, k, m in zip(pairs, label, mixed, strict=True) if k == -1 and not m]
    far.sort(key=lambda p: -z[p])
    yield "strangers that stand out most: " + "; ".join(_pair(names, z, p) for p in far[:8])


def _pair(names: Sequence[str], z: Float64, pair: tuple[int, int]) -> str:
    return f"{names[pair[0]]} ~ {names[pair[1]]} (z {z[pair]:.1f})"


def part(recordings: Sequence[Recording], count: int, seed: int) -> list[Recording]:
    """The same random prompts of every recording."""
    chosen = stream(seed, "validate.part", str(count)).permutation(len(recordings[0].items))[:count]
    return [
        Recording(
            name=r.name,
            items=tuple(r.items[k] for k in chosen),
            outputs=tuple(r.outputs[k] for k in chosen),
        )
        for r in recordings
    ]


def few_controls(
    recordings: Sequence[Recording], count: int, trials: int, *, relatives: bool
) -> tuple[list[float], list[float]]:
    """Log p of random pairs among `count` random controls, 200 prompts; strangers or relatives."""
    rng = stream(0, "validate.few", str(count), str(relatives))
    names = [r.name for r in recordings]
    label, mixed = truth(names)
    pairs = [
        p
        for p, k, m in zip(itertools.combinations(range(len(names)), 2), label, mixed, strict=True)
        if (k == 1 if relatives else k == -1 and not m)
    ]
    log_ps, zs = [], []
    for _ in range(trials):
        a, b = pairs[int(rng.integers(len(pairs)))]
        kin = (family(names[a]), family(names[b]))
        rest = [k for k, name in enumerate(names) if family(name) not in kin]
        controls = rng.choice(rest, count, replace=False)
        aligned = align([recordings[k] for k in (a, b, *controls)], seed=0)
        table, _ = shared_wording(aligned, 200)
        use = np.ones(table.values.shape, dtype=bool)
        use[0, 1] = use[1, 0] = False
        z = float(fit_two_way(table.values, use, table.noise, table.least).z[0, 1])
        zs.append(z)
        log_ps.append(log_p_beside(z, count))
    return log_ps, zs


def _leave_one_out(
    recordings: Sequence[Recording], pairs: Callable[[list[int]], AllPairs]
) -> Iterator[str]:
    """AUC, detection and size when all models of one family by name are taken away."""
    names = [r.name for r in recordings]
    groups = Counter(family(name) for name in names)
    yield "left out               models   AUC     at 1 % FP   size .01  relatives strangers"
    for group in sorted(group for group, size in groups.items() if size > 1):
        keep = [k for k, name in enumerate(names) if family(name) != group]
        found = pairs(keep)
        upper = np.triu_indices(len(found.names), 1)
        label, _ = truth(found.names)
        near, far = found.z[upper][label == 1], found.z[upper][label == -1]
        auc = float(np.mean(near[:, None] > far) + np.mean(near[:, None] == far) / 2)
        at = float(np.mean(near > np.quantile(far, 0.99)))
        size = float(np.mean(found.log_p[upper][label == -1] <= np.log(0.01)))
        yield (
            f"{group[:22]:22s} {len(names) - len(keep):6d}   {auc:.4f}  {at:9.3f} {size:10.4f}"
            f" {near.size:10d} {far.size:9d}"
        )


def _told(title: str, found: AllPairs, *, names: bool = False) -> None:
    print(f"\n{title}", *figures(found.names, found.z, found.log_p), sep="\n")
    if names:
        print(*extremes(found.names, found.z, found.log_p), sep="\n")


def main_wording() -> None:
    """Print the part on wording."""
    recordings = load(SHARED)
    declared = {r.name: family(r.name) for r in recordings}
    for title, families in (("no families declared", {}), ("families declared", declared)):
        _told(f"wording, {title}", all_pairs(recordings, families, 0), names=not families)
    for count in SIZES:
        _told(f"wording, {count} prompts", all_pairs(part(recordings, count, 1), {}, 0))
    print("\nwording, one family by name left out, 200 prompts, no families declared")
    some = part(recordings, 200, 2)
    print(*_leave_one_out(some, lambda keep: all_pairs([some[k] for k in keep], {}, 0)), sep="\n")
    print("\nwording, few controls of other families, 200 prompts, strangers without systems")
    for count, trials in ((5, 400), (10, 300), (20, 200)):
        far, _ = few_controls(some, count, trials, relatives=False)
        near, _ = few_controls(some, count, trials // 4, relatives=True)
        low, low_near = np.array(far), np.array(near)
        size = [float(np.mean(low <= np.log(x))) for x in (0.05, 0.01, 0.001)]
        hits = [float(np.mean(low_near <= np.log(x))) for x in (0.05, 0.01, 0.001)]
        print(
            f"{count:3d} controls: size .05 {size[0]:.3f} .01 {size[1]:.3f} .001 {size[2]:.3f}; "
            f"relatives found {hits[0]:.2f} {hits[1]:.2f} {hits[2]:.2f}"
        )


def main_structure() -> None:
    """Print the part on structure; every answer's habits are read once."""
    recordings = load(SHARED)
    names = [r.name for r in recordings]
    declared = {name: family(name) for name in names}
    aligned = align(recordings, seed=0, limit=ITEMS)
    missing = np.full(len(FEATURES), np.nan)
    features = np.array(
        [[missing if a is None else habits(a) for a in row] for row in aligned.answers]
    )

    def judged(rows: Int64, keep: Sequence[int], families: Mapping[str, str]) -> AllPairs:
        table = table_of(features[rows][:, list(keep)])
        return judge_all([aligned.names[k] for k in keep], table, families)

    rows, everybody = np.arange(len(features)), range(len(names))
    _told("structure, no families declared", judged(rows, everybody, {}), names=True)
    _told("structure, families declared", judged(rows, everybody, declared))
    for count in SIZES:
        if count < len(rows):
            chosen = stream(1, "validate.structure", str(count)).permutation(len(rows))[:count]
            _told(f"structure, {count} prompts", judged(chosen, everybody, {}))
    print(f"\nstructure, one family by name left out, {len(rows)} prompts, no families declared")
    print(*_leave_one_out(recordings, lambda keep: judged(rows, keep, {})), sep="\n")

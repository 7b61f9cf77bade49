"""Whose data? Independent models of the same texts, among controls that share them or do not.

What a subject and a source share and the controls do not need not be descent: it may be the texts
that both were trained on. The population has hundreds of pairs of models that differ in their seed
alone. Each drawn pair is compared twice, among sixteen controls that were trained on the same texts
and among sixteen that were not. Most of the latter learned from all of a pair's texts and from
others besides, since few models of the population lack one; therefore half of the pairs are of
those whose controls all lack a part. Answers are kept in the user's cache by what was asked of
what, so that a run that was stopped goes on.

Run: `python tools/validate_outputs whose-data` after `make population`. Prints a table (least p as
log10) and writes z under controls of other data into the package
(examining/answers/same_data.json), for the p that stands beside every p of answers.
"""

import hashlib
import itertools
import json
import math
import os
from pathlib import Path
from typing import Final

import filiation
from filiation.examining.combining import combine
from filiation.methods.comparable import comparable
from filiation.model.ancestry import Ancestry
from filiation.model.finding import Finding
from filiation.model.plan import AGREEMENT
from filiation.numerics.rng import stream
from filiation.populations.answers import RecordedAnswers, controls_of, said_of
from filiation.populations.criteria import read_study_plan
from filiation.readers.populations.ancestry import read_ancestry
from validate_outputs.shared import population

__all__ = ["main"]

PACKAGE: Final = Path(filiation.__file__).parent
SPREAD: Final = PACKAGE / "examining" / "answers" / "same_data.json"
REGIME: Final = "same architecture and data"
PAIRS: Final = 300
FEWEST: Final = 20  # of them to which a method applies, for it to be in the spread
SEED: Final = 0
SAME: Final = "controls of the same data"
OTHER: Final = "controls of other data"
LACKING: Final = "controls that all lack a part of the data"
LEVELS: Final = (0.01, 0.05)


def main() -> None:
    """Compare what was not compared yet, print the table, write the spread."""
    folder = population()
    ancestry, there = read_ancestry(folder, missing="leave out")
    plan = read_study_plan(PACKAGE / "populations" / "criteria.toml")
    answers = RecordedAnswers.of(folder / "recordings", ancestry, there, plan)
    if answers is None:
        raise SystemExit(f"{folder}: no recordings; `make population` asks the models")
    pairs, lacking = _drawn(ancestry, answers)
    print(f"{len(pairs)} pairs of independent models: {REGIME}")
    print(f"{'':<64}{'pairs':>6}{'p <= .01':>10}{'p <= .05':>10}{'least p':>10}")
    _told(_measured(answers, pairs, apart=False)[0], SAME)
    measured, rows = _measured(answers, pairs, apart=True)
    _told(measured, OTHER)
    _told({methods: values[:lacking] for methods, values in measured.items()}, LACKING)
    kept = {m: rows[m][:lacking] for m in answers.methods}
    spread_of = [m for m in answers.methods if sum(z is not None for z in kept[m]) >= FEWEST]
    z = [[kept[m][n] for m in spread_of] for n in range(lacking)]
    spread = {"methods": spread_of, "z": z}
    SPREAD.write_text(json.dumps(spread) + "\n")


def _folder() -> Path:
    given = os.environ.get("FILIATION_CACHE")
    return Path(given) if given else Path.home() / ".cache" / "filiation"


def _drawn(ancestry: Ancestry, answers: RecordedAnswers) -> tuple[list[tuple[str, str]], int]:
    """The pairs, and how many of the first have controls that all lack a part of their data."""
    names = sorted(model.name for model in answers.models)
    alike = [
        pair
        for pair in itertools.combinations(names, 2)
        if ancestry.kinship(*pair).regime == REGIME
    ]
    order = stream(SEED, "validation", "whose data").permutation(len(alike))
    shuffled = [alike[place] for place in order.tolist()]
    lack = [pair for pair in shuffled if _all_lack(answers, *pair)][: PAIRS // 2]
    return [*lack, *(pair for pair in shuffled if pair not in lack)][:PAIRS], len(lack)


def _all_lack(answers: RecordedAnswers, source: str, subject: str) -> bool:
    known = {model.name: model for model in answers.models}
    beside = _controls(answers, source, subject, apart=True)
    return not any(known[name].holds(known[subject]) for name in beside)


def _controls(answers: RecordedAnswers, source: str, subject: str, *, apart: bool) -> list[str]:
    everybody = {model.name for model in answers.models}  # each was asked every battery
    return controls_of(answers, source, subject, everybody, SEED, apart=apart)


def _measured(
    answers: RecordedAnswers, pairs: list[tuple[str, str]], *, apart: bool
) -> tuple[dict[tuple[str, ...], list[float | None]], dict[str, list[float | None]]]:
    """Log p of every method, of those of each battery and of all; and each pair's z by method."""
    sets = _sets(answers)
    beside = [_controls(answers, *pair, apart=apart) for pair in pairs]
    asked = json.dumps([answers.digest, answers.methods, SEED, pairs, beside])
    name = hashlib.sha256(asked.encode()).hexdigest()[:16]
    kept = _folder() / "whose-data" / f"{name}.jsonl"
    kept.parent.mkdir(parents=True, exist_ok=True)
    done = kept.read_text().splitlines() if kept.is_file() else []
    with kept.open("a") as out:
        for source, subject in pairs[len(done) :]:
            said = said_of(answers, source, subject, SEED, apart=apart)
            counting = {m: f for m, f in said.items() if isinstance(f, Finding) and f.counts}
            log_p = [
                combine([counting[m] for m in methods if m in counting], AGREEMENT).log_p
                for methods in sets
            ]
            z = {method: round(comparable(found), 3) for method, found in counting.items()}
            done.append(json.dumps([log_p, z]))
            print(done[-1], file=out, flush=True)
    rows = [json.loads(line) for line in done]
    return (
        {s: [row[0][n] for row in rows] for n, s in enumerate(sets)},
        {m: [row[1].get(m) for row in rows] for m in answers.methods},
    )


def _sets(answers: RecordedAnswers) -> list[tuple[str, ...]]:
    """Every method alone, those of one battery together, and all."""
    batteries = [battery.methods for battery in answers.batteries]
    return [*((m,) for m in answers.methods), *batteries, answers.methods]


def _named(methods: tuple[str, ...]) -> str:
    return " + ".join(method.partition("/")[0] for method in methods)


def _told(measured: dict[tuple[str, ...], list[float | None]], company: str) -> None:
    for methods, values in measured.items():
        print(_line(f"{_named(methods)}, {company}", [v for v in values if v is not None]))


def _line(name: str, values: list[float]) -> str:
    shares = [sum(v <= math.log(level) for v in values) / max(len(values), 1) for level in LEVELS]
    least = f"{min(values) / math.log(10):.1f}" if values else "-"
    return (
        f"{name}\n{'':<64}{len(values):>6}"
        + "".join(f"{s:>10.1%}" for s in shares)
        + f"{least:>10}"
    )

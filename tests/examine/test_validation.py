"""A study from end to end, on random weights that a test wrote to folders."""

import json
import signal
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from builders import Stored, llama, write_folder
from command import Command
from filiation.errors import PopulationError, UsageError
from filiation.examine.executor import InProcess, LocalPool
from filiation.examine.journal import Journal
from filiation.examine.sketch import take_sketch
from filiation.examine.validation import planting
from filiation.examine.validation.criteria import read_criteria, read_study_plan, validate_study
from filiation.examine.validation.likelihoods import population_of
from filiation.examine.validation.run import OUTCOME, run_study
from filiation.methods import OUTPUTS
from filiation.model.ancestry import Ancestry
from filiation.model.study import Study, StudyPlan
from filiation.model.validation import Criterion
from filiation.readers.ancestry import read_ancestry
from filiation.readers.checkpoint import open_model
from filiation.readers.population import read_population
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


@pytest.fixture(scope="module")
def suite(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("suite")
    told = []
    for n in range(ORIGINALS):
        weights = born(n)
        write_folder(folder / f"base-{n}", weights)
        told.append(described(f"base-{n}"))
        if n < 3:
            write_folder(folder / f"noisy-{n}", noisy(weights, n))
            told.append(described(f"noisy-{n}", parents=[f"base-{n}"], operation="noise"))
    write_folder(folder / "permuted", permuted(born(0), 9))
    told.append(described("permuted", parents=["base-0"], operation="units permuted"))
    (folder / "truth.toml").write_text("\n".join(told))
    (folder / "rules.toml").write_text(RULES)
    return folder


@pytest.fixture(scope="module", autouse=True)
def small_table() -> Iterator[None]:
    with pytest.MonkeyPatch.context() as patch:
        for module in (planting, sys.modules["filiation.examine.validation.run"]):
            patch.setattr(module, "SHARES", (0.1, 1.0))
            patch.setattr(module, "COSINES", (0.75,))
        patch.setattr(planting, "PAIRS", 3)
        yield


@pytest.fixture(scope="module")
def study(ancestry: Ancestry, sketches: dict[str, Path], small_table: None) -> Study:
    """Of everything."""
    return run(ancestry, sketches)


@pytest.fixture(scope="module")
def sketches(suite: Path, tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    folder = tmp_path_factory.mktemp("sketches")
    _, there = read_ancestry(suite)
    for name in there:
        take_sketch(open_model(suite / name), folder / name, workers=1)
    return {name: folder / name for name in there}


@pytest.fixture(scope="module")
def ancestry(suite: Path) -> Ancestry:
    return read_ancestry(suite)[0]


def run(ancestry: Ancestry, sketches: dict[str, Path], **more: object) -> Study:
    return run_study("toys", ancestry, sketches, **more)  # type: ignore[arg-type]


def test_every_pair_is_examined_once_with_the_ancestor_as_source(
    ancestry: Ancestry, sketches: dict[str, Path], study: Study
) -> None:
    assert len(study.rows) == len(sketches) * (len(sketches) - 1) // 2
    assert len({frozenset((row.source, row.subject)) for row in study.rows}) == len(study.rows)
    for row in study.rows:
        if row.regime == "parent and child":
            assert row.source in ancestry.by_name[row.subject].parents
    found = {row.subject: row.combined for row in study.rows if row.operation == "noise"}
    assert len(found) == 3 and all(p is not None and p < np.log(1e-6) for p in found.values())


def test_where_it_runs_does_not_matter(ancestry: Ancestry, sketches: dict[str, Path]) -> None:
    some = {
        name: path for name, path in sketches.items() if name in ("base-0", "base-1", "noisy-0")
    }
    here = run(ancestry, some, executor=InProcess())
    there = run(ancestry, some, executor=LocalPool(workers=2))
    assert here.rows == there.rows and here.planted == there.planted


def test_a_killed_study_goes_on_and_ends_the_same(
    ancestry: Ancestry, sketches: dict[str, Path], study: Study, tmp_path: Path
) -> None:
    class Killed:
        done = 0

        def run(self, function, tasks):  # type: ignore[no-untyped-def]
            for index, task in enumerate(tasks):
                if index == 7:
                    raise KeyboardInterrupt
                self.done += 1
                yield index, function(*task)

    class Counting:
        done = 0

        def run(self, function, tasks):  # type: ignore[no-untyped-def]
            for index, task in enumerate(tasks):
                self.done += 1
                yield index, function(*task)

    def journal(key: str) -> Journal:  # type: ignore[type-arg]
        return Journal(tmp_path / "journal", key, OUTCOME)

    whole = study
    with pytest.raises(KeyboardInterrupt):
        run(ancestry, sketches, executor=Killed(), journal=journal)
    rest = Counting()
    again = run(ancestry, sketches, executor=rest, journal=journal)
    assert again.rows == whole.rows and again.planted == whole.planted
    assert rest.done == len(whole.rows) + sum(p.trials for p in whole.planted) - 7
    assert not (tmp_path / "journal").exists()


def test_a_journal_of_another_plan_is_not_used(
    ancestry: Ancestry, sketches: dict[str, Path], tmp_path: Path
) -> None:
    keys: list[str] = []

    def journal(key: str) -> Journal:  # type: ignore[type-arg]
        keys.append(key)
        return Journal(tmp_path / "journal", key, OUTCOME)

    some = {name: path for name, path in sketches.items() if name.startswith("base")}
    run(ancestry, some, journal=journal)
    run(ancestry, some, journal=journal, plan=StudyPlan(seed=1))
    assert keys[0] != keys[1]


def test_two_models_of_one_digest_are_refused_or_left_out(
    ancestry: Ancestry, sketches: dict[str, Path]
) -> None:
    doubled = {
        "base-0": sketches["base-0"],
        "base-1": sketches["base-0"],
        "base-2": sketches["base-2"],
    }
    with pytest.raises(PopulationError, match="base-0 and base-1 are the same model"):
        run(ancestry, doubled)
    study = run(ancestry, doubled, plan=StudyPlan(same="leave out"))
    assert "base-1 is the same model as base-0 and was left out" in study.left_out
    assert [
        (row.source, row.subject) for row in study.rows if "base-1" in (row.source, row.subject)
    ] == []


def test_what_is_missing_is_said(ancestry: Ancestry, sketches: dict[str, Path]) -> None:
    some = {name: path for name, path in sketches.items() if name != "base-4"}
    assert "left out: base-4" in run(ancestry, some).left_out


def test_one_model_is_no_population(ancestry: Ancestry, sketches: dict[str, Path]) -> None:
    with pytest.raises(PopulationError, match="1 models, expected at least two"):
        run(ancestry, {"base-0": sketches["base-0"]})


def test_criteria_fail_when_they_should(
    suite: Path, ancestry: Ancestry, sketches: dict[str, Path]
) -> None:
    rules, digest = read_criteria(suite / "rules.toml")
    study = run(ancestry, sketches, plan=read_study_plan(suite / "rules.toml"))
    found = validate_study(study, rules, digest)
    assert study.seed == 3
    assert {v.criterion.id: v.passed for v in found.verdicts} == {
        "no-accusation": True, "children": True, "unseen": False, "elsewhere": None,
    }  # fmt: skip
    assert found.failed == ("unseen",)
    impossible = Criterion(id="x", figure="alarms", at=0.05, most=-1.0)
    assert validate_study(study, [impossible], digest).failed == ("x",)
    few = replace(impossible, fewest=10_000)
    assert validate_study(study, [few], digest).verdicts[0].passed is None


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


def test_a_false_alarm_is_counted(ancestry: Ancestry, sketches: dict[str, Path]) -> None:
    """A child that passes for an original is what a stranger taken for a relative looks like."""
    study = run(posing(ancestry, "noisy-0"), sketches)
    rule = Criterion(id="no-accusation", figure="alarms", at=1e-6, most=0.0)
    found = validate_study(study, [rule], "0" * 64)
    (regime,) = [r for r in found.regimes if r.regime == "same architecture and data"]
    # seen from its parent, and from the parent's permuted child
    assert regime.alarms[0].found == 2 and found.failed == ("no-accusation",)


def test_the_bound_of_independent_pairs_uses_each_family_once(study: Study) -> None:
    found = validate_study(study, [Criterion(id="x", figure="alarms", most=0.0)], "0" * 64)
    (regime,) = [r for r in found.regimes if r.regime == "same architecture and data"]
    alarm = regime.alarms[0]
    assert (regime.families, alarm.disjoint, alarm.found_disjoint) == (5, 2, 0)
    assert alarm.bound_disjoint == pytest.approx(1 - 0.05 ** (1 / 2))
    assert alarm.bound == pytest.approx(1 - 0.05 ** (1 / alarm.of))


def test_planting_everything_is_found_and_little_is_not(study: Study) -> None:
    planted = {p.share: p for p in study.planted}
    assert planted[1.0].found == planted[1.0].trials == 3
    assert planted[0.1].found < 3


def test_pairs_become_a_population(study: Study) -> None:
    population = population_of(study)
    related = [pair for pair in population.pairs if pair.related]
    assert {pair.regime for pair in related} >= {"noise", "units permuted"}
    assert len(population.pairs) == 36


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "no criterion"),
        ("[[criterion", "not criteria in TOML"),
        ('[[criterion]]\nid = "a"\nfigure = "beauty"\nmost = 1.0', "figure"),
        ('[[criterion]]\nid = "a"\nfigure = "area"', "a: expected either"),
        ('[[criterion]]\nid = "a"\nfigure = "area"\nmost = 1.0\nleast = 0.0', "a: expected either"),
        ('[[criterion]]\nid = "a"\nfigure = "area"\nmost = 1.0\nfor = 2', "for"),
        ('[[criterion]]\nid = "a"\nfigure = "area"\nmost = 1.0\n' * 2, "a stands there twice"),
        ("criterion = 3", "criterion"),
    ],
)
def test_criteria_that_say_nothing_are_refused(tmp_path: Path, text: str, said: str) -> None:
    (tmp_path / "rules.toml").write_text(text)
    with pytest.raises(UsageError, match=said):
        read_criteria(tmp_path / "rules.toml")


def test_a_plan_that_says_something_else_is_refused(tmp_path: Path) -> None:
    (tmp_path / "rules.toml").write_text('[plan]\nsame = "count twice"')
    with pytest.raises(UsageError, match="plan same"):
        read_study_plan(tmp_path / "rules.toml")


def test_the_verb_writes_everything(suite: Path, tmp_path: Path, filiation: Command) -> None:
    words = ("validate", "--suite", suite, "--criteria", suite / "rules.toml", "--jobs", 1)
    done = filiation(*words, "--out", tmp_path / "out")
    assert done.code == 0, done.err
    assert "Failed: unseen" in done.out
    report = json.loads((tmp_path / "out" / "report.json").read_bytes())
    assert report["failed"] == ["unseen"]
    page = (tmp_path / "out" / "report.html").read_text()
    assert (
        page.count("<svg") >= 3 and "<script" not in page and "http://www.w3.org/2000/svg" in page
    )
    population, _ = read_population(tmp_path / "out" / "population.json")
    assert len(population.models) == 9
    again = filiation(*words, "--out", tmp_path / "out", "--json")
    assert again.json == report


def test_a_study_killed_from_outside_goes_on(suite: Path, tmp_path: Path) -> None:
    words = [sys.executable, "-m", "filiation", "validate", "--suite", str(suite), "--criteria",
             str(suite / "rules.toml"), "--jobs", "1", "--out", str(tmp_path / "out")]  # fmt: skip
    journal = tmp_path / "out" / "study.journal"
    child = subprocess.Popen(words, stdout=-3, stderr=-3)
    until = time.monotonic() + 60
    while time.monotonic() < until and child.poll() is None:
        if journal.is_file() and journal.read_bytes().count(b"\n") > 3:
            break
        time.sleep(0.01)
    child.send_signal(signal.SIGKILL)
    child.wait()
    assert journal.is_file() and not (tmp_path / "out" / "report.json").exists()
    done = subprocess.run(words, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    assert (tmp_path / "out" / "report.json").exists() and not journal.exists()


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


def test_recorded_answers_are_examined_in_the_same_way(
    ancestry: Ancestry, sketches: dict[str, Path], tmp_path: Path
) -> None:
    names = ["base-0", "noisy-0", *sorted(set(sketches) - {"base-0", "noisy-0", "permuted"})]
    file = said(names, tmp_path / "recordings")
    six_controls = posing(ancestry, "noisy-1", "noisy-2")
    study = run(six_controls, sketches, recordings=[file])
    assert study.outputs == tuple(method.id for method in OUTPUTS)
    place = study.methods.index(next(m.id for m in OUTPUTS if m.id.startswith("shared-errors")))
    found = {(row.source, row.subject): row.outcomes[place] for row in study.rows}
    copied = found["base-0", "noisy-0"]
    assert copied.log_p is not None and copied.log_p < np.log(0.05)  # six controls support no less
    assert copied.value == max(o.value for o in found.values() if o.value is not None)
    assert found["base-0", "permuted"].absent == "inapplicable"  # it was not recorded
    population = population_of(study)
    channels = {method.id: method.channel for method in population.methods}
    assert channels[study.methods[place]] == "outputs"


def test_recordings_of_nobody_in_the_population_are_refused(
    ancestry: Ancestry, sketches: dict[str, Path], tmp_path: Path
) -> None:
    file = said(["x", "y"], tmp_path / "recordings")
    with pytest.raises(PopulationError, match="expected some of models of the population"):
        run(ancestry, sketches, recordings=[file])

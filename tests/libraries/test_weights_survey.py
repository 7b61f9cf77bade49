import json
import os
import signal
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path

import pytest

from command import Command
from filiation.errors import FiliationError, UnreadableError, UsageError
from filiation.libraries.executor import InProcess, LocalPool, RayCluster, executor_named
from filiation.libraries.journal import Journal
from filiation.libraries.pairs import COMBINED, OUTCOME, PairOutcome
from filiation.libraries.weights_survey import survey_weights
from filiation.model.survey import SetAside
from filiation.readers.weights.checkpoint import open_model
from filiation.sketching.sketch import take_sketch

CASEBOOK = Path(__file__).parents[2] / "examples" / "casebook"
NAMES = ("parent", "stranger-2", "stranger-3", "fine-tuned", "merged")


@pytest.fixture(scope="module")
def sketches(tmp_path_factory: pytest.TempPathFactory) -> list[tuple[str, Path]]:
    folder = tmp_path_factory.mktemp("survey")
    for name in NAMES:
        take_sketch(open_model(CASEBOOK / name), folder / f"{name}.sketch", workers=1)
    return [(name, folder / f"{name}.sketch") for name in NAMES]


def test_the_casebook_hangs_together_as_it_was_made(sketches: list[tuple[str, Path]]) -> None:
    found = survey_weights(sketches, seed=0)
    assert found.stemma is not None
    assert [stock.models for stock in found.stemma.stocks] == [("parent", "fine-tuned")]
    (merge,) = found.stemma.merges
    assert merge.model == "merged"
    assert set(merge.sides) == {("parent", "fine-tuned"), ("stranger-2",)}  # or a kin of it
    assert found.stemma.alone == ("stranger-3",)
    combined = [pair for pair in found.pairs if pair.method == COMBINED]
    assert len(combined) == 10 and combined == sorted(combined, key=lambda p: p.log_p)


def test_the_pool_and_this_process_give_the_same(sketches: list[tuple[str, Path]]) -> None:
    here = survey_weights(sketches[:4], seed=1, executor=InProcess())
    assert survey_weights(sketches[:4], seed=1, executor=LocalPool(workers=2)) == here
    assert survey_weights(sketches[:4][::-1], seed=1).pairs == here.pairs


def test_an_interrupted_survey_goes_on(sketches: list[tuple[str, Path]], tmp_path: Path) -> None:
    path = tmp_path / "journal"
    whole = survey_weights(sketches, seed=0)

    class Interrupted:
        def run(self, function, tasks):  # type: ignore[no-untyped-def]
            for index, task in enumerate(tasks):
                if index == 4:
                    raise KeyboardInterrupt
                yield index, function(*task)

    with pytest.raises(KeyboardInterrupt):
        survey_weights(
            sketches,
            seed=0,
            executor=Interrupted(),
            journal=lambda key: Journal(path, key, OUTCOME),
        )
    with path.open("a") as file:
        file.write('{"task": 4, "outc')  # cut off in the middle of a line
    done: list[int] = []

    class Counting:
        def run(self, function, tasks):  # type: ignore[no-untyped-def]
            done.append(len(tasks))
            yield from InProcess().run(function, tasks)

    again = survey_weights(
        sketches, seed=0, executor=Counting(), journal=lambda key: Journal(path, key, OUTCOME)
    )
    assert (again, done) == (whole, [6]) and not path.exists()


def test_the_journal_of_another_survey_is_not_used(
    sketches: list[tuple[str, Path]], tmp_path: Path
) -> None:
    path = tmp_path / "journal"
    Journal(path, "another", OUTCOME).close(finished=False)
    found = survey_weights(sketches[:3], seed=0, journal=lambda key: Journal(path, key, OUTCOME))
    assert found == survey_weights(sketches[:3], seed=0)
    path.write_text('{"work": "x"}\n{"task": 1}\n')
    with pytest.raises(UnreadableError, match="not a journal"):
        Journal(path, "x", OUTCOME)


def test_copies_and_broken_sketches_are_rows(
    sketches: list[tuple[str, Path]], tmp_path: Path
) -> None:
    whole = survey_weights(sketches[:2], seed=0)
    cut = tmp_path / "cut.sketch"
    cut.write_bytes(sketches[2][1].read_bytes()[:5000])
    with_rows = survey_weights(
        [*sketches[:2], ("again", sketches[0][1]), ("cut", cut)],
        seed=0,
        aside=[SetAside(name="unreadable", reason="no weights")],
    )
    assert [one.name for one in with_rows.aside] == ["unreadable", "again", "cut"]
    assert with_rows.aside[1] == SetAside(
        name="again", reason="same tensors as parent", same_as="parent"
    )
    assert "truncated" in with_rows.aside[2].reason
    assert (with_rows.models, with_rows.pairs) == (whole.models, whole.pairs)
    assert (with_rows.stemma, with_rows.screening) == (whole.stemma, whole.screening)


def test_one_name_twice_and_one_model_alone_are_refused(sketches: list[tuple[str, Path]]) -> None:
    with pytest.raises(UsageError, match="named 2 times"):
        survey_weights([sketches[0], sketches[0]], seed=0)
    with pytest.raises(UsageError, match="at least two"):
        survey_weights(sketches[:1], seed=0)


def test_only_pairs_that_look_alike_are_compared_and_all_count(
    sketches: list[tuple[str, Path]],
) -> None:
    every = survey_weights(sketches, seed=0)
    alike = survey_weights(sketches, seed=0, every_pair=False)
    assert every.screening is not None and alike.screening is not None
    assert alike.screening.compared < every.screening.compared == every.screening.pairs == 10
    assert alike.screening.bar == every.screening.bar == 1e-7
    assert set(alike.pairs) < set(every.pairs)
    assert alike.stemma == every.stemma


def _dies_once(marker: str, index: int) -> int:
    path = Path(marker) / str(index)
    if index == 3 and not path.exists():
        path.touch()
        os.kill(os.getpid(), signal.SIGKILL)
    return index * index


def _dies(index: int) -> int:
    os.kill(os.getpid(), signal.SIGKILL)
    return index


def _fails(index: int) -> int:
    raise UsageError(f"task {index} cannot be put")


def squares(outcomes: Iterator[tuple[int, int]]) -> Sequence[int]:
    return [square for _, square in sorted(outcomes)]


def test_the_task_of_a_killed_worker_is_tried_again(tmp_path: Path) -> None:
    tasks = [(str(tmp_path), index) for index in range(8)]
    assert squares(LocalPool(workers=2).run(_dies_once, tasks)) == [i * i for i in range(8)]
    assert (tmp_path / "3").exists()


def test_a_task_that_always_kills_its_worker_is_given_up() -> None:
    with pytest.raises(FiliationError, match="died 3 times"):
        list(LocalPool(workers=1).run(_dies, [(0,)]))


@pytest.mark.parametrize("executor", [InProcess(), LocalPool(workers=2)])
def test_what_a_task_raises_reaches_the_caller(executor: InProcess | LocalPool) -> None:
    with pytest.raises(UsageError, match="cannot be put"):
        list(executor.run(_fails, [(1,), (2,)]))


def test_executors_by_name() -> None:
    assert executor_named("local:1") == InProcess()
    assert executor_named("local:3") == LocalPool(workers=3)
    assert executor_named("ray:auto") == RayCluster(address="auto", workers=os.cpu_count() or 1)
    for wrong in ("dask", "local:x", "local:0"):
        with pytest.raises(UsageError, match="expected local"):
            executor_named(wrong)


def test_without_ray_the_error_says_how_to_get_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "ray", None)
    with pytest.raises(UsageError, match="extra `ray`"):
        list(RayCluster().run(_fails, [(1,)]))


def test_the_command_writes_survey_and_drawings(filiation: Command, tmp_path: Path) -> None:
    out = tmp_path / "out"
    models = [CASEBOOK / name for name in NAMES[:4]]
    done = filiation("survey", *models, "--json", "--out", out, "--executor", "local:1")
    assert done.code == 0
    assert done.json == json.loads((out / "survey.json").read_text())
    assert done.json["stemma"]["newick"] == (out / "stemma.nwk").read_text().splitlines()
    kept = sorted(path.name for path in out.iterdir())
    assert kept == ["matrix.svg", "stemma.nwk", "stemma.svg", "survey.json"]


def test_checkpoints_and_recordings_are_not_mixed(filiation: Command, tmp_path: Path) -> None:
    (tmp_path / "answers.csv").write_text("question_id,category,key,options,m\n1,c,A,4,A\n")
    done = filiation("survey", CASEBOOK / "parent", f"{tmp_path}/answers.csv#*")
    assert done.code == 2 and "compares one kind" in done.err


def test_outcomes_survive_the_journal(sketches: list[tuple[str, Path]], tmp_path: Path) -> None:
    kept: list[PairOutcome] = []

    class Keeping:
        def run(self, function, tasks):  # type: ignore[no-untyped-def]
            for index, outcome in InProcess().run(function, tasks):
                kept.append(outcome)
                yield index, outcome

    survey_weights(sketches[:3], seed=0, executor=Keeping())
    journal = Journal(tmp_path / "journal", "key", OUTCOME)
    for index, outcome in enumerate(kept):
        journal.add(index, outcome)
    journal.close(finished=False)
    again = Journal(tmp_path / "journal", "key", OUTCOME)
    again.close(finished=True)
    assert list(again.kept.values()) == kept

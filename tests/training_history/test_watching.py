"""Beside a training: what is whole is kept once, whatever is killed in between."""

import itertools
import json
import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from command import Command
from filiation.errors import UnreadableError, UsageError
from filiation.proceedings import sketching, watching
from filiation.proceedings.trainings import take_history
from filiation.proceedings.watching import watch_history
from training_history.test_taking import write
from training_history.walks import wandering


@pytest.fixture(autouse=True)
def _as_nice_as_before(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setattr(os, "nice", lambda more: 0)
    yield


def names(out: Path) -> set[str]:
    return {path.name for path in out.iterdir()}


def test_checkpoints_are_kept_as_they_appear(tmp_path: Path) -> None:
    runs, out, way = tmp_path / "run", tmp_path / "kept", wandering(3)
    made = itertools.count()

    def sleep(_: float) -> None:
        n = next(made)
        if n < 3:  # the training goes on while the watch sleeps
            write(way[n], runs / f"checkpoint-{10 * n}")

    seen = list(watch_history(runs, out, every=1.0, idle=2.0, sleep=sleep))
    assert [(one.step, bool(one.seal), one.told) for one in seen] == [
        (0, True, ""), (10, True, ""), (20, True, "")
    ]  # fmt: skip
    history = take_history(out, tmp_path / "history")
    assert [point.step for point in history.points] == [0, 10, 20]
    assert [point.seal for point in history.points] == [one.seal for one in seen]
    plain = take_history(runs, tmp_path / "plain")
    assert [p.subject for p in plain.points] == [p.subject for p in history.points]


def test_the_model_at_the_end_of_a_run_is_no_checkpoint_of_it(tmp_path: Path) -> None:
    """Its parts bear numbers, which are no steps."""
    runs, way = tmp_path / "run", wandering(3)
    for n in (1, 2):
        write(way[n], runs / f"checkpoint-{10 * n}")
    for part in (1, 2):
        (runs / f"model-{part:05}-of-00002.safetensors").write_bytes(b"x")
    seen = list(watch_history(runs, tmp_path / "kept", once=True, sleep=lambda _: None))
    assert [(one.step, one.told) for one in seen] == [(10, ""), (20, "")]


def test_what_is_being_written_is_left_until_it_is_whole(tmp_path: Path) -> None:
    runs, out = tmp_path / "run", tmp_path / "kept"
    folder = write(wandering(2)[0], runs / "checkpoint-1")
    file = folder / "model.safetensors"
    whole = file.read_bytes()
    grown = iter([1000, 50_000, 50_000, len(whole), len(whole), len(whole)])
    file.write_bytes(whole[:10])
    looks = []

    def sleep(_: float) -> None:
        looks.append(1)
        size = next(grown, len(whole))
        if size != file.stat().st_size:
            file.write_bytes(whole[:size])

    seen = list(watch_history(runs, out, every=1.0, idle=7.0, sleep=sleep))
    assert seen[-1].seal and not seen[-1].told
    assert all(one.told for one in seen[:-1])  # a pause in writing is told, and tried again


def test_a_watch_that_was_killed_goes_on(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    runs, out = tmp_path / "run", tmp_path / "kept"
    for n, one in enumerate(wandering(2)):
        write(one, runs / f"checkpoint-{n}")
    sketch = sketching.sketch

    def killed(*given: object, **more: object) -> object:
        if str(given[1]).endswith("step-1.sketch"):
            raise KeyboardInterrupt
        return sketch(*given, **more)  # type: ignore[arg-type]

    monkeypatch.setattr(watching, "sketch", killed)
    with pytest.raises(KeyboardInterrupt):
        list(watch_history(runs, out, once=True, sleep=lambda _: None))
    assert "step-0.json" in names(out) and "step-1.json" not in names(out)
    before = (out / "step-0.seal").read_bytes()
    monkeypatch.setattr(watching, "sketch", sketch)
    seen = list(watch_history(runs, out, once=True, sleep=lambda _: None))
    assert [one.step for one in seen] == [1]
    assert (out / "step-0.seal").read_bytes() == before
    assert not list(watch_history(runs, out, once=True, sleep=lambda _: None))


def test_a_checkpoint_that_changes_after_it_was_sealed_is_told(tmp_path: Path) -> None:
    runs, out = tmp_path / "run", tmp_path / "kept"
    write(wandering(2)[0], runs / "checkpoint-0")
    list(watch_history(runs, out, once=True, sleep=lambda _: None))
    kept = (out / "step-0.sketch").read_bytes()
    (runs / "checkpoint-0/model.safetensors").unlink()
    write(wandering(2)[1], tmp_path / "other")
    (tmp_path / "other/model.safetensors").rename(runs / "checkpoint-0/model.safetensors")
    seen = list(watch_history(runs, out, once=True, sleep=lambda _: None))
    assert [one.told for one in seen] == ["changed"]
    assert (out / "step-0.sketch").read_bytes() == kept


def test_what_is_no_checkpoint_is_passed_over(tmp_path: Path) -> None:
    runs, out = tmp_path / "run", tmp_path / "kept"
    (runs / "logs").mkdir(parents=True)
    (runs / "trainer_state.json").write_text("{}")
    write(wandering(2)[0], runs / "checkpoint-0")
    assert len(list(watch_history(runs, out, once=True, sleep=lambda _: None))) == 1


def test_the_folder_that_is_watched_is_not_written_to(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="expected a folder beside it"):
        list(watch_history(tmp_path, tmp_path / "kept", once=True))


def test_a_watch_that_ends_says_what_comes_next(tmp_path: Path, filiation: Command) -> None:
    out = tmp_path / "kept"
    write(wandering(2)[0], tmp_path / "run" / "checkpoint-1")
    done = filiation("history", "watch", tmp_path / "run", "-o", out, "--once", "--every", "0.1")
    said = "".join(done.out.split())
    assert f"`filiationhistorytake{out}-oNAME.history`" in said


def test_a_folder_that_never_came_is_told(tmp_path: Path, filiation: Command) -> None:
    with pytest.raises(UsageError, match="never came"):
        list(watch_history(tmp_path / "run", tmp_path / "kept", once=True, sleep=lambda _: None))
    (tmp_path / "run").mkdir()
    done = filiation("history", "watch", tmp_path / "run", "-o", tmp_path / "other", "--once",
                     "--every", "0.1")  # fmt: skip
    assert done.code == 0 and "kept nothing" in done.out


@pytest.mark.parametrize("row", [None, {"at": "x"}, [1]])
def test_what_lies_beside_a_sketch_and_was_altered_is_told(row: object, tmp_path: Path) -> None:
    runs, out = tmp_path / "run", tmp_path / "kept"
    write(wandering(2)[0], runs / "checkpoint-0")
    list(watch_history(runs, out, once=True, sleep=lambda _: None))
    beside = out / "step-0.json"
    told = json.loads(beside.read_text())
    beside.write_text(json.dumps(told | {"row": row}))
    write(wandering(2)[1], runs / "checkpoint-1")
    with pytest.raises(UnreadableError, match="no row with a step"):
        list(watch_history(runs, out, once=True, sleep=lambda _: None))


def test_a_folder_that_cannot_be_made_is_told(tmp_path: Path, filiation: Command) -> None:
    write(wandering(2)[0], tmp_path / "run" / "checkpoint-1")
    write(wandering(2)[1], tmp_path / "run" / "checkpoint-2")
    for verb in ("take", "watch"):
        done = filiation("history", verb, tmp_path / "run", "-o", tmp_path / "nowhere" / "kept")
        assert done.code == 2 and "expected a name in a folder that is there" in done.err

"""`filiation history`, as typed: taking, going on, refusing."""

import json
from pathlib import Path

import numpy as np
import pytest
import safetensors.numpy

from cli.case.walk import authority, stamped
from command import Command
from filiation.errors import AlteredError, CaseError, UnreadableError, UsageError
from filiation.proceedings.histories import examine_history, replay_history
from filiation.proceedings.naming import Named
from filiation.proceedings.trainings import left_out, links_out, take_history
from filiation.readers.trainings.manifest import listed, read_history
from size.shape import TINY, Weights
from size.starts import plain
from training_history.walks import line, wandering


def write(weights: Weights, folder: Path) -> Path:
    folder.mkdir(parents=True)
    safetensors.numpy.save_file(
        {n: np.ascontiguousarray(x) for n, x in weights.items()}, folder / "model.safetensors"
    )
    said = {
        "model_type": "llama", "hidden_size": TINY.width, "intermediate_size": TINY.hidden,
        "num_attention_heads": TINY.heads, "num_key_value_heads": TINY.groups,
        "num_hidden_layers": TINY.layers, "vocab_size": TINY.vocabulary,
    }  # fmt: skip
    (folder / "config.json").write_text(json.dumps(said))
    return folder


@pytest.fixture
def run(tmp_path: Path) -> Path:
    folder = tmp_path / "run"
    for n, one in enumerate(wandering(3)):
        write(one, folder / f"checkpoint-{100 * n}")
    return folder


def test_steps_come_from_names_in_order_of_numbers(run: Path) -> None:
    assert [one.step for one in listed(run)] == [0, 100, 200]
    (run / "checkpoint-100").rename(run / "checkpoint-1000")
    assert [one.step for one in listed(run)] == [0, 200, 1000]
    (run / "checkpoint-200").rename(run / "late")
    with pytest.raises(UsageError, match="no number in its name"):
        listed(run)


def test_taking_goes_on_where_it_was_interrupted(run: Path, tmp_path: Path) -> None:
    out, broken = tmp_path / "h", run / "checkpoint-200" / "model.safetensors"
    whole = broken.read_bytes()
    broken.write_bytes(whole[: len(whole) // 2])
    with pytest.raises(UnreadableError):
        take_history(run, out)
    assert not (out / "history.json").exists()
    with pytest.raises(UnreadableError, match="goes on with the same command"):
        read_history(out)
    before = (out / "00000.sketch").stat().st_mtime_ns
    write(plain(TINY, 30), tmp_path / "other")
    (tmp_path / "other" / "model.safetensors").replace(run / "checkpoint-100/model.safetensors")
    broken.write_bytes(whole)
    found = take_history(run, out)
    assert (out / "00000.sketch").stat().st_mtime_ns == before  # not read again
    fresh = take_history(run, tmp_path / "fresh")
    assert found == fresh == read_history(out)  # the changed one was
    assert {path.suffix for path in out.iterdir()} == {".sketch", ".json"}
    with pytest.raises(UsageError, match="never overwritten"):
        take_history(run, out)


def test_sketches_are_taken_as_they_are(run: Path, tmp_path: Path) -> None:
    first = take_history(run, tmp_path / "h")
    given = tmp_path / "given"
    given.mkdir()
    for n in range(3):
        (given / f"step-{n}.sketch").write_bytes((tmp_path / f"h/{n:05}.sketch").read_bytes())
    again = take_history(given, tmp_path / "again")
    assert [p.digest for p in again.points] == [p.digest for p in first.points]


def test_a_sketch_put_in_the_place_of_another_is_refused(run: Path, tmp_path: Path) -> None:
    out = tmp_path / "h"
    take_history(run, out)
    (out / "00001.sketch").write_bytes((out / "00002.sketch").read_bytes())
    with pytest.raises(AlteredError, match=r"00001\.sketch"):
        examine_history(out, Named(spec=str(run / "checkpoint-0")))


def test_of_more_checkpoints_than_a_history_has_none_is_passed_over(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The last by name were left out, unsaid."""
    monkeypatch.setattr("filiation.readers.trainings.manifest.MOST", 3)
    for name in ("a.txt", "b.txt", "step-1.bin", "step-2.bin", "step-3.bin"):
        (tmp_path / name).touch()
    assert [one.step for one in listed(tmp_path)] == [1, 2, 3]
    (tmp_path / "step-4.bin").touch()
    with pytest.raises(UsageError, match="more than 3 checkpoints"):
        listed(tmp_path)


@pytest.mark.parametrize("at", ["../secret", "/etc", "a/../../b", ".", "a\0b", "a\\\\..\\\\b"])
def test_a_manifest_leads_nowhere_else(at: str, run: Path) -> None:
    told = {"checkpoint": [{"at": at, "step": 0}, {"at": "checkpoint-100", "step": 1}]}
    (run / "manifest.json").write_text(json.dumps(told))
    with pytest.raises(UnreadableError, match="leads out"):
        listed(run)


def test_links_are_not_followed(run: Path, tmp_path: Path) -> None:
    write(plain(TINY, 8), tmp_path / "elsewhere")
    (run / "checkpoint-300").symlink_to(tmp_path / "elsewhere")
    assert [one.step for one in listed(run)] == [0, 100, 200]
    told = {"checkpoint": [{"at": "checkpoint-0", "step": 0}, {"at": "checkpoint-300", "step": 1}]}
    (run / "manifest.json").write_text(json.dumps(told))
    with pytest.raises(UsageError, match=r"a link to '.*elsewhere', .* in its place \(cp -rL\)"):
        take_history(run, tmp_path / "h")


def test_a_link_that_could_be_a_checkpoint_is_told_apart(
    run: Path, tmp_path: Path, filiation: Command
) -> None:
    """It stood among what is no checkpoint, as if nothing were missing."""
    write(plain(TINY, 8), tmp_path / "elsewhere")
    (run / "checkpoint-300").symlink_to(tmp_path / "elsewhere")
    (run / "latest").symlink_to(run / "checkpoint-200")
    (run / "step-9.safetensors").symlink_to(tmp_path / "gone")
    (run / "notes").symlink_to(tmp_path / "gone")
    assert left_out(run) == ("checkpoint-300", "latest", "notes", "step-9.safetensors")
    assert links_out(run) == ("checkpoint-300", "step-9.safetensors")
    said = " ".join(filiation("history", "take", str(run), "-o", str(tmp_path / "h")).out.split())
    assert "left out, as no checkpoints by name or content: latest, notes" in said
    assert "that lead elsewhere: checkpoint-300, step-9.safetensors. The history lacks them" in said
    assert "copy what they lead to in their place (cp -rL)" in said
    (run / "history.toml").write_text("")
    assert links_out(run) == ()


def test_a_manifest_with_a_step_twice_or_a_foreign_field_is_refused(run: Path) -> None:
    (run / "history.toml").write_text(
        '[[checkpoint]]\nat = "checkpoint-0"\nstep = 1\n'
        '[[checkpoint]]\nat = "checkpoint-100"\nstep = 1\n'
    )
    with pytest.raises(UsageError, match="both at step 1"):
        listed(run)
    (run / "history.toml").write_text('[[checkpoint]]\nat = "x"\nstep = 1\nnext = 2\n')
    with pytest.raises(UnreadableError, match="next"):
        listed(run)


def test_each_checkpoint_is_listed_once(run: Path) -> None:
    rows = [{"at": "checkpoint-0", "step": 0}, {"at": "./checkpoint-0/", "step": 5}]
    (run / "manifest.json").write_text(json.dumps({"checkpoint": rows}))
    with pytest.raises(UnreadableError, match="listed for step 0 and for step 5; expected each"):
        listed(run)


@pytest.mark.parametrize("field", ["at", "stamp", "signature"])
def test_nothing_is_read_through_a_link_on_the_way(field: str, run: Path, tmp_path: Path) -> None:
    """A folder that is a link led out, where the checkpoint itself was none."""
    (tmp_path / "elsewhere").mkdir()
    (run / "link").symlink_to(tmp_path / "elsewhere")
    first, second = {"at": "checkpoint-0", "step": 0}, {"at": "checkpoint-100", "step": 1}
    (run / "manifest.json").write_text(
        json.dumps({"checkpoint": [first, second | {field: "link/one"}]})
    )
    with pytest.raises(UnreadableError, match="leads through the link 'link'; expected a path"):
        listed(run)


def test_a_day_of_toml_needs_no_quotes(run: Path) -> None:
    (run / "history.toml").write_text(
        '[[checkpoint]]\nat="checkpoint-0"\nstep=0\ndate=2026-11-29\n'
        '[[checkpoint]]\nat="checkpoint-100"\nstep=1\ndate="2026-11-30"\n'
    )
    assert [one.date for one in listed(run)] == ["2026-11-29", "2026-11-30"]


def test_a_recipe_of_another_model_is_refused_at_the_first_checkpoint(
    run: Path, tmp_path: Path
) -> None:
    told = {"framework": "torch", "generator": "mt19937", "seed": 1,
            "draw": [{"tensor": "elsewhere", "shape": [4], "law": "normal"}]}  # fmt: skip
    (tmp_path / "start.json").write_text(json.dumps(told))
    with pytest.raises(CaseError, match="fills 'elsewhere', which the first checkpoint has not"):
        take_history(run, tmp_path / "h", recipe=tmp_path / "start.json")
    assert not (tmp_path / "h" / "00001.sketch").exists()


def test_steps_out_of_order_are_refused_and_not_sorted(run: Path) -> None:
    rows = [{"at": f"checkpoint-{n}", "step": n} for n in (0, 200, 100)]
    (run / "manifest.json").write_text(json.dumps({"checkpoint": rows}))
    with pytest.raises(UsageError, match="checkpoint-100 at step 100 after checkpoint-200 at step"):
        listed(run)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("x = 1", "checkpoint: found nothing, expected a value"),
        ("checkpoint = 3", "checkpoint: found 3, expected a list"),
        ("checkpoint = [3]", "checkpoint.0: found 3, expected names and their values"),
        ("checkpoint = []", "found a list of 0, expected at least 1"),
        ("[[checkpoint]]\nat='a'", "checkpoint.0.step: found nothing, expected a value"),
        ("[[checkpoint]]\nat='a'\nstep='b'", "found 'b', expected a whole number"),
        ("[[checkpoint]]\nat='a'\nstep=1.5", "found 1.5, expected a whole number"),
        ("[[checkpoint]]\nat='a'\nstep=-1", "found -1, expected 0 or more"),
        ("[[checkpoint]]\nat=''\nstep=1", "found '', expected at least 1 characters"),
        (
            "[[checkpoint]]\nat='a'\nstep=1\nnext=2",
            "checkpoint.0.next: found, expected no such name",
        ),
        ("[[checkpoint]]\nat='a'\nstep=1\ndate='2026-02-30'", "found '2026-02-30', expected a day"),
        ("[[checkpoint]]\nat='a'\nstep=1\ndate=nan", "date: found nan, expected text"),
        ("[[checkpoint]]\nat='a'\nstep=1\ndate=2026-01-01T00:00:00", "expected text"),
        (f"[[checkpoint]]\nat='a'\nstep={(1 << 52) + 1}", "expected 4503599627370496 or less"),
        ("[[checkpoint]]\nat='a'\nstep=true", "found True, expected a whole number"),
        ("a." * 500_000 + "a = 1", "not TOML at line 1, column 1, expected a list of checkpoints"),
        ("a = " + "[" * 500_000, "not TOML, expected a list of checkpoints"),
        ("[[checkpoint]]\nat='a'\nstep=1\nseal='q'", "found 'q', expected text of the form"),
        ("a ==", "not TOML at line 1, column 4, expected a list of checkpoints"),
    ],
)
def test_what_a_manifest_has_wrong_is_said_in_our_words(text: str, said: str, run: Path) -> None:
    (run / "history.toml").write_text(text)
    with pytest.raises(UnreadableError) as found:
        listed(run)
    assert said in str(found.value)
    for foreign in ("Input should", "Field required", "Extra inputs", "_Row", "at least 1 item"):
        assert foreign not in str(found.value)


def test_a_manifest_that_is_no_json_is_said_with_its_place(run: Path) -> None:
    (run / "manifest.json").write_text('{"checkpoint": [\n  {]')
    with pytest.raises(UnreadableError, match="not valid JSON at line 2, column 4; the file"):
        listed(run)


def test_a_stamp_dates_its_checkpoint_and_no_other(run: Path, tmp_path: Path) -> None:
    trusted = authority(tmp_path / "authority")
    write(plain(TINY, 40), tmp_path / "source")
    first = take_history(run, tmp_path / "first", requests=True)
    assert len(first.points) == 3
    stamped(trusted, tmp_path / "first/00000.tsq", run / "zero.tsr")

    def history(at: int, out: str) -> Path:
        rows = [{"at": f"checkpoint-{100 * n}", "step": n} for n in range(3)]
        rows[at]["stamp"] = "zero.tsr"
        (run / "manifest.json").write_text(json.dumps({"checkpoint": rows}))
        take_history(run, tmp_path / out)
        return tmp_path / out

    def dates(folder: Path, published: str) -> tuple[str, int | None]:
        found = examine_history(
            folder, Named(spec=str(tmp_path / "source")), published=published,
            roots=trusted / "ca.pem",
        ).claims[-2]  # fmt: skip
        return found.why, found.place

    true = history(0, "true")
    assert dates(true, "2999-01-01") == ("older-in-part", 0)
    assert dates(true, "2001-01-01") == ("not-older", None)
    for day in ("tomorrow", "20990101", "2999-02-30"):
        with pytest.raises(UsageError, match="expected a day"):
            dates(true, day)
    with pytest.raises(CaseError, match="not a stamp of this"):
        dates(history(2, "moved"), "2999-01-01")


def test_the_verbs_as_typed(run: Path, tmp_path: Path, filiation: Command) -> None:
    done = filiation("history", "take", run, "-o", tmp_path / "h")
    assert done.code == 0 and "3 checkpoints, step 0" in done.out
    source = write(line()[-1], tmp_path / "source")
    asked = ("history", "examine", tmp_path / "h", "--source", source)
    done = filiation(*asked, "--final", run / "checkpoint-200")
    said = " ".join(done.out.split())
    assert done.code == 0 and "supports neither" in said and "no proof" in said
    found = filiation(*asked, "--final", run / "checkpoint-100", "--json").json
    assert (found["supports"], found["fails_at"]) == ("failing", 200)
    gate = (*asked, "-q", "--fail-if")
    fails = filiation(*gate, "failing", "--final", run / "checkpoint-100")
    assert (fails.code, fails.out) == (1, "")
    assert "the history fails at step 200 (“checkpoint-200”); exit 1" in fails.err
    assert filiation(*gate, "failing").code == 0  # neither
    unshown = filiation(*gate, "not-independence")
    assert unshown.code == 1 and "the history supports neither; exit 1" in unshown.err
    assert filiation(*asked, "-q", "--final", run / "checkpoint-100").code == 0
    assert filiation("history", "examine", run, "--source", source).code == 3


# What the Trainer of Hugging Face leaves beside its checkpoints, and people add.
TRAINERS = (
    "model.safetensors", "model-00001-of-00002.safetensors", "model.safetensors.index.json",
    "adapter_model.safetensors", "pytorch_model.bin", "training_args.bin", "optimizer.pt",
    "scheduler.pt", "rng_state_0.pth", "trainer_state.json", "tokenizer.json", "config.json",
    "tokenizer.model", "README.md", "all_results.json", ".gitignore",
)  # fmt: skip


def trainers(run: Path) -> list[str]:
    """Make a run's folder look as a Trainer leaves it; what is no checkpoint in it."""
    for name in TRAINERS:
        (run / name).write_bytes(b"x")
    (run / "runs" / "Dec01_host").mkdir(parents=True)
    (run / "runs" / "Dec01_host" / "events.out.tfevents.1733043600.host.0").write_bytes(b"x")
    (run / "logs-2024").mkdir()
    return sorted([*TRAINERS, "runs", "logs-2024"])


def test_a_trainers_folder_is_taken_and_the_rest_is_named(
    run: Path, tmp_path: Path, filiation: Command
) -> None:
    before = take_history(run, tmp_path / "before")
    rest = trainers(run)
    assert list(left_out(run)) == rest
    assert take_history(run, tmp_path / "after").points == before.points
    done = filiation("history", "take", run, "-o", tmp_path / "h")
    assert done.code == 0 and all(name in done.out for name in rest)
    told = filiation("history", "take", run, "-o", tmp_path / "j", "--json").json
    assert (told["left_out"], len(told["checkpoints"])) == (rest, 3)


@pytest.mark.parametrize(
    ("name", "match"),
    [
        ("step-300", "weights beside the folders that a Trainer wrote"),
        ("tmp-checkpoint-300", "weights beside the folders that a Trainer wrote"),
        ("checkpoint-300-best", "weights beside the folders that a Trainer wrote"),
        ("best", "no number in its name"),
        ("kept/inner", "no number in its name"),
    ],
)
def test_what_could_be_a_checkpoint_is_not_left_out(run: Path, name: str, match: str) -> None:
    trainers(run)
    write(plain(TINY, 8), run / name)
    with pytest.raises(UsageError, match=match):
        listed(run)


@pytest.mark.parametrize("name", ["epoch=3.ckpt", "step_300.pth", "late.sketch", "weights-5.npz"])
def test_files_that_could_be_checkpoints_are_not_left_out(run: Path, name: str) -> None:
    trainers(run)
    (run / name).write_bytes(b"x")
    with pytest.raises(UsageError, match=r"beside the folders|no number in its name"):
        listed(run)


def test_elsewhere_files_of_weights_are_checkpoints_whatever_their_kind(tmp_path: Path) -> None:
    """A `.ckpt` was passed over in silence; a folder without weights refused the whole."""
    for name in ("epoch=1-step=50.ckpt", "epoch=2-step=100.ckpt", "hparams.yaml"):
        (tmp_path / name).touch()
    (tmp_path / "logs").mkdir()
    assert [one.step for one in listed(tmp_path)] == [50, 100]
    assert left_out(tmp_path) == ("hparams.yaml", "logs")
    for name in ("optimizer.pt", "rng_state_0.pth"):  # are none anywhere
        (tmp_path / name).touch()
    assert len(listed(tmp_path)) == 2
    (tmp_path / "model.safetensors").touch()
    with pytest.raises(UsageError, match="no number in its name"):
        listed(tmp_path)


def test_a_manifest_says_all_and_leaves_nothing_out(run: Path) -> None:
    rows = [{"at": f"checkpoint-{n}", "step": n} for n in (0, 100)]
    (run / "manifest.json").write_text(json.dumps({"checkpoint": rows}))
    assert left_out(run) == () and len(listed(run)) == 2


def test_a_lot_without_repetitions_is_refused_before_anything_is_read(tmp_path: Path) -> None:
    nowhere, source = tmp_path / "nowhere", Named(spec="nobody")
    for lot, again in (("x", ()), ("", (source,))):
        with pytest.raises(UsageError, match="go together"):
            examine_history(nowhere, source, lot=lot, again=again)
    with pytest.raises(UsageError, match="--lot: empty"):
        replay_history(nowhere, "")

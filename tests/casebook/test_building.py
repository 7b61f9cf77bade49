"""Members several at once, killed and gone on with: needs the `casebook` extra and minutes."""

import contextlib
import io
import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import numpy as np
import pytest
from rich.console import Console

pytest.importorskip("torch")
pytest.importorskip("tokenizers")
pytestmark = pytest.mark.validate

from casebook.checkpoint import Half, decode, digest_of, read_stored  # noqa: E402
from casebook.operations import mix  # noqa: E402
from casebook.truth import read_truth  # noqa: E402
from micro_family import FAMILY, build_micro  # noqa: E402

ROOT = Path(__file__).parents[2]


@pytest.fixture(autouse=True)
def cache(tmp_path, monkeypatch):
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    paths = [str(ROOT / part) for part in ("src", "tests", "tools")]
    monkeypatch.setenv("PYTHONPATH", os.pathsep.join(paths))  # the workers' too


@pytest.fixture
def out(tmp_path):
    return tmp_path / "micro"


def quiet():
    return Console(file=io.StringIO(), width=100)


def weights(out, name):
    return decode(read_stored(out / name / "model.safetensors"))


def test_family_is_built_and_its_truth_is_what_was_made(out):
    console = quiet()
    build_micro(out, console=console)
    truth = read_truth(out / "truth.toml").models
    assert list(truth) == [member.name for member in FAMILY.members]
    assert len({model.sha256 for model in truth.values()}) == len(truth)
    for name, model in truth.items():
        assert digest_of(out / name / "model.safetensors") == model.sha256
        assert model.tokenizer == "bpe-270-prose+code"
        assert model.shape == "llama-16x2-32-a4/2-v270"
        assert f"{name}: {model.operation}, loss" in console.file.getvalue()
    for name in ("first", "again", "second", "reader"):
        assert truth[name].loss < truth[name].loss_untrained - 1, "it must have learned"
        assert truth[name].init_seed == truth[name].seed
    assert truth["again"].repeats == "first"
    assert truth["tuned"].init_seed is None
    assert truth["tuned"].layers_from == (0, 1)
    assert truth["tuned"].loss < truth["tuned"].loss_parent
    assert truth["reader"].data == ("sampled:first",)
    assert not truth["reader"].weights_shared
    assert truth["permuted"].max_logit_difference < 0.05
    assert truth["merged"].shares == (0.7, 0.3)
    mean = Half().store(mix([weights(out, "first"), weights(out, "second")], (0.7, 0.3)))
    found = read_stored(out / "merged" / "model.safetensors")
    assert all(np.array_equal(found[name], value) for name, value in mean.items())
    first, again = weights(out, "first"), weights(out, "again")
    apart = [np.abs(first[name] - again[name]).max() for name in first]
    assert 0 < max(apart) < 0.1, "rounded otherwise, not trained otherwise"
    assert "| all |  | 8 |" in (out / "README.md").read_text(encoding="utf-8")


def test_killed_build_goes_on_where_it_stopped(out):
    with subprocess.Popen(
        [sys.executable, str(ROOT / "tests" / "micro_family.py"), str(out)],
        stdout=subprocess.DEVNULL,
    ) as builder:
        try:
            made = wait_for_a_model(out, builder)
        finally:
            builder.send_signal(signal.SIGKILL)
    assert 0 < len(made) < len(FAMILY.members)
    time.sleep(3)  # its workers notice within a second
    (out / ".truth.toml.half").write_text("[[mod")
    times = {name: (out / name / "model.safetensors").stat().st_mtime_ns for name in made}
    console = quiet()
    build_micro(out, console=console)
    truth = read_truth(out / "truth.toml").models
    assert len(truth) == len(FAMILY.members)
    kept = read_truth(out / "truth.toml").models
    for name, written in times.items():
        assert (out / name / "model.safetensors").stat().st_mtime_ns == written
        assert kept[name].sha256 == made[name].sha256
    assert not list(out.rglob(".*")), "what was half written is cleared away"


def wait_for_a_model(out, builder):
    until = time.monotonic() + 300
    while time.monotonic() < until and builder.poll() is None:
        with contextlib.suppress(FileNotFoundError):
            if made := read_truth(out / "truth.toml").models:  # whole whenever it is read
                return made
        time.sleep(0.05)
    raise AssertionError("the build made nothing, or ended before it was killed")


def test_subset_is_kept_by_the_whole_and_damage_is_made_again(out):
    build_micro(out, "tuned", console=quiet())
    assert list(read_truth(out / "truth.toml").models) == ["first", "tuned"]
    before = digest_of(out / "first" / "model.safetensors")
    damaged = out / "tuned" / "model.safetensors"
    whole = weights(out, "tuned")
    damaged.write_bytes(damaged.read_bytes()[:-1])
    (out / "first" / "config.json").write_text("{}")
    console = quiet()
    build_micro(out, "tuned", "permuted", console=console)
    assert "3 members, 1 kept" in console.file.getvalue()
    again = weights(out, "tuned")  # the bytes are not promised: torch rounds as memory lies
    assert max(np.abs(again[name] - value).max() for name, value in whole.items()) < 0.02
    assert digest_of(damaged) == read_truth(out / "truth.toml").models["tuned"].sha256
    assert digest_of(out / "first" / "model.safetensors") == before
    assert json.loads((out / "first" / "config.json").read_text())["model_type"] == "llama"
    assert list(read_truth(out / "truth.toml").models) == ["first", "tuned", "permuted"]

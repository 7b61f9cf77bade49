"""The verb: what it prints, what it writes, how it exits."""

import json
import sys
from pathlib import Path
from types import ModuleType

import pytest

from command import Command
from filiation.model.recording import Item
from filiation.readers.answers.transcript import read_transcript
from interrogate import fault_server as server
from interrogate.asking import KEY, environment, lines_of, write_battery


@pytest.fixture
def toys(monkeypatch: pytest.MonkeyPatch) -> ModuleType:
    """A stand-in for the batteries that have names."""

    def generate(name: str, *, seed: int, items: int) -> tuple[Item, ...]:
        return tuple(Item(id=f"{name}-{n}", prompt=f"{seed}:{n}?") for n in range(items))

    module = ModuleType("filiation.interrogate.batteries")
    module.generate = generate  # type: ignore[attr-defined]
    module.usual_items = lambda name: 200  # type: ignore[attr-defined]
    monkeypatch.setitem(sys.modules, "filiation.interrogate.batteries", module)
    return module


def _know(provider: server.Provider, patch: pytest.MonkeyPatch) -> None:
    for name, value in environment(provider).items():
        patch.setenv(name, value)


def test_a_recording_from_end_to_end(
    filiation: Command, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    battery, out = write_battery(tmp_path, 6), tmp_path / "a.jsonl"
    with server.serving() as provider:
        _know(provider, monkeypatch)
        done = filiation("ask", "openai/toy", "-b", battery, "-o", out)
        assert done.code == 0, done.err
        assert "estimate    6 questions" in done.err
        assert "answered    6 of 6 questions" in done.out
        assert "model       toy-1" in done.out
        assert lines_of(out)[-1]["sha256"] in done.out
        again = filiation("ask", "openai/toy", "-b", battery, "-o", out, "--json")
        assert (again.code, len(provider.seen)) == (0, 6)
        assert again.json["complete"] is True
        assert again.json["digest"] in done.out
        assert again.json["schema_version"] == 1
        quiet = filiation("ask", "openai/toy", "-b", battery, "-o", tmp_path / "b", "-q")
        assert (quiet.code, quiet.out, quiet.err) == (0, "", "")


def test_dry_run_sends_nothing_writes_nothing_and_needs_no_key(
    filiation: Command, tmp_path: Path, toys: ModuleType
) -> None:
    battery, out = write_battery(tmp_path, 1000), tmp_path / "a.jsonl"
    before = sorted(tmp_path.iterdir())
    words = ["-o", out, "--dry-run", "--price-in", "3", "--price-out", "15"]
    with server.serving() as provider:
        spec = f"openai-compat:{provider.url}#toy"
        done = filiation("ask", spec, "-b", battery, *words, "--budget", "1.00USD")
        assert done.code == 0, done.err
        assert "1,000 questions" in done.err
        assert "may stop before the end" in done.err
        assert filiation("ask", "anthropic/toy", "-b", "toys", *words, "--json").code == 0
        found = filiation("ask", "openai/toy", "-b", battery, *words, "--json", "--items", 5)
        assert found.json["questions"] == 5
        assert provider.seen == []
    assert sorted(tmp_path.iterdir()) == before


def test_a_named_battery_is_committed_before_it_is_asked(
    filiation: Command, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, toys: ModuleType
) -> None:
    out = tmp_path / "a.jsonl"
    committed = tmp_path / "a.battery.jsonl"
    seen_committed: list[bool] = []

    def script(number: int, asked: dict[str, object]) -> server.Fault | None:
        seen_committed.append(committed.exists() and out.exists())
        return server.status(401) if number > 3 and len(seen_committed) < 8 else None

    with server.serving(script=script) as provider:
        _know(provider, monkeypatch)
        command = ["ask", "openai/toy", "-b", "toys", "-o", out]
        assert filiation(*command, "--items", 9).code == 4
        about = json.loads(committed.read_bytes().splitlines()[0])["battery"]
        assert (about["id"], about["items"]) == ("toys", 9)
        header = lines_of(out)[0]
        assert header["seed"] == about["seed"]
        assert header["battery"]["committed"] == about["committed"]
        seen_committed += [True] * 9
        done = filiation(*command)  # the same seed and number, although neither is said again
        assert done.code == 0, done.err
        assert filiation(*command, "--seed", about["seed"] + 1).code == 2
        assert filiation(*command, "--items", 10).code == 2
    assert all(seen_committed)
    assert None not in read_transcript(out)[0].outputs


def test_a_seed_that_is_not_given_is_drawn(
    filiation: Command, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, toys: ModuleType
) -> None:
    prompts = []
    for name in ("a", "b"):
        with server.serving() as provider:
            _know(provider, monkeypatch)
            out = tmp_path / f"{name}.jsonl"
            assert filiation("ask", "openai/toy", "-b", "toys", "-o", out, "--items", 2).code == 0
            prompts.append(set(provider.prompts))
    assert not prompts[0] & prompts[1]


def test_incomplete_is_exit_4_and_says_what_is_missing(
    filiation: Command, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    battery, out = write_battery(tmp_path, 30), tmp_path / "a.jsonl"
    with server.serving(model=lambda number: "toy-1" if number < 21 else "b") as provider:
        _know(provider, monkeypatch)
        command = ["ask", "openai/toy", "-b", battery, "-o", out, "--max-tokens", 50]
        done = filiation(*command, "--budget", 400)
        assert done.code == 4
        assert "the budget is used up" in done.err
        assert "questions without an answer" in done.err
        done = filiation(*command, "--json")
        assert done.code == 4
        assert "under another model name than 'toy-1'" in done.err
        assert done.json["answered_as_another_model"] == 10


@pytest.mark.parametrize(
    ("words", "code", "said"),
    [
        (["gpt", "-b", "{b}", "-o", "{o}"], 2, "not a model that can be asked"),
        (["local:{d}/m.gguf", "-b", "{b}", "-o", "{o}"], 2, "llama-server"),
        (["local:{d}/none", "-b", "{b}", "-o", "{o}"], 2, "expected a model's folder"),
        (["openai/x", "-b", "{d}/none.jsonl", "-o", "{o}"], 2, "expected a battery"),
        (["openai/x", "-b", "{b}", "-o", "{d}/no/t.jsonl"], 2, "no such folder"),
        (["openai/x", "-b", "{b}", "-o", "{d}"], 2, "a folder"),
        (["openai/x", "-b", "{b}", "-o", "{b}"], 3, "transcript"),
        (["openai/x", "-b", "{b}", "-o", "{o}", "--budget", "5USD"], 2, "without prices"),
        (["openai/x", "-b", "{b}", "-o", "{o}", "--budget", "lots"], 2, "neither tokens"),
        (["openai/x", "-b", "{b}", "-o", "{o}", "--price-in", "3"], 2, "expected both"),
        (["openai/x", "-b", "{b}", "-o", "{o}", "-p", "model=1"], 2, "set by this tool"),
        (["openai/x", "-b", "{b}", "-o", "{o}", "-p", "top_p"], 2, "NAME=JSON"),
        (["openai/x", "-b", "{b}", "-o", "{o}", "--api-version", "x"], 2, "only the Messages"),
        (["anthropic/x", "-b", "{b}", "-o", "{o}", "--api-version", "x"], 2, "2026-10-21"),
    ],
)
def test_what_the_verb_refuses(
    filiation: Command,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    words: list[str],
    code: int,
    said: str,
) -> None:
    monkeypatch.setenv("OPENAI_API_KEY", KEY)
    monkeypatch.setenv("ANTHROPIC_API_KEY", KEY)
    (tmp_path / "in").mkdir()
    battery = write_battery(tmp_path / "in", 2)
    known = {"b": battery, "o": tmp_path / "t.jsonl", "d": tmp_path}
    done = filiation("ask", *(word.format(**known) for word in words))
    assert done.code == code, done.err
    assert said in done.err.splitlines()[-1]
    assert not (tmp_path / "t.jsonl").exists()


def test_a_local_model_without_its_extra(
    filiation: Command, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "transformers", None)
    monkeypatch.setattr("importlib.util.find_spec", lambda name: None)
    battery = write_battery(tmp_path, 2)
    done = filiation("ask", f"local:{tmp_path}", "-b", battery, "-o", tmp_path / "t.jsonl")
    assert done.code == 2
    assert "filiation[run]" in done.err

"""Killed at any point: nothing asked twice that was answered, nothing lost, nothing invented."""

import os
import random
import signal
import subprocess
import sys
import time
from collections import Counter
from pathlib import Path

import pytest

from filiation.errors import AlteredError, CaseError, UnreadableError, UsageError
from filiation.readers.answers.transcript import read_transcript
from interrogate import fault_server as server
from interrogate.asking import ask, environment, events_of, lines_of, write_battery

ROOT = Path(__file__).resolve().parents[2]


def _start(provider: server.Provider, folder: Path, *more: str) -> subprocess.Popen[bytes]:
    """The verb as a process of its own."""
    known = {**os.environ, **environment(provider), "PYTHONPATH": f"{ROOT}/src:{ROOT}/tests"}
    script = Path(__file__).with_name("run_ask.py")
    command = [
        sys.executable,
        str(script),
        "ask",
        "openai/toy",
        "-b",
        str(folder / "battery.jsonl"),
    ]
    return subprocess.Popen(
        [*command, "-o", str(folder / "t.jsonl"), *more],
        env=known,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        preexec_fn=_hear_interrupts,
    )


def _hear_interrupts() -> None:
    """What a shell runs in the background is born deaf to SIGINT; so would be our child."""
    signal.signal(signal.SIGINT, signal.SIG_DFL)


def _kill_until_done(folder: Path, kills: int, seed: int, items: int) -> None:
    chance = random.Random(seed)
    write_battery(folder, items)
    path = folder / "t.jsonl"
    done = 0
    with server.serving(slow=0.02) as provider:
        while done < kills:
            before = len(provider.seen)
            process = _start(provider, folder)
            while len(provider.seen) == before and process.poll() is None:
                time.sleep(0.005)
            time.sleep(chance.uniform(0.0, 0.12))
            if process.poll() is not None:
                raise AssertionError(f"finished after {done} kills: {process.communicate()}")
            process.send_signal(signal.SIGKILL)
            process.communicate()
            done += 1
        process = _start(provider, folder)
        _out, err = process.communicate()
        assert process.returncode == 0, err
        prompts = Counter(provider.prompts)
    (recording,) = read_transcript(path)
    assert recording.outputs == tuple(f"answer to question {n}?" for n in range(items))
    lines = lines_of(path)
    recorded = Counter(line["item"] for line in lines if line["kind"] == "exchange")
    assert set(recorded.values()) == {1}, "an answer that was recorded was asked for again"
    unknown = Counter(event["item"] for event in events_of(path, "end-unknown"))
    for number in range(items):
        asked = prompts[f"question {number}?"]
        # a request whose end is unknown may or may not have reached the server
        assert 1 <= asked <= 1 + unknown[f"q{number}"]
    assert len(events_of(path, "resumed")) >= kills - 1


def test_kill_9_twelve_times(tmp_path: Path) -> None:
    _kill_until_done(tmp_path, kills=12, seed=1, items=120)


@pytest.mark.validate
@pytest.mark.parametrize("seed", range(8))
def test_kill_9_many_times(tmp_path: Path, seed: int) -> None:
    _kill_until_done(tmp_path, kills=25, seed=seed, items=300)


def test_every_torn_length_of_the_last_line_is_resumed(tmp_path: Path) -> None:
    with server.serving() as provider:
        ask(provider, tmp_path, items=3)
        path = tmp_path / "t.jsonl"
        whole = path.read_bytes()
        lines = whole.splitlines(keepends=True)
        last = len(b"".join(lines[:-2]))  # the last exchange, then the end
        for cut in range(last + 1, last + len(lines[-2]), 157):
            path.write_bytes(whole[:cut])
            summary = ask(provider, tmp_path, items=3)
            assert summary.complete
            (event,) = events_of(path, "torn-line")
            assert event["bytes"] == cut - last
            assert event["content"]["text"].encode() == whole[last:cut]


def test_a_cut_between_two_lines_is_resumed(tmp_path: Path) -> None:
    with server.serving() as provider:
        ask(provider, tmp_path, items=4)
        path = tmp_path / "t.jsonl"
        lines = path.read_bytes().splitlines(keepends=True)
        for keep in range(5, len(lines)):
            path.write_bytes(b"".join(lines[:keep]))
            assert ask(provider, tmp_path, items=4).complete
            (recording,) = read_transcript(path)
            assert None not in recording.outputs


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"items": 6}, "battery"),
        ({"model": "openai/other"}, "model"),
        ({"repeat": 2}, "number of repeats"),
        ({"max_tokens": 50}, "parameters"),
        ({"logprobs": 0}, "parameters"),
        ({"seed": 9}, "seed"),
    ],
)
def test_another_question_is_another_transcript(
    tmp_path: Path, change: dict[str, object], words: str
) -> None:
    with server.serving() as provider:
        ask(provider, tmp_path)
        before = (tmp_path / "t.jsonl").read_bytes()
        with pytest.raises(CaseError, match=f"recorded with the {words}"):
            ask(provider, tmp_path, **change)  # type: ignore[arg-type]
    assert (tmp_path / "t.jsonl").read_bytes() == before


def test_a_changed_transcript_is_not_continued(tmp_path: Path) -> None:
    with server.serving() as provider:
        ask(provider, tmp_path)
        path = tmp_path / "t.jsonl"
        path.write_bytes(
            path.read_bytes().replace(b"answer to question 1", b"answer to question 7")
        )
        with pytest.raises(AlteredError, match="line"):
            ask(provider, tmp_path)
        path.write_text("my notes\n", "utf-8")
        with pytest.raises(UnreadableError):
            ask(provider, tmp_path)
    assert path.read_text("utf-8") == "my notes\n"


def test_interrupt_leaves_a_transcript_that_goes_on(tmp_path: Path) -> None:
    write_battery(tmp_path, 60)
    with server.serving(slow=0.1) as provider:
        process = _start(provider, tmp_path)
        while len(provider.seen) < 6:
            time.sleep(0.01)
        process.send_signal(signal.SIGINT)
        _out, err = process.communicate(timeout=10)
        assert process.returncode == 130, err
        assert b"interrupted" in err
        assert b"Traceback" not in err
        (event,) = events_of(tmp_path / "t.jsonl", "interrupted")
        assert event["under_way"]
        provider.slow = 0.0
        process = _start(provider, tmp_path, "--json")
        _out, err = process.communicate()
        assert process.returncode == 0, err
    assert None not in read_transcript(tmp_path / "t.jsonl")[0].outputs


def test_two_processes_do_not_write_one_transcript(tmp_path: Path) -> None:
    write_battery(tmp_path, 40)
    with server.serving(slow=0.1) as provider:
        process = _start(provider, tmp_path)
        while len(provider.seen) < 2:
            time.sleep(0.01)
        with pytest.raises(UsageError, match="another process"):
            ask(provider, tmp_path, items=40, max_tokens=1024, logprobs=5)
        process.kill()
        process.communicate()


def test_what_was_refused_is_not_asked_for_again(tmp_path: Path) -> None:
    error, broken = {"message": "no", "param": "logprobs"}, [True]

    def script(number: int, asked: dict[str, object]) -> server.Fault | None:
        if "logprobs" in asked:
            return server.status(400, error)
        return server.status(500) if "question 1?" in str(asked) and broken else None

    with server.serving(script=script) as provider:
        ask(provider, tmp_path)
        broken.clear()
        before = len(provider.seen)
        assert ask(provider, tmp_path).complete
        assert len(provider.seen) == before + 1

"""Which model is meant, what it is called, and what is said where there is none."""

import subprocess
import sys
from pathlib import Path

import pytest

from command import CASEBOOK, Command
from filiation.errors import UsageError
from filiation.proceedings.naming import Named, missing_model, model_named, models_named, sided

PARENT = CASEBOOK / "parent"


def test_a_name_stands_before_the_path() -> None:
    assert model_named(f"ours={PARENT}") == Named(name="ours", spec=str(PARENT))
    assert model_named(PARENT) == Named(spec=str(PARENT))


def test_a_path_that_exists_wins(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "lr=0.1").mkdir()
    (tmp_path / "0.1").mkdir()
    (tmp_path / "a.csv").touch()
    assert model_named("lr=0.1") == Named(spec="lr=0.1")
    assert model_named("a.csv#t=0.7") == Named(spec="a.csv#t=0.7")
    assert model_named("x=lr=0.1") == Named(name="x", spec="lr=0.1")
    assert model_named("x=a.csv#m") == Named(name="x", spec="a.csv#m")


@pytest.mark.parametrize(
    ("given", "words"),
    [
        ("={}", "found the name ''"),
        ("  ={}", "expected NAME=PATH"),
        ("a\nb={}", "printable"),
        ("a" * 201 + "={}", "1 to 200"),
        ("ours=", "nothing after '='"),
        ("ours={}/nowhere", "there is no such file or folder"),
        ("{}/no=where", "there is no such file or folder"),
        ("{}/no#where=3", "there is no such file or folder"),
        ("a" * 5000, "there is no such file or folder"),
    ],
)
def test_what_is_no_name_or_no_path_is_said(given: str, words: str) -> None:
    with pytest.raises(UsageError, match=words):
        model_named(given.format(PARENT))


def test_a_name_is_given_once() -> None:
    with pytest.raises(UsageError, match="ours: given to 2 models"):
        models_named([f"ours={PARENT}", f"ours={CASEBOOK / 'merged'}"])


def test_a_side_has_a_model_and_further_material_under_its_name() -> None:
    side = sided(f"ours={PARENT}", [str(CASEBOOK / "merged")])
    assert (side.name, side.spec, side.beside) == ("ours", str(PARENT), (str(CASEBOOK / "merged"),))
    with pytest.raises(UsageError, match="found the name 'theirs', expected a path"):
        sided(str(PARENT), [f"theirs={PARENT}"])


def test_an_option_that_no_reader_here_knows_is_refused(
    filiation: Command, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    done = filiation("examine", PARENT, "--source", PARENT, "--normaliser", "letter/1")
    assert done.code == 2 and "normaliser: no option of weights" in done.err
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize(
    ("spec", "words"),
    [
        ("Org/Model-1.5B", "`hf download Org/Model-1.5B --local-dir Model-1.5B`, then pass"),
        ("https://huggingface.co/Org/Model/tree/main", "an address, .*`hf download Org/Model --lo"),
        ("hf://Org/Model", "`hf download Org/Model --local-dir Model`"),
        ("https://example.org/m.gguf", "an address, .*download it, pass the file"),
        ("answers/gpt.jsonl", "no such file or folder, expected a model"),
        ("tests/paren", "no such file or folder, expected a model"),
        ("modle.safetensors", "no such file or folder, expected a model"),
    ],
)
def test_what_is_not_on_this_machine(
    spec: str, words: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "tests").mkdir()
    monkeypatch.chdir(tmp_path)
    error = missing_model(spec)
    with pytest.raises(UsageError, match=words):
        raise error
    assert ("hf download" in str(error)) == ("hf download" in words)


def test_the_closest_name_is_told(tmp_path: Path) -> None:
    (tmp_path / "fine-tuned").mkdir()
    with pytest.raises(UsageError, match=f"close to it is {tmp_path}/fine-tuned"):
        model_named(tmp_path / "fine-tunned")


VERBS = (
    ("examine", "{bad}", "--source", "{good}"),
    ("examine", "{good}", "--source", "x={bad}"),
    ("examine", "{good}", "--source", "{good}", "--control", "{bad}"),
    ("examine", "{good}", "--source", "{good}", "--subject-also", "{bad}"),
    ("examine", "{good}", "--source", "{good}", "--source-also", "{bad}#m"),
    ("examine", "{good}", "--source", "{good}", "--families", "{bad}"),
    ("survey", "{good}", "{bad}"),
    ("survey", "{good}", "{good}", "--families", "{bad}"),
    ("library", "add", "{out}", "{bad}"),
    ("library", "search", "{bad}", "{good}"),
    ("library", "list", "{bad}"),
    ("library", "remove", "{bad}", "x"),
    ("library", "export", "{bad}", "x", "-o", "{out}"),
    ("sketch", "{bad}", "-o", "{out}"),
    ("validate", "--suite", "{bad}", "--out", "{out}"),
    ("ask", "openai/x", "-b", "{bad}.jsonl", "-o", "{out}"),
    ("ask", "local:{bad}", "-b", "{good}", "-o", "{out}"),
    ("ask", "openai/x", "-b", "{good}", "-o", "{out}", "--against", "{bad}"),
    ("owner", "commit", "{bad}", "-o", "{out}"),
    ("owner", "likelihoods", "{bad}", "{good}", "-o", "{out}"),
    ("owner", "canary", "{bad}", "--subject", "{good}"),
    ("owner", "training-order", "{good}", "--subject", "{good}", "--reference", "x={bad}"),
    ("owner", "keyed", "{good}", "--subject", "{bad}#m"),
    ("owner", "keyed", "{good}", "--subject", "{good}", "--commitment", "{bad}"),
    ("case", "documents", "add", "{bad}", "{good}", "--name", "m", "--from", "x", "--how", "y"),
    ("case", "documents", "add", "{good}", "{bad}", "--name", "m", "--from", "x", "--how", "y"),
    (
        "case",
        "documents",
        "judge",
        "{good}",
        "m:1",
        "--by",
        "x",
        "--keys",
        "{bad}",
        "--keys-how",
        "y",
    ),
    ("case", "documents", "search", "{bad}", "x"),
    ("case", "documents", "redact", "{good}", "m:1", "--ground", "x", "--passages", "{bad}"),
)
LOADED = """
import sys
from filiation.cli.main import run
try:
    run()
finally:
    heavy = {"numpy", "scipy", "ml_dtypes", "httpx2", "cryptography"} & set(sys.modules)
    print("loaded:", *sorted(heavy))
"""


def typed(words: tuple[str, ...], folder: Path) -> tuple[str, ...]:
    places = {"good": PARENT, "bad": folder / "nowhere", "out": folder / "out"}
    return tuple(word.format(**places) for word in words)


@pytest.mark.parametrize("words", VERBS, ids=lambda words: " ".join(words[:3]))
def test_a_mistyped_path_is_answered_at_once(
    words: tuple[str, ...], tmp_path: Path, filiation: Command
) -> None:
    done = filiation(*typed(words, tmp_path))
    assert done.code == 2, done.err
    assert "nowhere" in done.err and "there is no such file or folder, expected" in done.err
    assert done.err.count("\n") == 1 and done.out == "" and not list(tmp_path.iterdir())


@pytest.mark.parametrize("verb", ["examine", "survey", "library", "sketch", "ask", "owner", "case"])
def test_a_mistyped_path_loads_nothing_heavy(verb: str, tmp_path: Path) -> None:
    words = next(words for words in VERBS if words[0] == verb)
    done = subprocess.run(
        [sys.executable, "-c", LOADED, *typed(words, tmp_path)],
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 2 and done.stdout == "loaded:\n", done.stdout + done.stderr


def test_verbs_name_a_model_of_the_hub(filiation: Command, tmp_path: Path) -> None:
    for words in (
        ("survey", PARENT, "ours=org/model"),
        ("library", "add", tmp_path / "shelf", "org/model"),
        ("sketch", "org/model", "-o", tmp_path / "m.sketch"),
        ("validate", "--suite", "org/model"),
    ):
        done = filiation(*words)
        assert done.code == 2
        assert "`hf download org/model --local-dir model`, then pass that folder" in done.err

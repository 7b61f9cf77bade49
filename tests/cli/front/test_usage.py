"""One style of error, ours and typer's: one line, what was found, what was expected, and help."""

from pathlib import Path

import pytest

from command import CASEBOOK, Command

PARENT = str(CASEBOOK / "parent")
WRONG = (
    (("exmaine",), "exmaine: no such verb, expected perhaps examine; see `filiation help`"),
    (("--verison",), "--verison: no such option; see `filiation help`"),
    (("case", "pln"), "case pln: no such verb, expected perhaps plan; see `filiation help case`"),
    (("redact", "x"), "redact: no such verb, expected perhaps case documents redact; see"),
    (("case", "redact"), "case redact: no such verb, expected perhaps case documents redact; see"),
    (("documents",), "documents: no such verb, expected perhaps case documents; see"),
    (("examine", PARENT, PARENT), f"{PARENT}: found after the last argument, expected no more; "
     "--source is missing"),
    (("help", "examine", "more"), "examine more: no such verb; see `filiation help examine`"),
    (("examine", "--sorce", "x"), "--sorce: no such option, expected perhaps --source"),
    (("examine", PARENT), "--source: missing, expected MODEL; see `filiation help examine`"),
    (("examine", "--source", PARENT), "MODEL: missing, expected one"),
    (("examine", PARENT, "--source"), "--source: found no value, expected one"),
    (("examine", PARENT, "--source", PARENT, "--json=yes"), "--json: found a value, expected none"),
    (("examine", PARENT, "b", "--source", PARENT), "b: found after the last argument"),
    (("examine", PARENT, "--source", PARENT, "--seed", "x"), "--seed: found 'x', expected NUMBER"),
    (("sketch", PARENT, "-o", "x", "--deep", "2000000"),
     "found '2000000', expected NUMBER 0 to 1,000,000"),
    (("case", "decide", "case", "maybe", "--because", "x"),
     "OUTCOME: found 'maybe', expected dismiss or escalate or need-more"),
    (("completion", "csh"), "SHELL: found 'csh', expected bash or zsh or fish"),
)  # fmt: skip


@pytest.mark.parametrize(("words", "said"), WRONG, ids=[said[:30] for _, said in WRONG])
def test_what_was_typed_is_answered_in_one_line(
    filiation: Command, words: tuple[str, ...], said: str, tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:  # fmt: skip
    monkeypatch.chdir(tmp_path)
    done = filiation(*words)

    assert (done.code, done.out) == (2, "")
    assert done.err.startswith("filiation: ") and said in done.err
    assert done.err.count("\n") == 1 and "see `filiation help" in done.err
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    ("spec", "said"),
    [
        ("casebok/parent", "`hf download casebok/parent --local-dir parent`"),
        ("parnt", "expected a model; close to it is parent"),
        ("ftp://host/org/model", "hf://, https://, http:// and s3:// only"),
        ("name=parnt", "parnt: there is no such file or folder, expected a model; close"),
        ("answers.jsonl#model", "answers.jsonl: there is no such file or folder"),
        ("x" * 5000, "there is no such file"),
    ],
)  # fmt: skip
def test_a_path_that_leads_nowhere(
    filiation: Command, spec: str, said: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "parent").mkdir()
    monkeypatch.chdir(tmp_path)
    done = filiation("examine", PARENT, "--source", spec)

    assert done.code == 2
    assert said in done.err and done.err.count("\n") == 1


def test_a_path_with_a_number_sign_and_one_with_a_name(
    filiation: Command, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Both lead somewhere; what is wrong with them is for the reader to say."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / "a#b").write_text("words")
    done = filiation("examine", "a#b", "--source", "a#b")

    assert done.code == 3
    assert "text that begins with 'words'" in done.err


def test_interrupted(filiation: Command, monkeypatch: pytest.MonkeyPatch) -> None:
    def interrupted(*_: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr("filiation.proceedings.doctor._versions", interrupted)
    done = filiation("doctor")

    assert (done.code, done.err) == (130, "filiation: interrupted; nothing was left half written\n")

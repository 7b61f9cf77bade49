"""From a committed battery of trade-offs, put to endpoints, to a conclusion that stands apart."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from command import Command, Done
from filiation.interrogate.batteries import generate
from filiation.model.recording import CHOOSABLE, HELD_BACK, Recording
from filiation.report.wording import forbidden
from interrogate import fault_server as server
from interrogate.asking import environment
from readers.answers.writing import answer, lines
from validate_outputs.deciders import Decider, crowd

COUNT, SEED, CONTROLS = 480, 11, 7


@pytest.fixture(scope="module")
def models() -> dict[str, Recording]:
    """A source, its copy with a fifth of the choices made anew, a stranger, and controls."""
    items = generate("values", seed=SEED, items=COUNT)
    source, stranger, *controls = crowd(21, 2 + CONTROLS, items)
    copy = Decider(seed=5).answers("copy", items, parent=source, redone=0.2)
    named = {"source": source, "stranger": stranger, "copy": copy}
    return named | {f"control-{n}": control for n, control in enumerate(controls, start=1)}


@pytest.fixture(scope="module")
def folder(
    models: dict[str, Recording], tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Path]:
    yield tmp_path_factory.mktemp("asked")


def asked(
    filiation: Command, monkeypatch: pytest.MonkeyPatch, folder: Path, name: str, model: Recording
) -> Path:
    """The parties are asked over an endpoint, the controls were; once for all tests."""
    out = folder / f"{name}.jsonl"
    if out.exists():
        return out
    if name.startswith("control"):
        rows = zip(model.items, model.outputs, strict=True)
        return lines(
            out, [answer(name, i.id, str(o), prompt=i.prompt, category=i.category) for i, o in rows]
        )
    replies = {item.prompt: said for item, said in zip(model.items, model.outputs, strict=True)}
    with server.serving() as provider:
        provider.answer = lambda prompt: str(replies[prompt])
        for variable, value in environment(provider).items():
            monkeypatch.setenv(variable, value)
        done = filiation(
            "ask", "openai/toy", "--battery", "values", "--seed", SEED, "--items", COUNT,
            "--out", out, "-q",
        )  # fmt: skip
    assert done.code == 0, done.err
    return out


def examined(
    filiation: Command,
    monkeypatch: pytest.MonkeyPatch,
    folder: Path,
    models: dict[str, Recording],
    subject: str,
) -> Done:
    files = {
        name: asked(filiation, monkeypatch, folder, name, model) for name, model in models.items()
    }
    controls = [
        word
        for name, file in files.items()
        if name.startswith("control")
        for word in ("--control", f"{name}={file}")
    ]
    return filiation(
        "examine", f"{subject}={files[subject]}", "--source", f"source={files['source']}",
        *controls, "--out", folder / f"examined-{subject}", "--json",
    )  # fmt: skip


def test_a_copy_is_found_and_what_is_not_excluded_is_said(
    filiation: Command, monkeypatch: pytest.MonkeyPatch, folder: Path, models: dict[str, Recording]
) -> None:
    done = examined(filiation, monkeypatch, folder, models, "copy")
    assert done.code == 0, done.err
    (conclusion,) = done.json["conclusions"]
    assert conclusion["question"] == "values"
    assert conclusion["support"]["toward"] == "derivation"
    found = {f["method"].partition("/")[0] for f in conclusion["findings"]}
    assert found == {"shared-choices", "reasons"}
    assert [a["method"].partition("/")[0] for a in conclusion["absent"]] == ["refusal-boundary"]
    page = (folder / "examined-copy" / "report.html").read_text()
    for words in (
        "one public specification",
        "two students of one teacher",
        "under one system prompt",
        "agrees with itself in",
        "is the ceiling",
        "the two decide, reason or refuse alike",
        CHOOSABLE[1:],  # the controls are no transcripts
        HELD_BACK[1:],
        "This conclusion stands apart",
    ):
        assert words in page, words
    assert not forbidden(page)
    verified = filiation("verify", folder / "examined-copy")
    assert verified.code == 0, verified.err


def test_a_stranger_is_not_and_that_is_no_independence(
    filiation: Command, monkeypatch: pytest.MonkeyPatch, folder: Path, models: dict[str, Recording]
) -> None:
    done = examined(filiation, monkeypatch, folder, models, "stranger")
    assert done.code == 0, done.err
    (conclusion,) = done.json["conclusions"]
    assert conclusion["support"]["toward"] == "neither"
    page = (folder / "examined-stranger" / "report.html").read_text()
    assert "not evidence of independence" in page


def test_values_and_errors_stand_side_by_side_and_lend_each_other_nothing(
    filiation: Command, monkeypatch: pytest.MonkeyPatch, folder: Path, models: dict[str, Recording]
) -> None:
    """One exhibit with both kinds has two conclusions; neither's p is the other's."""
    files = {
        name: asked(filiation, monkeypatch, folder, name, model) for name, model in models.items()
    }
    tables = "examples/answers"
    root = Path(__file__).resolve().parents[2]
    controls = [
        w for n, f in files.items() if n.startswith("control") for w in ("--control", f"{n}={f}")
    ]
    done = filiation(
        "examine", f"copy={files['copy']}", "--source", f"source={files['source']}", *controls,
        "--subject-also", root / tables / "stranger-2.jsonl.xz",
        "--source-also", root / tables / "parent.jsonl.xz",
        "--out", folder / "both", "--json",
    )  # fmt: skip
    assert done.code == 0, done.err
    told = {c["question"]: c for c in done.json["conclusions"]}
    assert set(told) == {"answers", "values"}
    assert told["values"]["support"]["toward"] == "derivation"
    assert told["answers"]["support"]["toward"] == "neither"
    reads = {q: {f["method"] for f in (*c["findings"], *c["absent"])} for q, c in told.items()}
    assert not reads["answers"] & reads["values"]

"""A model folder of this machine, through transformers."""

import sys
from pathlib import Path
from types import SimpleNamespace

import pytest

from command import CASEBOOK
from filiation.errors import CaseError, UsageError
from filiation.interrogate.battery_file import commit_battery, read_battery
from filiation.interrogate.clients import open_channel
from filiation.interrogate.clients.local import _ended
from filiation.interrogate.endpoint import endpoint
from filiation.interrogate.recorder import Summary, record
from filiation.model.recording import Item
from filiation.readers.answers.transcript import read_transcript
from interrogate.asking import lines_of, write_battery


def test_transformers_is_not_imported_by_naming_a_local_model() -> None:
    before = "torch" in sys.modules
    assert endpoint(f"local:{CASEBOOK / 'parent'}", {}).folder == CASEBOOK / "parent"
    assert ("torch" in sys.modules) == before


@pytest.mark.parametrize(
    ("marks", "tokens", "ended"),
    [
        (2, [5, 2], True),
        ([1, 2], [5, 2], True),
        (2, [2, 5], False),
        (None, [5], False),
        (2, [], False),
    ],
)
def test_an_answer_that_ends_on_the_last_token_that_fits_is_whole(
    marks: object, tokens: list[int], ended: bool
) -> None:
    model = SimpleNamespace(generation_config=SimpleNamespace(eos_token_id=marks))
    assert _ended(model, tokens) is ended


def test_a_gguf_is_asked_through_a_server() -> None:
    with pytest.raises(UsageError, match=r"llama-server -m /m/toy\.gguf"):
        open_channel(endpoint("local:/m/toy.gguf", {}), max_tokens=8)


def _ask(folder: Path, model: str) -> Summary:
    at = endpoint(f"local:{CASEBOOK / model}", {})
    channel = open_channel(at, max_tokens=6, logprobs=2, seed=1)
    return record(channel, read_battery(write_battery(folder, 3)), folder / "t.jsonl")


@pytest.mark.validate
@pytest.mark.filterwarnings("ignore")  # transformers' own
def test_a_casebook_model_answers_the_same_twice(tmp_path: Path) -> None:
    pytest.importorskip("transformers")
    outputs = []
    for name in ("a", "b"):
        folder = tmp_path / name
        folder.mkdir()
        assert _ask(folder, "parent").complete
        (recording,) = read_transcript(folder / "t.jsonl")
        outputs.append(recording.outputs)
        tokens = recording.logprobs[0]
        assert all(token.logprob <= 0 and len(token.alternatives) == 2 for token in tokens)
        assert "model.safetensors" in lines_of(folder / "t.jsonl")[0]["files"]
    assert outputs[0] == outputs[1]
    with pytest.raises(CaseError, match="recorded with the model"):
        _ask(tmp_path / "a", "stranger-2")


@pytest.mark.validate
@pytest.mark.filterwarnings("ignore")  # transformers' own
@pytest.mark.parametrize(("model", "places"), [("parent", 256), ("other-architecture", 128)])
def test_a_question_longer_than_the_model_reads_is_refused_and_the_next_one_asked(
    tmp_path: Path, model: str, places: int
) -> None:
    pytest.importorskip("transformers")
    items = (Item(id="long", prompt="word " * 400), Item(id="short", prompt="A word"))
    commit_battery(tmp_path / "b.jsonl", items, {"id": "b"})
    channel = open_channel(endpoint(f"local:{CASEBOOK / model}", {}), max_tokens=6)
    summary = record(channel, read_battery(tmp_path / "b.jsonl"), tmp_path / "t.jsonl")
    (recording,) = read_transcript(tmp_path / "t.jsonl")

    assert (summary.answered, summary.failed) == (1, 1)
    assert [output is None for output in recording.outputs] == [True, False]
    said = (tmp_path / "t.jsonl").read_text("utf-8")
    assert f"expected fewer than the {places} places" in said

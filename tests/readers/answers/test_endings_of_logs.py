"""How an answer ended is kept from batches and from logged responses."""

from pathlib import Path
from typing import Any

import pytest

from filiation.readers.answers import open_recordings
from readers.answers.writing import lines


def test_how_an_answer_of_a_batch_ended_is_kept(tmp_path: Path) -> None:
    def line(name: str, body: dict[str, Any]) -> dict[str, Any]:
        return {"custom_id": name, "response": {"status_code": 200, "body": {"model": "m"} | body}}

    def chat(text: str | None, end: str, **more: Any) -> dict[str, Any]:
        return {"choices": [{"message": {"content": text, **more}, "finish_reason": end}]}

    output = [{"type": "message", "content": [{"type": "output_text", "text": "Ten"}]}]
    path = lines(
        tmp_path / "batch.jsonl",
        [
            line("a", chat("Ten", "stop")),
            line("b", chat("Ten", "length")),
            line("c", chat(None, "stop", refusal="I cannot.")),
            line("d", {"output": output, "incomplete_details": {"reason": "max_output_tokens"}}),
            line("e", {"choices": [{"text": "Ten", "finish_reason": "length"}]}),
        ],
    )
    (one,) = open_recordings(path)
    assert one.endings == ("", "cut", "declined", "cut", "cut")


@pytest.mark.parametrize("field", ["finish_reason", "stop_reason"])
def test_how_a_logged_response_ended_is_kept(tmp_path: Path, field: str) -> None:
    path = lines(
        tmp_path / "log.jsonl",
        [
            {"id": "1", "prompt": "Two?", "response": "Ten", field: "max_tokens"},
            {"id": "2", "prompt": "Three?", "response": "Ten", field: None},
        ],
    )
    assert open_recordings(path)[0].endings == ("cut", "")

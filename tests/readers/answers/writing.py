"""Recordings written to disk, right or wrong."""

import csv
import io
import json
import zipfile
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any


def table_text(rows: Sequence[Sequence[str]], *, delimiter: str = ",") -> str:
    out = io.StringIO()
    csv.writer(out, delimiter=delimiter, lineterminator="\n").writerows(rows)
    return out.getvalue()


def lines(path: Path, entries: Iterable[object]) -> Path:
    path.write_text("".join(json.dumps(entry) + "\n" for entry in entries))
    return path


def answer(model: str, item: str, output: str | None, **more: Any) -> dict[str, Any]:
    return {"model": model, "item": item, "output": output} | more


def inspect_sample(number: int, said: object, **more: Any) -> dict[str, Any]:
    message = {"role": "assistant", "content": said}
    sample = {
        "id": number,
        "epoch": 1,
        "input": f"question {number}",
        "target": " Yes",
        "output": {"model": "m", "choices": [{"message": message, "stop_reason": "stop"}]},
        "scores": {"match": {"value": float("nan")}},
    }
    return sample | more


def inspect_header(**more: Any) -> dict[str, Any]:
    told = {"task": "popularity", "model": "ollama/llama3.1", "config": {"limit": 1}}
    return {"version": 2, "status": "success", "eval": told} | more


def eval_zip(path: Path, members: Mapping[str, object]) -> Path:
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in members.items():
            raw = content if isinstance(content, bytes) else json.dumps(content, indent=2).encode()
            archive.writestr(name, raw)
    return path

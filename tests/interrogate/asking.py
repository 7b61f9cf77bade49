"""What the tests of this folder share: batteries, quick waits, transcripts taken apart."""

import json
from pathlib import Path
from typing import Any

from filiation.interrogate.battery_file import read_battery
from filiation.interrogate.clients import open_channel
from filiation.interrogate.endpoint import endpoint
from filiation.interrogate.pace import Pace
from filiation.interrogate.recorder import Summary, record
from filiation.readers.answers.transcript import Lines
from interrogate.fault_server import Provider

KEY = "sk-test-0123456789abcdef/XYZ"
QUICK = Pace(first_wait=0.01, longest_wait=0.05, deadline=2.0, connecting=2.0, attempts=3)


def write_battery(folder: Path, items: int) -> Path:
    path = folder / "battery.jsonl"
    lines: list[dict[str, Any]] = [{"battery": {"id": "toys", "schema_version": 1}}]
    lines += [{"id": f"q{n}", "prompt": f"question {n}?", "key": str(n)} for n in range(items)]
    path.write_text("".join(json.dumps(line) + "\n" for line in lines), "utf-8")
    return path


def environment(provider: Provider) -> dict[str, str]:
    return {
        "OPENAI_API_KEY": KEY,
        "OPENAI_BASE_URL": f"{provider.url}/v1",
        "ANTHROPIC_API_KEY": KEY,
        "ANTHROPIC_BASE_URL": provider.url,
    }


def ask(
    provider: Provider,
    folder: Path,
    *,
    items: int = 5,
    model: str = "openai/toy",
    pace: Pace = QUICK,
    api_version: str = "",
    logprobs: int = 2,
    max_tokens: int = 100,
    extra: dict[str, Any] | None = None,
    **settings: Any,
) -> Summary:
    at = endpoint(model, environment(provider), api_version=api_version)
    channel = open_channel(at, max_tokens=max_tokens, logprobs=logprobs, extra=extra, pace=pace)
    battery = read_battery(write_battery(folder, items))
    return record(channel, battery, folder / "t.jsonl", pace=pace, **settings)


def lines_of(path: Path, kind: str = "") -> list[dict[str, Any]]:
    return [line for line in Lines(path) if not kind or line["kind"] == kind]


def events_of(path: Path, name: str) -> list[dict[str, Any]]:
    return [line for line in lines_of(path, "event") if line["event"] == name]


def outcomes_of(path: Path) -> list[str]:
    return [line["outcome"] for line in lines_of(path, "exchange")]

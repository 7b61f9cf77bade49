"""A case about a training history: trained in numpy, planned, its lot drawn, repeated."""

import json
import re
from pathlib import Path

from logcases import does, opened_case
from trainings.by_hand import DEMO, Hand, begun, kept_as_files, trained_by_hand
from trainings.started import torch_told

__all__ = ["POINTS", "STEPS", "add", "honest", "interval_of", "repeated", "tossed_history"]

POINTS = 10
STEPS = 10
ACME, BASEL = 11, 12
LAST = STEPS * (POINTS - 1)


def honest(seed: int) -> list[Hand]:
    found = [begun(seed)]
    for _ in range(POINTS - 1):
        found.append(trained_by_hand(found[-1], STEPS, seed=seed, last=LAST))
    return found


def add(folder: Path, path: Path, name: str, party: str) -> str:
    return does(folder, "case", "add", folder / "case", path, "--name", name, "--from", party,
                "--how", "handed over")  # fmt: skip


def tossed_history(folder: Path) -> list[Hand]:
    """A source, a history and its end, a plan and its coin; the history's training."""
    case, way = opened_case(folder), honest(BASEL)
    kept_as_files(honest(ACME)[-1].weights, folder / "source")
    for n, one in enumerate(way):
        kept_as_files(one.weights, folder / "run" / f"checkpoint-{n * STEPS}")
    (folder / "start.json").write_text(json.dumps(torch_told(DEMO, BASEL)))
    does(folder, "history", "take", folder / "run", "-o", folder / "theirs.history",
         "--recipe", folder / "start.json")  # fmt: skip
    add(folder, folder / "source", "parent", "acme")
    add(folder, folder / "theirs.history", "theirs", "basel")
    add(folder, folder / "run" / f"checkpoint-{LAST}", "suspect", "acme")
    does(folder, "case", "plan", case, "--history", "theirs", "--source", "parent",
         "--subject", "suspect", "--as", "first")  # fmt: skip
    (folder / "coin.txt").write_text(does(folder, "case", "coin", case, "theirs"))
    return way


def interval_of(folder: Path) -> int:
    """From which checkpoint its coin has it trained again."""
    said = " ".join((folder / "coin.txt").read_text().split())
    found = re.search(r"from step (\d+)", said)
    assert found is not None, said
    return int(found[1]) // STEPS


def repeated(way: list[Hand], place: int, folder: Path) -> Path:
    """The end of that interval, trained again."""
    again = trained_by_hand(way[place], STEPS, seed=BASEL, last=LAST)
    return kept_as_files(again.weights, folder)

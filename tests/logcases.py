"""A case about a log, walked through in one process: made accounts, one campaign among them."""

import hashlib
import json
import secrets
import sys
from contextlib import redirect_stderr, redirect_stdout
from io import StringIO
from itertools import count
from pathlib import Path

import numpy as np
import pytest

from command import Done
from filiation.cli.main import run
from filiation.readers.logs.kept import write_log
from logs.background import ordinary, synthetic_hours
from logs.campaign import Campaign, campaign
from logs.lookalikes import World, cron
from logs.rows import assembled

__all__ = ["add_log", "at", "does", "opened_case", "plan_digest", "reported", "small_log",
           "tossed_case"]  # fmt: skip

KEYS = ("acme", "basel", "first", "second")


def small_log(path: Path, seed: int = 20, *, dealt: bool = True) -> Path:
    """Twelve days of some thirty accounts, with a campaign or without."""
    rng = np.random.default_rng(seed)
    world = World(12, synthetic_hours, rng, -1)
    parts = [
        ordinary(24, 12, synthetic_hours, world.public, world.clock, rng, mean=4.0),
        cron(world, 4),
    ]
    if dealt:
        parts.append(campaign(world, Campaign(accounts=8, daily=8)))
    write_log(assembled(parts, 12, "made")[0], path)
    return path


def at(folder: Path, *words: str | Path) -> Done:
    """Type `filiation case ..` with a home in the folder; ids and coins are those of the words.

    A coin that is tossed draws the days of a log, and a case's id is part of the plan that it is
    tossed for: left to chance, what is found would be another thing in each run.
    """
    out, err, code = StringIO(), StringIO(), 0
    said, numbers = " ".join(map(str, words)).replace(str(folder), ""), count()

    def number(size: int = 32) -> str:
        return hashlib.shake_128(f"{said} {next(numbers)}".encode()).hexdigest(size)

    with pytest.MonkeyPatch.context() as patch, redirect_stdout(out), redirect_stderr(err):
        if secrets.token_hex.__module__ == "secrets":  # else a test has chosen them
            patch.setattr("secrets.token_hex", number)
        patch.setenv("FILIATION_HOME", str(folder / "home"))
        patch.setenv("NO_COLOR", "1")
        patch.setattr(sys, "argv", ["filiation", *map(str, words)])
        try:
            run()
        except SystemExit as stop:
            code = int(str(stop.code or 0))
    return Done(code=code, out=out.getvalue(), err=err.getvalue())


def does(folder: Path, *words: str | Path) -> str:
    done = at(folder, *words)
    assert done.code == 0, (words, done.err)
    return done.out


def opened_case(folder: Path) -> Path:
    """A case with two parties and two examiners; nothing is in it yet."""
    case = folder / "case"
    for name in KEYS:
        does(folder, "case", "key", name)
    does(folder, "case", "open", case, "--title", "Acme's service", "--lead", "tribunal",
         "--received", "2026-03-02", "--jurisdiction", "GB")  # fmt: skip
    roles = {"acme": "claimant", "basel": "respondent", "first": "examiner", "second": "reviewer"}
    for name, role in roles.items():
        key = folder / "home" / "keys" / f"{name}.pub"
        does(folder, "case", "party", case, name, "--role", role, "--public-key", key)
    does(folder, "case", "claim", case, "--by", "acme", "Accounts took our answers as one.")
    return case


def add_log(folder: Path, log: Path, name: str = "log", party: str = "acme") -> str:
    return does(folder, "case", "add", folder / "case", log, "--name", name, "--from", party,
                "--how", "reduced from our records")  # fmt: skip


def plan_digest(folder: Path) -> str:
    """Digest of the plan that was fixed last."""
    lines = does(folder, "case", "log", folder / "case", "--json").splitlines()
    facts = [json.loads(line)["facts"] for line in lines]
    return str([one["digest"] for one in facts if one["kind_of_fact"] == "posed"][-1])


def tossed_case(folder: Path) -> Path:
    """A log put in, planned, and its coin tossed."""
    case = opened_case(folder)
    add_log(folder, small_log(folder / "made.requests"))
    does(folder, "case", "plan", case, "--log", "log", "--as", "first")
    does(folder, "case", "coin", case, "log")
    return case


def reported(folder: Path, *examine: str) -> None:
    """Examined, reviewed and reported, in three languages."""
    case = folder / "case"
    does(folder, "case", "examine", case, *examine, "--as", "first", "--quiet")
    does(folder, "case", "review", case, "--as", "second", "--agrees", "I derived it again.")
    does(folder, "case", "report", case, "--no-pdf", "--language", "de", "--language", "fr")

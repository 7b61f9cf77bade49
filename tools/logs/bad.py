"""A log with bad rows, reduced as a user would: what is counted, set aside and said.

Two files of other columns (JSON lines, CSV), one row in a thousand of them bad in one of nine ways,
one of 100 MB. Then files that are no log any more: a Parquet file that was cut, one with other
bytes in its middle, and CSV that begins as Parquet does; of these nothing may be left.
"""

import argparse
import json
import resource
import subprocess
import sys
import tempfile
from pathlib import Path

from logs.texts import WORDS

__all__ = ["bad"]

BEGIN = 1_775_808_540  # 10 April 2026
ONE_IN = 1000
BAD = (
    b"{broken", b"[1]", b'{"a": 1, "a": 2}', b'{"a":' * 2000, b'{"prompt": "\xff\xfe"}',
    b'{"account": "u1", "prompt": "no time"}',
    b'{"time": "soon", "account": "u1", "prompt": "a time that is none"}',
    b'{"time": 1775808540, "account": {"id": 1}, "prompt": "an account that is none"}',
)  # fmt: skip


def bad(asked: argparse.Namespace) -> None:
    """Reduce a log of so many rows and print what became of them."""
    with tempfile.TemporaryDirectory() as made:
        folder = Path(made)
        key = folder / "key"
        _filiation("log", "key", "-o", key)
        files = [
            _lines(folder / "a.jsonl", asked.rows * 9 // 10),
            _csv(folder / "b.csv", asked.rows // 10),
        ]
        out = folder / "log.requests"
        done = _filiation("log", "reduce", *files, "--key", key, "-o", out, "--json")
        said = json.loads(done.stdout)
        used = resource.getrusage(resource.RUSAGE_CHILDREN)
        print(f"rows read {said['facts']['read']:,}, kept {said['requests']:,}")
        aside = said["facts"]["aside"].items()
        for why, count in sorted(aside, key=lambda one: (-one[1], one[0])):
            print(f"{count:10,d}  {why}")
        seconds = used.ru_utime + used.ru_stime
        print(f"peak {used.ru_maxrss // 1024} MiB, {seconds:.0f} core seconds", file=sys.stderr)
        for name, path in _broken(folder).items():
            gone = folder / "gone.requests"
            done = _filiation("log", "reduce", path, "--key", key, "-o", gone)
            left = [one for one in folder.iterdir() if "gone" in one.name]
            words = " ".join(done.stderr.replace(str(folder) + "/", "").split())
            print(f"{name}: exit {done.returncode}, {len(left)} files left: {words[:110]}")


def _filiation(*typed: object) -> "subprocess.CompletedProcess[str]":
    command = [sys.executable, "-m", "filiation", *map(str, typed)]
    return subprocess.run(command, capture_output=True, text=True, check=False)


def _prompt(number: int) -> str:
    return " ".join(WORDS[(number * step) % len(WORDS)] for step in (1, 3, 5, 7, 11, 13, 17, 19))


def _lines(path: Path, rows: int) -> Path:
    with path.open("wb") as file:
        for number in range(rows):
            if number % ONE_IN == ONE_IN - 1:
                file.write(BAD[number // ONE_IN % len(BAD)] + b"\n")
            elif number == rows // 2:
                file.write(b'{"time": 1775808540, "account": "u1", "prompt": "')
                for _ in range(100):
                    file.write(b"x" * 1_000_000)
                file.write(b'"}\n')
            else:
                file.write(
                    b'{"time": %d, "account": "u%d", "prompt": "%s"}\n'
                    % (BEGIN + number * 2, number % 9973, _prompt(number).encode())
                )
    return path


def _csv(path: Path, rows: int) -> Path:
    with path.open("w", encoding="utf-8") as file:
        file.write("created_at,user_id,prompt,model\n")
        for number in range(rows):
            if number % ONE_IN == ONE_IN - 1:
                file.write(f"{BEGIN + number},u{number % 9973}\n")
            else:
                file.write(f"{BEGIN + number},u{number % 9973},{_prompt(number)},large\n")
    return path


def _broken(folder: Path) -> dict[str, Path]:
    import duckdb

    whole = folder / "whole.parquet"
    query = "SELECT 1775808540 + range AS time, 'u' || range % 9 AS account, 'ask' AS prompt"
    duckdb.sql(f"COPY ({query} FROM range(20000)) TO '{whole}' (FORMAT parquet)")
    raw = whole.read_bytes()
    cut, other = folder / "cut.parquet", folder / "other.parquet"
    cut.write_bytes(raw[: len(raw) // 2])
    middle = len(raw) // 2
    other.write_bytes(raw[: middle - 2000] + bytes(4000) + raw[middle + 2000 :])
    swapped = folder / "csv.parquet"
    swapped.write_bytes(b"PAR1" + b"time,account\n" * 100)
    return {
        "Parquet, cut": cut,
        "Parquet, other bytes within": other,
        "CSV that says Parquet": swapped,
    }

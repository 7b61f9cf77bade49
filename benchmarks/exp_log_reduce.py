"""One factor: how many requests a log holds. Time and memory of reducing it.

The log is generated as JSON lines, packed with gzip as logs are: some 20,000 accounts, prompts of 5
to 200 words (a third from fifty templates with slots, the others of words drawn by chance), a
system prompt in half of them, one row in a thousand malformed. It is reduced by a process of its
own for each size. Prints one JSON object a size: rows, seconds of processors (whatever else runs)
and of the wall, rows for a second of one processor, the high-water mark of memory of the largest
process, bytes of the log, of the reduced one, and a row of it.

With --waiting, rows that are reduced already (drawn by chance, over 90 days and an account for
ten rows) are put in order and written: what is held at the end, where all rows meet.
"""

import argparse
import gzip
import json
import os
import random
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

import numpy as np

from filiation.model.log import LogFacts
from filiation.readers.logs.key import make_key, read_key
from filiation.readers.logs.reduce import Reading, reduce_logs
from filiation.readers.logs.reducing import ROW, Reduced
from filiation.readers.logs.spool import Spool

START = 1_775_808_540
TEMPLATES = 50


def words(draw: random.Random) -> list[str]:
    """A vocabulary of made-up words, short ones first."""
    letters = "etaoinshrdlucmfwypvbgk"
    return ["".join(draw.choices(letters, k=3 + number // 4000)) for number in range(20_000)]


def rows(count: int, seed: int) -> Iterator[str]:
    """The lines of a log."""
    draw = random.Random(seed)
    known = words(draw)
    frames = [(draw.sample(known, 9), draw.sample(known, 6)) for _ in range(TEMPLATES)]
    systems = [" ".join(draw.sample(known, 40)) for _ in range(20)]
    for number in range(count):
        body = draw.choices(known, k=draw.choice((5, 12, 25, 60, 200)))
        if draw.random() < 1 / 3:
            first, last = draw.choice(frames)
            body = [*first, f'{draw.randrange(9999)} "{" ".join(body[:20])}"', *last]
        messages = [{"role": "user", "content": " ".join(body)}]
        if draw.random() < 0.5:
            messages.insert(0, {"role": "system", "content": draw.choice(systems)})
        line = json.dumps(
            {
                "request_id": f"req-{number}",
                "created_at": START + number * 3 + draw.randrange(60),
                "account_id": f"acc-{int(draw.paretovariate(0.9) * 50) % 20_000}",
                "model": draw.choice(("small", "large", "large-2")),
                "messages": messages,
                "usage": {"input_tokens": len(body), "output_tokens": draw.randrange(900)},
                "ip": f"10.{number % 250}.0.1",
            }
        )
        yield line if number % 1000 else line[: len(line) // 2]


def reduce(folder: Path, jobs: int) -> None:
    """Reduce the log of a folder, and say what it took."""
    log, out = folder / "log.jsonl.gz", folder / "log.requests"
    began = time.monotonic()
    facts = reduce_logs([log], read_key(folder / "key"), out, reading=Reading(jobs=jobs))
    own = resource.getrusage(resource.RUSAGE_SELF)
    below = resource.getrusage(resource.RUSAGE_CHILDREN)
    spent = own.ru_utime + own.ru_stime + below.ru_utime + below.ru_stime
    kept = facts.read - sum(facts.aside.values())
    print(
        json.dumps(
            {
                "rows": facts.read,
                "set_aside": sum(facts.aside.values()),
                "jobs": jobs,
                "processor_seconds": round(spent, 1),
                "wall_seconds": round(time.monotonic() - began, 1),
                "rows_per_processor_second": round(facts.read / spent),
                "memory_mib": max(own.ru_maxrss, below.ru_maxrss) // 1024,
                "log_bytes": log.stat().st_size,
                "reduced_bytes": out.stat().st_size,
                "bytes_per_row": round(out.stat().st_size / kept, 1),
                "cpu": os.cpu_count(),
            }
        ),
        flush=True,
    )


def wait(count: int, part: int = 1 << 18) -> None:
    """Put so many reduced rows in order, and say what it took."""
    draw = np.random.default_rng(1)
    names = draw.integers(1, 1 << 62, (max(1, count // 10), 2), dtype=np.uint64)
    spool = Spool()
    for start in range(0, count, part):
        raw = draw.bytes(ROW.itemsize * min(part, count - start))
        rows = np.frombuffer(bytearray(raw), dtype=ROW)
        rows["account"] = names[draw.integers(0, len(names), len(rows))]
        rows["minute"] = START // 60 + draw.integers(0, 90 * 24 * 60, len(rows))
        rows["model"], rows["flags"], rows["ended"] = 1, 4, -1
        spool.add(Reduced(rows=rows, models=("large",), read=len(rows)))
    before = resource.getrusage(resource.RUSAGE_SELF)
    with tempfile.TemporaryDirectory() as made:
        facts = spool.write(Path(made) / "log.requests", LogFacts(key="0" * 32, read=0))
    after = resource.getrusage(resource.RUSAGE_SELF)
    spent = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    found = {"waiting": facts.read, "processor_seconds": round(spent, 1)}
    print(json.dumps(found | {"memory_mib": after.ru_maxrss // 1024}), flush=True)


def main() -> None:
    """Generate and reduce a log of each size."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("sizes", type=int, nargs="*", default=[10_000, 100_000, 1_000_000])
    parser.add_argument("--jobs", type=int, default=1)
    parser.add_argument("--reduce", type=Path, help=argparse.SUPPRESS)
    parser.add_argument("--waiting", type=int, help="rows that are reduced already")
    given = parser.parse_args()
    if given.waiting is not None:
        wait(given.waiting)
        return
    if given.reduce is not None:
        reduce(given.reduce, given.jobs)
        return
    for size in given.sizes:
        with tempfile.TemporaryDirectory() as made:
            folder = Path(made)
            make_key(folder / "key")
            with gzip.open(folder / "log.jsonl.gz", "wt", compresslevel=1) as file:
                file.writelines(f"{line}\n" for line in rows(size, seed=1))
            command = [sys.executable, __file__, "--reduce", made, "--jobs", str(given.jobs)]
            subprocess.run(command, check=True)


if __name__ == "__main__":
    main()

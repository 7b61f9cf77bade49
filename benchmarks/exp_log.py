"""One factor: how many requests a log holds. Time and memory of finding groups and testing them.

The log is written piece by piece (a day at a time) into one file of the kind that `log reduce`
writes: one account for each hundred requests, volumes lognormal, prompts by the base rates of
`tools/logs`, a plug-in on 3 % of the accounts, 40 published tools, a new model in the middle, and
campaigns on 1 % (or `--large N`) and on 120 accounts, 26 requests a day each. Then it is examined
in a process of its own, as a user would. Prints one JSON object a size; memory is the high-water
mark of that process, the mapped file's pages among it.

    PYTHONPATH=src:tools python benchmarks/exp_log.py 1000000 3000000 10000000
    python benchmarks/exp_log.py --plot results.jsonl -o docs/validation/logs-growth.svg
"""

import argparse
import hashlib
import json
import math
import resource
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import numpy as np

from filiation.model.log import NEVER, NOT_STATED, SIGNATURES, LogFacts
from filiation.readers.logs.kept import LogWriter, open_log

DAYS = 30
START = 20_578 * 1440
PLUGIN, SHARE, SMALL = 0.03, 0.01, 120


def mixed(number: np.ndarray, kind: int) -> np.ndarray:
    """64 bits of a number and a kind (splitmix64)."""
    with np.errstate(over="ignore"):
        z = number.astype(np.uint64) + np.uint64((kind + 1) * 0x9E3779B97F4A7C15 % (1 << 64))
        z = (z ^ (z >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
        z = (z ^ (z >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
        return np.maximum(z ^ (z >> np.uint64(31)), np.uint64(1))


def day_of(day: int, requests: int, accounts: int, large: int) -> dict[str, np.ndarray]:
    """The columns of one day: ordinary requests, and those of the campaigns."""
    rng = np.random.default_rng([day, requests])
    busy = (large + SMALL) * 26
    weight = np.random.default_rng(1).lognormal(0.0, 1.5, accounts)
    weight[: large + SMALL] = 0.0
    edges = np.cumsum(weight)
    plain = np.searchsorted(edges, rng.random(requests - busy) * edges[-1])
    account = np.concatenate([plain, rng.integers(0, large + SMALL, busy)])
    hour = np.concatenate([rng.normal(14, 4, len(plain)) % 24, np.linspace(0, 23.99, busy)])
    minute = (hour * 60).astype(np.int64)
    order = np.argsort(minute, kind="stable")
    account, minute = account[order], minute[order]
    worded = _signatures(rng, account, accounts, large, day)
    since = np.random.default_rng(2).exponential(8.0, accounts) + DAYS / 2
    return {
        "account": account.astype(np.uint32),
        "minute": START + day * 1440 + minute,
        "model": np.where(day + minute / 1440 >= since[account], 2, 1).astype(np.uint16),
        "tokens_in": np.full(requests, NOT_STATED, np.uint32),
        "tokens_out": np.full(requests, NOT_STATED, np.uint32),
        "parameters": np.zeros(requests, np.uint64),
        **worded,
    }


def _signatures(
    rng: np.random.Generator, account: np.ndarray, accounts: int, large: int, day: int
) -> dict[str, np.ndarray]:
    rows = len(account)
    fresh = rng.integers(1 << 40, 1 << 62, (len(SIGNATURES), rows))
    popular = np.minimum(rng.zipf(1.5, rows), 4000)
    takes = rng.random(rows) < 0.12
    fresh[1:, takes] = popular[takes]
    own = rng.random(rows) < 0.1
    fresh[4, own] = (1 << 30) + account[own] * 12 + rng.integers(0, 12, int(own.sum()))
    tool = account % 500
    through = (tool < 40) & (rng.random(rows) < 0.4)
    fresh[1, through] = fresh[2, through] = fresh[5, through] = (1 << 25) + tool[through]
    plug = (account >= accounts * (1 - PLUGIN)) & (rng.random(rows) < 0.6)
    fresh[1, plug] = fresh[2, plug] = fresh[5, plug] = 1 << 26
    for number, (low, high) in enumerate(((0, large), (large, large + SMALL))):
        mine = (account >= low) & (account < high)
        template = (1 << 27) + 8 * number + rng.integers(0, 3, int(mine.sum()))
        fresh[1, mine] = fresh[2, mine] = fresh[3, mine] = fresh[5, mine] = template
    system = np.where(account % 2 == 0, (1 << 35) + account, 0)
    found = {
        name: mixed(fresh[place], min(place, 4) if name != "whole" else 5)
        for place, name in enumerate(SIGNATURES)
    }
    found["system"] = np.where(system > 0, mixed(system, 0), np.uint64(0))
    return found


def write(path: Path, rows: int, large: int | None = None) -> int:
    """A log of so many rows, a day at a time; returns the number of accounts."""
    each = rows // DAYS
    accounts = rows // 100
    large = large or max(40, int(SHARE * accounts))
    facts = LogFacts(key="0" * 32, read=each * DAYS, models=("", "large-1", "large-2"))
    with LogWriter(path, facts, rows=each * DAYS, accounts=accounts) as writer:
        for day in range(DAYS):
            for name, column in day_of(day, each, accounts, large).items():
                if name in SIGNATURES:
                    place = SIGNATURES.index(name)
                    writer.put("signatures", column, day * each, signature=place)
                else:
                    writer.put(name, column, day * each, signature=0)
        number = np.arange(accounts, dtype=np.uint64)
        writer.put("accounts.name", np.stack([number + 1, number + 1], axis=1), 0, signature=0)
        for name in ("payment", "network", "client"):
            writer.put(f"accounts.{name}", np.zeros(accounts, np.uint64), 0, signature=0)
        writer.put("accounts.ended", np.full(accounts, NEVER, np.int64), 0, signature=0)
        writer.commit()
    return accounts


def examine(path: Path, executor: str) -> None:
    """In a process of its own: time of each part, memory, and what was found."""
    from filiation.examining.logs.bench import Elsewhere
    from filiation.examining.logs.campaigns import campaigns
    from filiation.libraries.executor import executor_named
    from filiation.model.campaigns import CampaignPlan
    from filiation.report.campaigns import campaigns_json

    began = time.perf_counter()
    log = open_log(path)
    plan = CampaignPlan(log=log.digest)
    marks = [("open", time.perf_counter() - began)]

    def step(said: str) -> None:
        if not said.startswith("group "):
            marks.append((said.split()[0], time.perf_counter() - began))

    away = Elsewhere(log=path, run=executor_named(executor).run) if executor else None
    found = campaigns(log, plan, step=step, elsewhere=away)
    print(
        json.dumps(
            {
                "rows": len(log),
                "accounts": len(log.accounts),
                "seconds": round(time.perf_counter() - began, 1),
                "core_seconds": round(time.process_time(), 1),
                "until": {name: round(at, 1) for name, at in marks},
                "peak_mib": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024,
                "executor": executor or "this process",
                "answer": hashlib.sha256(campaigns_json(found)).hexdigest()[:16],
                "groups": len(found.groups),
                "said": {
                    claim: sorted(len(one.members) for one in found.saying(claim))[-6:]
                    for claim in ("template", "alike", "hand")
                },
            }
        ),
        flush=True,
    )


def plot(results: Path, out: Path) -> None:
    """Core seconds and memory against rows, all by powers of ten."""
    from filiation.report.drawings import svg

    rows = [json.loads(line) for line in results.read_text().splitlines() if line.strip()]
    parts = []
    for left, key, unit in ((0, "core_seconds", "s"), (430, "peak_mib", "MiB")):
        points = [(math.log10(one["rows"]), math.log10(one[key])) for one in rows]

        def at(x: float, y: float, left: int = left) -> tuple[float, float]:
            return left + 70 + (x - 5) * 125, 210 - y * 45

        low, high = points[-2:]
        slope = (high[1] - low[1]) / (high[0] - low[0])
        parts += [svg.line(*at(5, 0), *at(7.6, 0)), svg.line(*at(5, 0), *at(5, 4))]
        parts += [svg.text(*at(x, -0.4), f"1e{x}", anchor="middle") for x in (5, 6, 7)]
        parts += [svg.text(left + 10, at(5, y)[1] + 4, f"1e{y} {unit}") for y in range(5)]
        parts += [svg.polyline([at(*one) for one in points])]
        parts += [svg.circle(*at(*one), 3.5, fill=svg.HUE, stroke=svg.HUE) for one in points]
        said = f"{key.replace('_', ' ')} by requests; slope at the end {slope:.2f}"
        parts += [svg.text(*at(5.2, 4), said)]
    out.write_text(svg.document(850, 240, "Growth with size", parts) + "\n")


def main() -> None:
    """Write and examine a log of each size."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("rows", type=int, nargs="*")
    parser.add_argument("--large", type=int, help="accounts of the larger campaign")
    parser.add_argument("--examine", type=Path, help="examine this log, in this process")
    parser.add_argument("--executor", default="", help="local:N, ray, ray:ADDRESS")
    parser.add_argument("--plot", type=Path, help="draw results, one JSON object a line")
    parser.add_argument("-o", "--out", type=Path)
    parser.add_argument("--scratch", type=Path, help="where the logs are written")
    asked = parser.parse_args()
    if asked.examine:
        examine(asked.examine, asked.executor)
    if asked.plot:
        plot(asked.plot, asked.out)
    for rows in asked.rows:
        with tempfile.TemporaryDirectory(dir=asked.scratch) as folder:
            path = Path(folder) / "made.requests"
            write(path, rows, asked.large)
            words = ["--examine", str(path), "--executor", asked.executor]
            subprocess.run([sys.executable, __file__, *words], check=True)


if __name__ == "__main__":
    main()

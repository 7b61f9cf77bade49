"""Two training histories in one case: an honest one, and one that was made for a copy.

Acme says that two models were taken from its own. Basel trained its model, and keeps sketches of
its checkpoints; Dorn holds a copy in disguise, and makes a history that leads to it: a line from a
start of its own, trained a little at each point. Both are planned, a coin draws an interval of
each, an examiner trains Basel's again, and both are examined. Everything is trained here, in numpy.
"""

import json
import re
import shutil
import time
from pathlib import Path
from typing import Final

import numpy as np

from shown import ROOT, as_typed, printed
from trainings.by_hand import DEMO as SHAPE
from trainings.by_hand import Hand, begun, kept_as_files, trained_by_hand
from trainings.forging import Runs, between, noised
from trainings.started import torch_told

DEMO: Final = Path("demo-history")
CASE: Final = DEMO / "case"
POINTS: Final = 10
STEPS: Final = 10  # from one checkpoint to the next
LAST: Final = STEPS * (POINTS - 1)
ACME, BASEL, DORN = 11, 12, 13  # seeds
HEALED: Final = 4  # steps of training at each point of the line
PEOPLE: Final = {"acme": "claimant", "basel": "respondent", "dorn": "respondent",
                 "first-examiner": "examiner", "second-examiner": "reviewer"}  # fmt: skip


def filiation(*words: str | Path) -> str:
    """Run one command as a person would type it; show it and what it prints."""
    print(f"\n$ {as_typed(*words)}", flush=True)
    said = printed(DEMO / "home", *words)
    print(said, end="", flush=True)
    return said


def trained(seed: int) -> list[Hand]:
    """A training from its start, all checkpoints."""
    found = [begun(seed)]
    for _ in range(POINTS - 1):
        found.append(trained_by_hand(found[-1], STEPS, seed=seed, last=LAST))
    return found


def forged(source: list[Hand]) -> list[Hand]:
    """A line from a start of one's own to a disguised copy, trained a little at each point."""
    start = begun(DORN)
    runs = Runs(source=[source[-1].weights], own=[start.weights], shape=SHAPE)
    copy, rng, found = runs.copy(2), np.random.default_rng(7), [start]
    for share in np.linspace(0, 1, POINTS)[1:]:
        bent = noised(between(start.weights, copy, float(share)), 0.05, rng)
        found.append(trained_by_hand(Hand(bent), HEALED, seed=DORN, last=LAST))
    return found


def written(points: list[Hand], name: str, seed: int) -> None:
    """A run's folder, and the recipe of its start."""
    for n, one in enumerate(points):
        kept_as_files(one.weights, ROOT / DEMO / name / f"checkpoint-{n * STEPS}")
    told = json.dumps(torch_told(SHAPE, seed))
    (ROOT / DEMO / f"{name}-start.json").write_text(told, "utf-8")


def opening() -> None:
    """The parties, and what each of them says."""
    for name in PEOPLE:
        filiation("case", "key", name)
    today = time.strftime("%Y-%m-%d")
    filiation("case", "open", CASE, "--title", "Acme, Basel and Dorn", "--lead", "tribunal",
              "--received", today, "--jurisdiction", "GB")  # fmt: skip
    for name, role in PEOPLE.items():
        key = DEMO / "home" / "keys" / f"{name}.pub"
        filiation("case", "party", CASE, name, "--role", role, "--public-key", key)
    filiation("case", "claim", CASE, "--by", "acme", "Both models were taken from ours.")
    for name in ("basel", "dorn"):
        filiation("case", "answer", CASE, "--by", name, "It was developed independently.")


def taken(name: str) -> None:
    """What the party keeps while it trains, and what it puts in: sketches, no weights."""
    run, kept = DEMO / name, DEMO / f"{name}-kept"
    filiation("history", "watch", run, "-o", kept, "--once", "--every", "0.5", "--quiet")
    filiation("history", "take", kept, "-o", DEMO / f"{name}.history", "--recipe",
              DEMO / f"{name}-start.json")  # fmt: skip
    added(DEMO / f"{name}.history", f"{name}-history", name, "sketches of its own training")
    added(run / f"checkpoint-{LAST}", f"{name}-model", "acme", "handed over by order")


def added(path: Path, name: str, party: str, how: str) -> None:
    """Put an exhibit in."""
    filiation("case", "add", CASE, path, "--name", name, "--from", party, "--how", how)


def drawn(name: str) -> int:
    """A plan, then the coin; from which checkpoint on it is to be trained again."""
    history = f"{name}-history"
    filiation("case", "plan", CASE, "--history", history, "--source", "acme-model",
              "--subject", f"{name}-model", "--as", "first-examiner")  # fmt: skip
    said = filiation("case", "coin", CASE, history)
    found = re.search(r"from step (\d+)", " ".join(said.split()))
    assert found is not None, said
    return int(found[1]) // STEPS


def examined(name: str, *more: str) -> None:
    """The examination, a second examiner, the report."""
    filiation("case", "examine", CASE, "--history", f"{name}-history", *more,
              "--as", "first-examiner")  # fmt: skip
    filiation("case", "review", CASE, "--as", "second-examiner", "--agrees",
              "I derived every claim again from the sketches.")  # fmt: skip
    filiation("case", "report", CASE, "--language", "de", "--language", "fr")


def main() -> None:
    """Run the demonstration from a clean folder."""
    began = time.perf_counter()
    shutil.rmtree(ROOT / DEMO, ignore_errors=True)
    (ROOT / DEMO).mkdir()
    print("Training Acme's model, Basel's, and what Dorn makes of a copy ..", flush=True)
    source, honest = trained(ACME), trained(BASEL)
    kept_as_files(source[-1].weights, ROOT / DEMO / "acme")
    written(honest, "basel", BASEL)
    written(forged(source), "dorn", DORN)
    opening()
    added(DEMO / "acme", "acme-model", "acme", "their own")
    for name in ("basel", "dorn"):
        taken(name)
    place = drawn("basel")
    print(f"\nThe first examiner trains Basel's interval {place} again, from data and state of the")
    print("optimiser that Basel disclosed.", flush=True)
    again = trained_by_hand(honest[place], STEPS, seed=BASEL, last=LAST)
    kept_as_files(again.weights, ROOT / DEMO / "again")
    added(DEMO / "again", "again", "first-examiner", "trained by the examiner")
    examined("basel", "--again", "again")
    drawn("dorn")
    examined("dorn")
    filiation("case", "verify", CASE)
    filiation("case", "export", CASE, "--for", "acme", "-o", DEMO / "for-acme")
    filiation("case", "replay", DEMO / "for-acme")
    took = time.perf_counter() - began
    print(f"\nIt took {took:.0f} s and lies in {DEMO}. Its reports:")
    for path in sorted((ROOT / CASE / "reports").iterdir()):
        print(f"  {path.relative_to(ROOT)}")


if __name__ == "__main__":
    main()

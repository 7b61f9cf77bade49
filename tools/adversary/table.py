"""`python tools/adversary table`: every attack in three strengths, by one tree or several.

    --on NAMES      of casebook, smollm2, minilm (those that are at hand)
    --tree L=PATH   a checkout to examine by, under a label; default after=this one
    --only TEXT     attacks whose name holds it
    --keep FILE     answers (JSON lines); what is in there is not asked again
    --level N       one strength only: 0, 1 or 2
    --kept          ask nobody: rows without an answer are left out
    --held-out      only the attacks that were kept aside
    --planted       only what an accuser plants in his own model, so loud and in such pairs
    --truth WHICH   copy or innocent: only the attacks whose subject is that

Printed beside it is what commit 3b570e7 said (`before.jsonl`, made by --tree and --keep, the fields
that decide). The real models' paths are in FILIATION_SMOLLM2 (a GGUF file) and FILIATION_MINILM (a
folder).
"""

import argparse
import json
import subprocess
import sys
import tempfile
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final, final

import numpy as np

from adversary.attack import Attack, Pair, Stock
from adversary.copies import COPIES
from adversary.copies_new import NEW_COPIES
from adversary.encoders import ENCODERS, hidden_states
from adversary.examined import said
from adversary.forward import difference
from adversary.held_out import HELD_OUT
from adversary.held_out_more import MORE
from adversary.innocents import INNOCENTS
from adversary.made import write
from adversary.planted import PLANTED
from adversary.stocks import casebook, minilm, smollm
from adversary.verdict import judged

__all__ = ["ATTACKS", "Trees", "answered", "function_kept", "main", "rows"]

HERE: Final = Path(__file__).resolve().parents[2]
ATTACKS: Final = (*COPIES, *NEW_COPIES, *INNOCENTS, *PLANTED, *HELD_OUT, *MORE)
BEFORE: Final = Path(__file__).with_name("before.jsonl")
NOT_ASKED: Final = {"failed": "not asked"}
STOCKS: Final = {"casebook": casebook, "smollm2": smollm, "minilm": minilm}


def rows(
    stock: Stock, *, held_out: bool = False, planted: bool = False, only: str = ""
) -> Iterator[tuple[Attack, int]]:
    """Which attacks, at which strengths, are carried out on a stock."""
    attacks = ATTACKS if stock.name != "MiniLM" else ENCODERS
    for attack in attacks:
        chosen = attack.held_out == held_out and (attack in PLANTED) == planted
        if chosen and only in attack.name and (stock.name == "casebook" or attack.real):
            yield from ((attack, level) for level in range(3))


def function_kept(stock: Stock, pair: Pair) -> float | None:
    """How far apart two models compute that should not; in deviations of what they compute."""
    if pair.kept is None:
        return None
    tokens = np.random.default_rng(0).integers(10, 500, 32)
    one, two = pair.kept
    if stock.name != "MiniLM":
        return difference(one, two, tokens, pair.shift)
    # Axes may have moved: what does not move with them is compared.
    ours, theirs = (np.sort(hidden_states(made, tokens), axis=1) for made in (one, two))
    return float(np.abs(ours - theirs).max() / ours.std())


@final
@dataclass(slots=True)
class Trees:
    """Processes that examine by other checkouts, and the answers that are kept."""

    paths: Mapping[str, Path]
    keep: Path | None = None
    answers: dict[tuple[str, str], dict[str, Any]] = field(default_factory=dict)
    running: dict[str, subprocess.Popen[str]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        for kept in (BEFORE, self.keep):
            if kept is not None and kept.exists():
                for line in kept.read_text("utf-8").splitlines():
                    one = json.loads(line)
                    self.answers[one["tree"], one["id"]] = one

    @property
    def labels(self) -> list[str]:
        """The columns of the table: what was said before comes first."""
        return ["before", *(label for label in self.paths if label != "before")]

    def missing(self, row: str) -> list[str]:
        """The trees that have not answered yet."""
        return [label for label in self.paths if (label, row) not in self.answers]

    def ask(self, label: str, row: str, folders: Sequence[Path], names: Sequence[str]) -> None:
        """Have a pair of folders examined, and keep the answer."""
        process = self.running.get(label)
        if process is None or process.poll() is not None:
            script = Path(__file__).with_name("examined.py")
            process = subprocess.Popen(
                [sys.executable, str(script), str(self.paths[label].resolve())],
                stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True,
                env={"PATH": "", "OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1"},
            )  # fmt: skip
            self.running[label] = process
        assert process.stdin is not None and process.stdout is not None
        asked = {"id": row, "models": [str(f) for f in folders], "names": list(names)}
        process.stdin.write(json.dumps(asked) + "\n")
        process.stdin.flush()
        answer = process.stdout.readline()
        found = json.loads(answer) if answer else {"id": row, "failed": "the process ended"}
        self.answers[label, row] = {"tree": label, **found}
        if self.keep is not None:
            with self.keep.open("a", encoding="utf-8") as out:
                out.write(json.dumps(self.answers[label, row]) + "\n")

    def close(self) -> None:
        """End the processes."""
        for process in self.running.values():
            assert process.stdin is not None
            process.stdin.close()
            process.wait()


def named(stock: Stock, attack: Attack, level: int) -> str:
    """The id of a row."""
    return f"{stock.name}/{attack.name}/{level}"


def examine_row(trees: Trees, stock: Stock, attack: Attack, level: int, source: Path) -> str:
    """Carry an attack out, show that the function is kept, and ask the trees that have not been."""
    row = named(stock, attack, level)
    missing = trees.missing(row)
    if missing:
        pair = attack.pair(stock, level)
        kept = function_kept(stock, pair)
        if kept is not None and kept > 0.05:
            raise ValueError(f"{row}: logits differ by {kept:.2g} deviations, expected the same")
        with tempfile.TemporaryDirectory() as folder:
            own = pair.source is stock.parent
            models = [source if own else write(pair.source, Path(folder) / "a")]
            models.append(write(pair.subject, Path(folder) / "b"))
            models += [write(c, Path(folder) / f"c{n}") for n, c in enumerate(pair.controls)]
            for label in missing:
                trees.ask(label, row, models, _names(stock, pair))
    return row


def answered(stock: Stock, attack: Attack, level: int) -> dict[str, Any]:
    """What this process's own filiation says of an attack."""
    pair = attack.pair(stock, level)
    models = [pair.source, pair.subject, *pair.controls]
    with tempfile.TemporaryDirectory() as folder:
        paths = [str(write(made, Path(folder) / str(n))) for n, made in enumerate(models)]
        return said({"id": attack.name, "models": paths, "names": _names(stock, pair)})


def _names(stock: Stock, pair: Pair) -> list[str]:
    """`source` is the stock's own, whose sketch a process keeps."""
    source = "source" if pair.source is stock.parent else "claimed"
    return [source, "subject", *(f"control-{n}" for n in range(len(pair.controls)))]


def line(attack: Attack, answer: Mapping[str, Any]) -> str:
    """What one tree says of one row."""
    verdict = judged(attack, answer)
    if verdict == "failed":
        told = "" if answer is NOT_ASKED else "failed: "
        return f"{'-':>7}  {told + answer['failed'][:30]:<45}"
    p = answer["log10_p"]
    number = "-" if p is None else f"{max(round(p), -999)}"
    toward = f"neither: {answer['reason']}" if answer["toward"] == "neither" else answer["toward"]
    cells = answer.get("cells", ())
    excluded = sum(share is None or share > answer.get("asked", 0.25) for _, _, share in cells)
    of = f"{excluded}/{len(cells)}" if cells else ""
    return f"{number:>7}  {toward:<32}{of:>6} {'WRONG' if verdict == 'wrong' else '':<6}"


def print_table(trees: Trees, stock: Stock, chosen: Sequence[tuple[Attack, int]]) -> None:
    """Row by row, and how many were wrong."""
    tally: Counter[tuple[str, str, str]] = Counter()
    heads = "".join(f"{label + ': log10 p, toward, open':<56}" for label in trees.labels)
    print(f"\n{stock.name:<72}{heads}")
    with tempfile.TemporaryDirectory() as folder:
        source = write(stock.parent, Path(folder) / "parent")
        for attack, level in chosen:
            row = examine_row(trees, stock, attack, level, source)
            answers = [trees.answers.get((label, row), NOT_ASKED) for label in trees.labels]
            for label, answer in zip(trees.labels, answers, strict=True):
                tally[label, attack.truth, judged(attack, answer)] += 1
            text = "".join(line(attack, answer) for answer in answers)
            print(f"  {attack.name:<48}{attack.strengths[level]:<22}{text}".rstrip(), flush=True)
    for label in trees.labels:
        for truth in ("copy", "innocent"):
            counts = {v: tally[label, truth, v] for v in ("right", "open", "wrong", "failed")}
            if sum(counts.values()):
                print(f"  {label}, {truth}: " + ", ".join(f"{n} {v}" for v, n in counts.items()))


def main(arguments: Sequence[str]) -> int:
    """Print the tables that were asked for."""
    parser = argparse.ArgumentParser(
        prog="python tools/adversary table",
        description=__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("--on", default="casebook,smollm2,minilm")
    parser.add_argument("--tree", action="append", default=[])
    parser.add_argument("--only", default="")
    parser.add_argument("--keep", type=Path)
    parser.add_argument("--level", type=int, choices=(0, 1, 2))
    parser.add_argument("--kept", action="store_true")
    parser.add_argument("--held-out", action="store_true")
    parser.add_argument("--planted", action="store_true")
    parser.add_argument("--truth", choices=("copy", "innocent"))
    asked = parser.parse_args(arguments)
    given = [one.partition("=") for one in asked.tree] or [("after", "=", str(HERE))]
    trees = Trees(paths={label: Path(path) for label, _, path in given}, keep=asked.keep)
    for name in asked.on.split(","):
        stock = STOCKS[name]()
        if stock is None:
            print(f"\n{name}: not at hand")
            continue
        chosen = rows(stock, held_out=asked.held_out, planted=asked.planted, only=asked.only)
        chosen = (row for row in chosen if asked.level in (None, row[1]))
        chosen = (row for row in chosen if asked.truth in (None, row[0].truth))
        if asked.kept:
            chosen = (row for row in chosen if not trees.missing(named(stock, *row)))
        print_table(trees, stock, list(chosen))
    trees.close()
    return 0

"""How well are copied functions told from others of the same role, under every disguise?

`python tools/docs/code_pairs.py PAIRS FOLDER KEPT [DISGUISE ..]` prints a table as the README of
`../shared/code` has it. PAIRS is `transformers_pairs.tsv`; FOLDER holds the unpacked packages
(`FOLDER/transformers`, and `FOLDER/p/peft-0.21.2` and so on for names that begin with `@/`); KEPT
is the list of names that the renamer leaves (JSON). The second function of each pair is disguised,
in negatives too. 400 positives, 800 negatives of one role and 800 across projects, as drawn there.
Extras: copydetect, for the same row in the same run.
"""

import ast
import csv
import io
import json
import logging
import random
import sys
import textwrap
import time
from collections.abc import Callable, Sequence
from functools import cache
from pathlib import Path
from typing import Final, TypeAlias

import numpy as np
from scipy.stats import rankdata

from docs.code_disguises import disguised
from filiation.methods.code.likeness import Weighed, alike, weighed
from filiation.methods.code.rarity import background
from filiation.model.source import Fragment, features_of
from filiation.readers.code.channels import channels
from filiation.readers.code.grammar import languages, parsed
from filiation.readers.code.names import public_names

POSITIVES: Final = 400
NEGATIVES: Final = 800  # of each sort
SEED: Final = 1
DISGUISES: Final = ("fardols", "fr", "", "adapted", "r", "a", "d", "o", "l", "s")
SAID: Final = {
    "": "plain",
    "adapted": "overridden by people (label adapted), plain",
    "fr": "reformatted, renamed",
    "fardols": "all disguises",
}
PYTHON: Final = languages()["python"]

Pair: TypeAlias = tuple[str, str]
Values: TypeAlias = Sequence[float]


class Pairs:
    """Texts of the labelled pairs."""

    def __init__(self, table: Path, folder: Path) -> None:
        self._folder = folder
        with table.open(newline="") as file:
            self._rows = list(csv.DictReader(file, delimiter="\t"))

    def drawn(self, label: str, how: str = "", *, most: int) -> list[Pair]:
        """At most so many pairs of a label, and of one origin if that is given."""
        rows = [row for row in self._rows if row["label"] == label and how in ("", row["how"])]
        SHUFFLE.shuffle(rows)
        return [(self._text(row, "a"), self._text(row, "b")) for row in rows[:most]]

    def _text(self, row: dict[str, str], side: str) -> str:
        first, last = map(int, row[f"lines_{side}"].split("-"))
        lines = self._lines(row[f"file_{side}"])
        return textwrap.dedent("\n".join(lines[first - 1 : last]))

    @cache  # noqa: B019
    def _lines(self, file: str) -> list[str]:
        path = self._folder / file.removeprefix("@/")
        return path.read_text("utf-8", "replace").split("\n")


SHUFFLE: Final = random.Random(SEED)
COPIES: Final[set[Pair]] = set()  # negatives, as compared, that are one function in two libraries


@cache
def read(text: str) -> Weighed:
    """Weighed features of a function's text."""
    root, _ = parsed(text.encode(), PYTHON)
    one, two, three = channels([root], text.split("\n"), PYTHON, public_names("python"))
    fragment = Fragment(
        file="", name="", first=1, last=text.count("\n") + 1, language="python",
        channels=(features_of(one), features_of(two), features_of(three)),
    )  # fmt: skip
    return weighed(fragment, background())


def ours(pairs: Sequence[Pair]) -> dict[str, Values]:
    """Every part, and what they are combined to."""
    found = [alike(read(one), read(two)) for one, two in pairs]
    return {
        "lines": [one.lines for one in found],
        "tokens": [one.tokens for one in found],
        "runs": [one.runs for one in found],
        "structure": [one.structure for one in found],
        "combined": [one.whole for one in found],
    }


def copydetect(pairs: Sequence[Pair], language: str = "python") -> dict[str, Values]:
    """The mean of both shares that copydetect gives; nothing if it is not installed."""
    try:
        from copydetect import CodeFingerprint, compare_files
    except ImportError:
        return {}
    logging.disable(logging.CRITICAL)

    @cache
    def prints(text: str) -> object:
        return CodeFingerprint("x", k=25, win_size=1, language=language, fp=io.StringIO(text))

    def mean(one: str, two: str) -> float:
        try:
            return float(np.mean(compare_files(prints(one), prints(two))[1]))
        except (IndexError, ValueError, ZeroDivisionError):
            return 0.0

    return {"copydetect, k 25": [mean(one, two) for one, two in pairs]}


def halves(parts: Sequence[Values]) -> str:
    """Found at 1 % and at .1 % in every other pair, and in those between."""
    shares = [
        found(mine[at::2], [*same[at::2], *other[at::2]]).partition(" ")[2]
        for mine, same, other in [parts]
        for at in (0, 1)
    ]
    return f"{'':18} halves: {shares[0]}, {shares[1]}"


def bare(text: str) -> str:
    """A function as a tree without annotations and texts of documentation."""
    try:
        return ast.dump(ast.parse(disguised(text, "a", ())))
    except SyntaxError:
        return text


def found(positives: Values, negatives: Values) -> str:
    """Area under the curve, and the share found at 1 % and at .1 % false positives."""
    ours, theirs = np.array(positives), np.sort(np.array(negatives))[::-1]
    ranks = rankdata(np.concatenate([ours, theirs]))[: len(ours)]
    area = (ranks.sum() - len(ours) * (len(ours) + 1) / 2) / (len(ours) * len(theirs))
    shares = [
        float((ours > theirs[max(0, int(len(theirs) * at) - 1)]).mean()) for at in (0.01, 0.001)
    ]
    return f"{area:.4f} {shares[0]:.3f} {shares[1]:.3f}"


def rows(
    measure: Callable[[Sequence[Pair]], dict[str, Values]],
    positives: Sequence[Pair],
    role: Sequence[Pair],
    cross: Sequence[Pair],
) -> list[str]:
    """One line for each figure: against all negatives, those of one role, those across projects."""
    begun = time.process_time()
    measured = [measure(part) for part in (positives, role, cross)]
    took = time.process_time() - begun
    told = [
        f"{name:18} {found(mine, [*same, *other])} | {found(mine, same)} | {found(mine, other)}"
        f" | {took:.1f} s"
        for name in measured[0]
        for mine, same, other in [[part[name] for part in measured]]
    ]
    if "combined" in measured[0]:
        mine, same, other = (part["combined"] for part in measured)
        told.append(halves((mine, same, other)))
        left = [value for value, pair in zip(other, cross, strict=True) if pair not in COPIES]
        told.append(f"{'':18} without copies: {found(mine, [*same, *left])}")
    return told


def main() -> int:
    """Print the tables, one for each disguise, then what people adapted."""
    if len(sys.argv) < 4:
        print("expected PAIRS FOLDER KEPT and letters of disguises")
        return 2
    pairs = Pairs(Path(sys.argv[1]), Path(sys.argv[2]))
    kept = frozenset(json.loads(Path(sys.argv[3]).read_text("utf-8")))
    positives = pairs.drawn("1", most=POSITIVES)
    role = pairs.drawn("0", "same-role-clean", most=NEGATIVES)
    cross = pairs.drawn("0", "cross-project", most=NEGATIVES)
    adapted = pairs.drawn("adapted", most=POSITIVES)
    print(f"{len(positives)} positives, {len(role)} of one role, {len(cross)} across projects;")
    print("AUC, found at 1 %, at .1 %: against all | one role | across projects | seconds")

    copies_at = [at for at, (one, two) in enumerate(cross) if bare(one) == bare(two)]
    print(f"without copies: without the {len(copies_at)} pairs across projects that are the same")
    print("but for annotations and documentation")
    for kind in sys.argv[4:] or DISGUISES:
        kind = "" if kind == "plain" else kind
        letters = "" if kind == "adapted" else kind
        copies = adapted if kind == "adapted" else positives
        parts = [
            [(one, disguised(two, letters, kept) if letters else two) for one, two in part]
            for part in (copies, role, cross)
        ]
        COPIES.update(parts[2][at] for at in copies_at)
        print(f"\n{SAID.get(kind, f'disguise {kind}')}")
        for measure in (ours, copydetect) if kind in SAID else (ours,):
            print("\n".join(rows(measure, *parts)), flush=True)
    return 0


if __name__ == "__main__":
    sys.exit(main())

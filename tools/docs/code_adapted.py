"""Functions that people adapted between projects, each among sixty others of the same project.

`python tools/docs/code_adapted.py FOLDER` prints, for each channel and their combination, in how
many of the pairs of `code_adapted.tsv` beside this file the counterpart stands first of 61, and in
how many above 99 % of all decoys. FOLDER holds the packages (archives, by the names in `PROJECTS`);
a function whose text has another hash than the table says is an error.

`python tools/docs/code_adapted.py FOLDER --build` writes the table. A pair is a function of the
same qualified name, once in each of two projects of which one goes back to the other, in files of
one name, at least `LONG` lines each and not of the same text; how alike they are is not looked at.
Decoys are the functions of the other project, in those files, whose length is nearest.
"""

import csv
import hashlib
import random
import sys
import tempfile
from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Final, TypeAlias

import numpy as np

from docs.code_pairs import copydetect
from filiation.methods.code.likeness import alike, weighed
from filiation.methods.code.rarity import background
from filiation.model.source import Fragment
from filiation.readers.code.functions import functions
from filiation.readers.code.grammar import language_of
from filiation.readers.packages.unpacking import unpack

TABLE: Final = Path(__file__).with_suffix(".tsv")
PROJECTS: Final = (
    ("keras-3", "tf_keras-2"), ("Theano-1", "aesara-2"), ("aesara-2", "pytensor-3"),
    ("pymc3-3", "pymc-4"), ("gym-0", "gymnasium-1"), ("youtube_dl-2", "yt_dlp-2"),
    ("jsonpath-rw-1", "jsonpath_ng-1"), ("torchvision-0", "timm-1"), ("auto_gptq-0", "gptqmodel-7"),
    ("pip-26", "urllib3-2"), ("pip-26", "rich-15"), ("diffusers-0", "transformers-5"),
)  # fmt: skip
LONG: Final = 8  # lines of a function
EACH: Final = 30  # pairs of two projects
FILES: Final = 25  # files of one name that are looked at in two projects
DECOYS: Final = 60
SEED: Final = 17

Place: TypeAlias = tuple[str, str]  # project and file
Named: TypeAlias = tuple[str, Fragment, str]  # project, function, its text


def sources(folder: Path, project: str) -> dict[str, bytes]:
    """Python files of a package, by path."""
    place = next(one for one in sorted(folder.iterdir()) if one.name.startswith(project))
    with tempfile.TemporaryDirectory(prefix="codefig-") as made:
        unpack(place, Path(made), lambda member: member.endswith(".py"))
        return {
            one.relative_to(made).as_posix(): one.read_bytes()
            for one in sorted(Path(made).rglob("*.py"))
        }


def read(project: str, file: str, raw: bytes) -> Iterator[Named]:
    """Functions of a file, with their texts."""
    language = language_of(file)
    assert language is not None  # Python
    lines = raw.decode("utf-8", "replace").split("\n")
    for one in functions(raw, file, language)[0]:
        yield project, one, "\n".join(lines[one.first - 1 : one.last])


def of_one_name(one: dict[str, bytes], two: dict[str, bytes]) -> list[tuple[str, str]]:
    """Files whose name stands once in each, drawn."""
    names = [Counter(path.rpartition("/")[2] for path in each) for each in (one, two)]
    where = [{path.rpartition("/")[2]: path for path in each} for each in (one, two)]
    both = sorted(
        name for name in names[0] if names[0][name] == 1 == names[1][name] and name != "setup.py"
    )
    random.Random(SEED).shuffle(both)
    return [(where[0][name], where[1][name]) for name in both[:FILES]]


def build(folder: Path) -> None:
    """Write the table."""
    rows = [row for one, two in PROJECTS for row in pairs_of(folder, one, two)]
    with TABLE.open("w", newline="") as file:
        writer = csv.writer(file, delimiter="\t", lineterminator="\n")
        writer.writerow(["project_a", "file_a", "name", "lines_a", "sha_a", "project_b", "file_b",
                         "lines_b", "sha_b"])  # fmt: skip
        writer.writerows(rows)
    print(f"{len(rows)} pairs of {len(PROJECTS)} projects")


def pairs_of(folder: Path, one: str, two: str) -> list[list[str]]:
    """Rows of two projects."""
    texts = sources(folder, one), sources(folder, two)
    found = []
    for files in of_one_name(*texts):
        sides = [
            {named[1].name: named for named in read(project, file, raw[file])}
            for project, file, raw in zip((one, two), files, texts, strict=True)
        ]
        for name in sorted({*sides[0]} & {*sides[1]}):
            ours, theirs = sides[0][name], sides[1][name]
            lengths = [each[1].last - each[1].first + 1 for each in (ours, theirs)]
            if min(lengths) >= LONG and "".join(ours[2].split()) != "".join(theirs[2].split()):
                found.append([*row(ours), *(part for n, part in enumerate(row(theirs)) if n != 2)])
    random.Random(SEED).shuffle(found)
    print(f"{one} ~ {two}: {len(found)} functions", flush=True)
    return found[:EACH]


def row(named: Named) -> list[str]:
    """A function in the table."""
    project, one, text = named
    return [project, one.file, one.name, f"{one.first}-{one.last}", digest(text)]


def digest(text: str) -> str:
    """Half a SHA-256."""
    return hashlib.sha256(text.encode()).hexdigest()[:16]


def drawn(folder: Path) -> list[tuple[Named, Named, list[Named]]]:
    """Each pair of the table with its decoys."""
    with TABLE.open(newline="") as file:
        rows = [*csv.DictReader(file, delimiter="\t")]
    wanted: dict[str, set[str]] = defaultdict(set)
    for each in rows:
        for side in "ab":
            wanted[each[f"project_{side}"]].add(each[f"file_{side}"])
    read_of: dict[str, dict[str, list[Named]]] = {}
    for project, files in wanted.items():
        raw = sources(folder, project)
        read_of[project] = {file: [*read(project, file, raw[file])] for file in sorted(files)}
    found = []
    for each in rows:
        ours, theirs = (the_one(read_of, each, side) for side in "ab")
        beside = {line["file_b"] for line in rows if line["project_b"] == each["project_b"]}
        others = [
            one
            for file in sorted(beside)
            for one in read_of[each["project_b"]][file]
            if one[1].name.rpartition(".")[2] != each["name"].rpartition(".")[2]
        ]
        long = theirs[1].last - theirs[1].first
        others.sort(key=lambda one: abs(one[1].last - one[1].first - long))
        found.append((ours, theirs, others[:DECOYS]))
    return found


def the_one(read_of: dict[str, dict[str, list[Named]]], each: dict[str, str], side: str) -> Named:
    """The function that a row names, of the text that it says."""
    for one in read_of[each[f"project_{side}"]][each[f"file_{side}"]]:
        place = f"{one[1].first}-{one[1].last}"
        if one[1].name == each["name"] and place == each[f"lines_{side}"]:
            if digest(one[2]) != each[f"sha_{side}"]:
                break
            return one
    raise SystemExit(f"{each[f'file_{side}']} {each['name']}: not of the text in the table")


def ours(pairs: Sequence[tuple[Named, Named]]) -> dict[str, list[float]]:
    """Every channel and their combination."""
    found = [
        alike(weighed(one[1], background()), weighed(two[1], background())) for one, two in pairs
    ]
    return {
        "lines": [one.lines for one in found],
        "tokens": [one.tokens for one in found],
        "runs": [one.runs for one in found],
        "structure": [one.structure for one in found],
        "combined": [one.whole for one in found],
    }


def main() -> int:
    """Build the table, or print what is found."""
    if len(sys.argv) < 2:
        print("expected a folder of packages")
        return 2
    if "--build" in sys.argv:
        build(Path(sys.argv[1]))
        return 0
    cases = drawn(Path(sys.argv[1]))
    pairs = [(one, other) for one, two, others in cases for other in (two, *others)]
    figures = ours(pairs) | dict(copydetect([(one[2], two[2]) for one, two in pairs]))
    print(f"{len(cases)} pairs, {len(pairs) - len(cases)} decoys")
    print("first of 61, above 99 % of the decoys")
    for name, values in figures.items():
        at, first, own = 0, list[bool](), list[float]()
        pooled: list[float] = []
        for _, _, others in cases:
            mine, theirs = values[at], values[at + 1 : at + 1 + len(others)]
            at += 1 + len(others)
            first.append(mine > max(theirs))
            own.append(mine)
            pooled += theirs
        above = np.array(own) > np.quantile(pooled, 0.99)
        print(f"{name:18} {np.mean(first):.3f} {above.mean():.3f}")
    return 0


if __name__ == "__main__":
    sys.exit(main())

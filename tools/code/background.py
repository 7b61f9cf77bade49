"""Counts, over packages of unrelated projects, which features are common and which names public.

`python tools/code/background.py FOLDER` reads every wheel in FOLDER and writes the two files that
Filiation ships: names that at least `CALLED` packages call without defining them, and counts of
features over at most `EACH` functions of each package. Only hashes are kept. Packages of which
labelled pairs are made must not be among them.
"""

import random
import re
import sys
import zipfile
from collections import Counter, defaultdict
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final

import numpy as np

from filiation.methods.code.rarity import BACKGROUND, BITS, STEPS, places
from filiation.model.source import CHANNELS, Fragment
from filiation.readers.code.functions import functions
from filiation.readers.code.grammar import Language, Node, languages, parsed
from filiation.readers.code.names import NAMES
from filiation.readers.code.values import hashed

CALLED: Final = 3  # packages that call a name and do not define it
EACH: Final = 300  # functions of one package
FILES: Final = 100  # files of one package
LARGEST: Final = 300_000  # bytes of a file
SEED: Final = 17
ROOT: Final = Path(__file__).parents[2] / "src" / "filiation"
IMPORTED: Final = re.compile(rb"^import [\w.]+ as (\w+)|^import (\w+)", re.MULTILINE)


def texts(wheel: Path) -> Iterator[tuple[str, bytes]]:
    """Python files of a package, at most `FILES` of them, by a draw that depends on its name."""
    with zipfile.ZipFile(wheel) as archive:
        names = sorted(
            info.filename
            for info in archive.infolist()
            if info.filename.endswith(".py") and info.file_size < LARGEST
        )
        random.Random(f"{SEED} {wheel.name.split('-')[0]}").shuffle(names)
        for name in names[:FILES]:
            yield name, archive.read(name)


def called_and_defined(wheel: Path, language: Language) -> tuple[set[str], set[str]]:
    """Names that a package calls, imports or takes from a module, and names that it defines."""
    called: set[str] = set()
    defined: set[str] = set()
    for _, raw in texts(wheel):
        modules = {(one or two).decode() for one, two in IMPORTED.findall(raw)}
        called |= modules
        left = [parsed(raw, language)[0]]
        while left:
            node = left.pop()
            left += node.kids
            first = node.kids[0] if node.kids else node
            if node.type in ("function_definition", "class_definition"):
                defined |= {kid.text for kid in node.kids if kid.field == "name"}
            elif node.type == "call":
                called.add(last_name(first))
            elif node.type == "attribute" and first.text in modules:
                called.add(last_name(node))
            elif node.type == "import_from_statement":
                called |= {last_name(kid) for kid in node.kids if kid.field == "name"}
            elif node.type == "assignment":
                defined.add(last_name(first))
    return called, defined


def last_name(node: Node) -> str:
    """`c` of `a.b.c`; of `a as b` it is `a`."""
    while node.kids:
        node = node.kids[0] if node.type == "aliased_import" else node.kids[-1]
    return node.text


def public(wheels: list[Path], language: Language) -> list[str]:
    """Names that enough packages call and do not define."""
    known: dict[str, int] = defaultdict(int)
    for wheel in wheels:
        called, defined = called_and_defined(wheel, language)
        for name in called - defined:
            known[name] += 1
    built_in = {name for name in dir(__builtins__)}
    return sorted({name for name, often in known.items() if often >= CALLED and name} | built_in)


def drawn(wheel: Path, language: Language) -> list[Fragment]:
    """At most `EACH` functions of a package."""
    found = [one for name, raw in texts(wheel) for one in functions(raw, name, language)[0]]
    random.Random(f"{SEED} {wheel.name.split('-')[0]}").shuffle(found)
    return found[:EACH]


def table(counted: Counter[int]) -> np.ndarray:
    """Rounded logarithms of counts at both places of each feature that was seen twice or more."""
    kept = {one: often for one, often in counted.items() if often > 1}
    hashes = np.array([*kept], dtype=np.uint64)
    steps = np.round(STEPS * np.log2(1.0 + np.array([*kept.values()]))).astype(np.uint8)
    made = np.zeros((2, 1 << BITS), dtype=np.uint8)
    for row, place in enumerate(places(hashes)):
        np.maximum.at(made[row], place, steps)
    return made


def main() -> int:
    """Write both files and print what they hold."""
    if len(sys.argv) != 2:
        print("expected a folder of wheels")
        return 2
    wheels, language = sorted(Path(sys.argv[1]).glob("*.whl")), languages()["python"]
    names = public(wheels, language)
    hashes = np.array(sorted(hashed(name) for name in names), dtype=np.uint64)
    np.savez_compressed(ROOT / "readers" / "code" / NAMES, python=hashes)
    counts: tuple[Counter[int], ...] = (Counter(), Counter(), Counter())
    total = 0
    for wheel in wheels:
        found = drawn(wheel, language)
        total += len(found)
        for one in found:
            for counted, features in zip(counts, one.channels, strict=True):
                counted.update(features.hashes.tolist())
        print(f"{wheel.name}: {len(found)} functions", flush=True)
    tables: dict[str, Any] = {
        name: table(counted) for name, counted in zip(CHANNELS, counts, strict=True)
    }
    np.savez_compressed(
        ROOT / "methods" / "code" / BACKGROUND, functions=total, packages=len(wheels), **tables
    )
    print(f"{len(names)} names, {total} functions of {len(wheels)} packages")
    return 0


if __name__ == "__main__":
    sys.exit(main())

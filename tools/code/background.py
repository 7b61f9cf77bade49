"""Counts, over packages of unrelated projects, which features are common and which names public.

`python tools/code/background.py FOLDER [FAMILY ..]` reads every package in FOLDER/FAMILY (archives
or unpacked folders; `packages.toml` beside this file names them) and writes the two files that
Filiation ships: names that enough packages call without defining them, and counts of features over
at most `EACH` functions of each package. Only hashes are kept. Packages of which labelled pairs are
made must not be among them. A family that is not named is left as it is.

Packages after which `packages.toml` has `held` are not counted: from them, which the counts do not
know, `tails.py` learns how alike unrelated functions are.
"""

import random
import re
import sys
import tempfile
import tomllib
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from functools import cache
from pathlib import Path
from typing import Any, Final

import numpy as np

from filiation.methods.code.rarity import BACKGROUND, BITS, STEPS, places
from filiation.model.source import CHANNELS, Fragment, family_of
from filiation.readers.archives.naming import is_archive
from filiation.readers.code.aside import about_path, about_text
from filiation.readers.code.functions import functions
from filiation.readers.code.grammar import language_of
from filiation.readers.code.names import NAMES, public_names
from filiation.readers.code.values import hashed
from filiation.readers.packages.unpacking import unpack

CALLED: Final = 3  # packages that call a name and do not define it
OF_ALL: Final = 0.08  # of a family's packages that do, if that is more
EACH: Final = 300  # functions of one package
FILLING: Final = 40  # functions of one file
FILES: Final = 30  # files of one package
SCANNED: Final = 400  # files of one package in which names are looked for
LARGEST: Final = 300_000  # bytes of a file
SEED: Final = 17
SMALLER: Final = 17  # bits of a table of another language than Python
ROOT: Final = Path(__file__).parents[2] / "src" / "filiation"
PACKAGES: Final = Path(__file__).with_name("packages.toml")
CALLS: Final = re.compile(r"\b([A-Za-z_]\w*)(?:\(|!\(|::<)")
MODULES: Final = re.compile(r"^import [\w.]+ as (\w+)|^import (\w+)", re.MULTILINE)
TAKEN: Final = re.compile(r"\b(\w+)\.(\w+)")
IMPORTED: Final = re.compile(r"^from [\w.]+ import ([\w, ]+)", re.MULTILINE)
BRACED: Final = r"\b(\w+)\([^;{}()]{0,300}\)[\w\s,]{0,100}\{"
SET: Final = r"\b(\w+)(?:: ?[\w\[\], .|]{1,60})? ?=(?![=>])"  # a variable, a field or a parameter
DEFINES: Final = {
    "python": re.compile(SET + r"|\bdef (\w+)|\bclass (\w+)"),
    "c": re.compile(SET + "|" + BRACED + r"|#\s*define (\w+)|\b(?:class|struct) (\w+)"),
    "java": re.compile(SET + "|" + BRACED + r"|\b(?:class|interface|enum) (\w+)"),
    "go": re.compile(SET + r"|\bfunc (?:\([^)]*\) ?)?(\w+)|\btype (\w+)|\b(\w+) :?= func"),
    "rust": re.compile(SET + r"|\bfn (\w+)|\b(?:struct|enum|trait|mod) (\w+)|macro_rules! (\w+)"),
    "javascript": re.compile(
        SET + "|" + BRACED + r"|\bfunction\*? (\w+)|\bclass (\w+)|"
        r"\b(\w+): ?(?:async )?(?:function|\(|\w+ =>)"
    ),
}


def family_packages(folder: Path, family: str, held: bool = False) -> list[Path]:
    """Packages of a family, by name: those that are counted, or those held back."""
    kept = tomllib.loads(PACKAGES.read_text("utf-8"))["held"].get(family, [])
    places = sorted(place for place in (folder / family).iterdir() if place.name[0] != ".")
    return [place for place in places if held == (called(place) in kept)]


def called(place: Path) -> str:
    """A package's name without its version."""
    return re.split(r"[-_]v?\d", place.name)[0].replace("_", "-").lower()


@cache
def texts(place: Path, family: str, most: int = FILES) -> Sequence[tuple[str, bytes]]:
    """Sources of a package, at most so many, by a draw that depends on its name."""
    if place.is_dir():
        return _texts(place, called(place), family, most)
    if not is_archive(place.name):
        return ()
    with tempfile.TemporaryDirectory(prefix="codefig-", dir=place.parent.parent) as made:
        unpack(place, Path(made), lambda member: language_of(member) is not None)
        return _texts(Path(made), called(place), family, most)


def _texts(root: Path, name: str, family: str, most: int) -> Sequence[tuple[str, bytes]]:
    fitting = [
        place
        for place in sorted(root.rglob("*"))
        if (language := language_of(place.name)) is not None
        and family_of(language.id) == family
        and place.is_file()
        and not place.is_symlink()
        and place.stat().st_size < LARGEST
        and not about_path(place.relative_to(root).as_posix())
    ]
    random.Random(f"{SEED} {name}").shuffle(fitting)
    found: list[tuple[str, bytes]] = []
    for place in fitting:
        raw = place.read_bytes()
        if not about_text(raw) and len(found) < most:
            found.append((place.name, raw))
    return found


def called_and_defined(place: Path, family: str) -> tuple[set[str], set[str]]:
    """Names that a package calls, imports or takes from a module, and names that it defines."""
    calls: set[str] = set()
    defined: set[str] = set()
    for _, raw in texts(place, family, SCANNED):
        text = raw.decode("utf-8", "replace")
        calls |= set(CALLS.findall(text))
        defined |= {name for found in DEFINES[family].findall(text) for name in found if name}
        if family == "python":
            modules = {name for found in MODULES.findall(text) for name in found if name}
            calls |= modules
            calls |= {name for module, name in TAKEN.findall(text) if module in modules}
            calls |= {
                name for names in IMPORTED.findall(text) for name in re.findall(r"\w+", names)
            }
    return calls, defined


def public(packages: Sequence[Path], family: str) -> list[str]:
    """Names that enough packages call and do not define."""
    known: Counter[str] = Counter()
    for place in packages:
        calls, defined = called_and_defined(place, family)
        known.update(calls - defined)
    least = max(CALLED, round(OF_ALL * len(packages)))
    built_in = set(dir(__builtins__)) if family == "python" else set()
    return sorted({name for name, often in known.items() if often >= least and name} | built_in)


def drawn(place: Path, family: str, names: frozenset[int] | None = None) -> list[Fragment]:
    """At most `EACH` functions of a package; names are those just counted, or those shipped."""
    found = []
    for name, raw in texts(place, family):
        language = language_of(name)
        assert language is not None  # chosen by it
        known = public_names(language.id) if names is None else _known(names)
        inside = [*functions(raw, name, language, public=known)[0]]
        random.Random(f"{SEED} {called(place)} {name}").shuffle(inside)
        found += inside[:FILLING]
        if len(found) >= EACH:
            break
    random.Random(f"{SEED} {called(place)}").shuffle(found)
    return found[:EACH]


@cache
def _known(names: frozenset[int]) -> Any:
    return lambda name: hashed(name) in names


def table(counted: Mapping[int, int], bits: int) -> np.ndarray:
    """Rounded logarithms of counts at both places of each feature that was seen twice or more."""
    kept = {one: often for one, often in counted.items() if often > 1}
    hashes = np.array([*kept], dtype=np.uint64)
    steps = np.round(STEPS * np.log2(1.0 + np.array([*kept.values()]))).astype(np.uint8)
    made = np.zeros((2, 1 << bits), dtype=np.uint8)
    for row, place in enumerate(places(hashes, bits)):
        np.maximum.at(made[row], place, steps)
    return made


def counted(folder: Path, family: str) -> tuple[np.ndarray, dict[str, Any]]:
    """Hashes of the public names of a family, and its part of the background."""
    packages = family_packages(folder, family)
    names = public(packages, family)
    hashes = frozenset(hashed(name) for name in names)
    counts: tuple[Counter[int], ...] = (Counter(), Counter(), Counter())
    total = 0
    for place in packages:
        found = drawn(place, family, hashes)
        total += len(found)
        for one in found:
            for each, features in zip(counts, one.channels, strict=True):
                each.update(features.hashes.tolist())
        print(f"{family} {place.name}: {len(found)} functions", flush=True)
    print(f"{family}: {len(names)} names, {total} functions of {len(packages)} packages")
    bits = BITS if family == "python" else SMALLER
    made: dict[str, Any] = {
        f"{family}.{name}": table(each, bits) for name, each in zip(CHANNELS, counts, strict=True)
    }
    made |= {f"{family}.functions": total, f"{family}.packages": len(packages)}
    return np.array(sorted(hashes), dtype=np.uint64), made


def kept_before(place: Path, families: Sequence[str]) -> Iterator[tuple[str, Any]]:
    """What a file holds of other families."""
    if place.exists():
        with np.load(place, allow_pickle=False) as kept:
            for name in kept:
                family, _, rest = name.partition(".")
                if family not in families and (rest or place.name == NAMES):
                    yield name, kept[name]


def main() -> int:
    """Write both files and print what they hold."""
    if len(sys.argv) < 2:
        print("expected a folder of packages by family, then families")
        return 2
    folder = Path(sys.argv[1])
    families = sys.argv[2:] or sorted(place.name for place in folder.iterdir() if place.is_dir())
    names_at = ROOT / "readers" / "code" / NAMES
    counts_at = ROOT / "methods" / "code" / BACKGROUND
    names, tables = dict(kept_before(names_at, families)), dict(kept_before(counts_at, families))
    for family in families:
        names[family], made = counted(folder, family)
        tables |= made
        texts.cache_clear()
    np.savez_compressed(names_at, **names)
    np.savez_compressed(counts_at, **tables)
    print(f"{names_at.stat().st_size:,} bytes of names, {counts_at.stat().st_size:,} of counts")
    return 0


if __name__ == "__main__":
    sys.exit(main())

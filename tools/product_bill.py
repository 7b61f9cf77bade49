"""What filiation is made of, as CycloneDX 1.7, from the locked requirements: `make sbom`.

    python tools/product_bill.py OUT

Names, versions, the digests of every file that the lock allows, and what brings what. What comes
with an extra alone is `optional`. Which extras are not locked stands in the bill. Written down in a
few lines: `cyclonedx-python-lib` is there for tests alone, with the schema.
"""

import json
import re
import sys
import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final
from urllib.parse import quote

ROOT: Final = Path(__file__).resolve().parents[1]
LOCK: Final = ROOT / "requirements" / "dev.txt"  # holds core.txt, and of extras what tests need
PINNED: Final = re.compile(r"^([\w.-]+)==([^\s;\\]+)(?: ; ([^\\]*?))? *\\?$", re.ASCII)
HASH: Final = re.compile(r"--hash=sha256:([0-9a-f]{64})")
VIA: Final = re.compile(r"^ +# +(?:via +)?([A-Za-z0-9._-]+)")
NAME: Final = re.compile(r"[A-Za-z0-9._-]+")

Part = dict[str, Any]


@dataclass(frozen=True, kw_only=True)
class Pinned:
    """A version of a package in a lock: where it is needed, its files, and what brings it."""

    name: str
    version: str
    marker: str
    hashes: tuple[str, ...]
    via: frozenset[str]

    @property
    def purl(self) -> str:
        """Its address among packages."""
        return purl_of(self.name, self.version)


def normal(name: str) -> str:
    """A name as package indexes compare it (PEP 503)."""
    return re.sub(r"[-_.]+", "-", name).lower()


def purl_of(name: str, version: str) -> str:
    """The address of a package of Python."""
    return f"pkg:pypi/{normal(name)}@{quote(version, '')}"


def pinned(lock: Path) -> tuple[Pinned, ...]:
    """Every package of a lock that `uv pip compile` wrote."""
    found: list[Pinned] = []
    heads: list[tuple[re.Match[str], list[str]]] = []
    for line in lock.read_text().splitlines():
        if head := PINNED.match(line):
            heads.append((head, []))
        elif heads and line.startswith(" "):
            heads[-1][1].append(line)
        elif line.strip() and not line.startswith("#"):
            raise SystemExit(f"{lock.name}: {line[:80]!a}: expected NAME==VERSION with its digests")
    for head, below in heads:
        via = {normal(one[1]) for line in below if (one := VIA.match(line)) and one[1] != "via"}
        hashes = tuple(HASH.findall("\n".join(below)))
        found.append(Pinned(name=normal(head[1]), version=head[2], marker=head[3] or "",
                            hashes=hashes, via=frozenset(via)))  # fmt: skip
    return tuple(found)


def reached(roots: set[str], known: Sequence[Pinned]) -> set[str]:
    """The names of these packages and of all that they bring."""
    found, more = set[str](), roots & {one.name for one in known}
    while more:
        found |= more
        more = {one.name for one in known if one.via & more} - found
    return found


def product() -> Part:
    """The bill of this checkout."""
    told = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    known = pinned(LOCK)
    core = reached(_named(told["dependencies"]), known)
    extras = {name: _named(wants) for name, wants in told["optional-dependencies"].items()}
    names = {one.name for one in known}
    unlocked = sorted(name for name, wants in extras.items() if not wants <= names)
    wanted = set().union(*(wants for name, wants in extras.items() if name not in unlocked))
    whole = core | reached(wanted, known)
    inside = [one for one in known if one.name in whole]
    root = part("application", "filiation", told["version"])
    root["licenses"] = [{"license": {"id": told["license"]}}]
    if unlocked:
        root["properties"] = [{"name": "filiation:extras-not-locked", "value": " ".join(unlocked)}]
    parts = [_pinned_part(one, required=one.name in core) for one in inside]
    brought = {one.purl: [two.purl for two in inside if one.name in two.via] for one in inside}
    direct = _named(told["dependencies"]) | wanted
    brought[root["bom-ref"]] = [one.purl for one in inside if one.name in direct]
    return document(root, parts, brought)


def document(root: Part, parts: Sequence[Part], brought: Mapping[str, Sequence[str]]) -> Part:
    """A bill: what is described, its parts, and what each brings."""
    return {
        "$schema": "http://cyclonedx.org/schema/bom-1.7.schema.json",
        "bomFormat": "CycloneDX",
        "specVersion": "1.7",
        "version": 1,
        "metadata": {"component": root},
        "components": [*parts],
        "dependencies": [{"ref": ref, "dependsOn": [*refs]} for ref, refs in brought.items()],
    }


def part(kind: str, name: str, version: str, where: str = "", digest: str = "") -> Part:
    """A part by its address, and the SHA-256 (hex) of its file if it is one."""
    purl = where or purl_of(name, version)
    found: Part = {
        "type": kind, "bom-ref": purl, "name": name, "version": version, "purl": purl,
    }  # fmt: skip
    if digest:
        found["hashes"] = [{"alg": "SHA-256", "content": digest}]
    return found


def written(bill: Part) -> bytes:
    """A bill as bytes, the same for the same parts."""
    return json.dumps(bill, indent=1, sort_keys=True).encode() + b"\n"


def _pinned_part(one: Pinned, *, required: bool) -> Part:
    found = part("library", one.name, one.version)
    found["scope"] = "required" if required else "optional"
    hashes = [{"alg": "SHA-256", "content": digest} for digest in one.hashes]
    found["externalReferences"] = [
        {"type": "distribution", "url": one.purl, "comment": "any of these files", "hashes": hashes}
    ]
    if one.marker:
        found["properties"] = [{"name": "filiation:where", "value": one.marker}]
    return found


def _named(wants: Sequence[str]) -> set[str]:
    """The packages that requirements name."""
    return {normal(found[0]) for one in wants if (found := NAME.match(one))}


if __name__ == "__main__":
    Path(sys.argv[1]).write_bytes(written(product()))
    print(f"{sys.argv[1]}: {len(product()['components'])} packages")

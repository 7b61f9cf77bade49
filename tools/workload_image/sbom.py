"""What the image is made of, as CycloneDX 1.7: names, versions, digests.

Written down in a few lines: `cyclonedx-python-lib` is there for tests alone, with the schema.
"""

import hashlib
import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any
from urllib.parse import quote

from workload_image.packages import locked


def bill(wheels: Sequence[Path], rootfs: str) -> bytes:
    """The bill of the image whose root file system has this SHA-256 (hex)."""
    parts = [_debian(one.name, one.version, one.sha256) for one in locked()]
    parts += [_wheel(path) for path in wheels]
    found = {
        "$schema": "http://cyclonedx.org/schema/bom-1.7.schema.json",
        "bomFormat": "CycloneDX",
        "specVersion": "1.7",
        "version": 1,
        "metadata": {
            "component": {
                "type": "container",
                "bom-ref": "image",
                "name": "filiation-workload",
                "hashes": [{"alg": "SHA-256", "content": rootfs}],
            }
        },
        "components": parts,
        "dependencies": [{"ref": "image", "dependsOn": [one["bom-ref"] for one in parts]}],
    }
    return json.dumps(found, indent=1, sort_keys=True).encode() + b"\n"


def _debian(name: str, version: str, digest: str) -> dict[str, Any]:
    where = f"pkg:deb/debian/{quote(name, '')}@{quote(version, '')}?arch=amd64"
    return _part("library", name, version, where, digest)


def _wheel(path: Path) -> dict[str, Any]:
    name, version = path.name.split("-")[:2]
    name = name.lower().replace("_", "-")
    digest = hashlib.sha256(path.read_bytes()).hexdigest()
    kind = "application" if name == "filiation" else "library"
    return _part(kind, name, version, f"pkg:pypi/{name}@{quote(version, '')}", digest)


def _part(kind: str, name: str, version: str, where: str, digest: str) -> dict[str, Any]:
    return {
        "type": kind, "bom-ref": where, "name": name, "version": version, "purl": where,
        "hashes": [{"alg": "SHA-256", "content": digest}],
    }  # fmt: skip

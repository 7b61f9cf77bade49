"""What the image is made of, as CycloneDX 1.7: names, versions, digests."""

import hashlib
from collections.abc import Sequence
from pathlib import Path
from urllib.parse import quote

from product_bill import Part, document, normal, part, written
from workload_image.packages import locked


def bill(wheels: Sequence[Path], rootfs: str) -> bytes:
    """The bill of the image whose root file system has this SHA-256 (hex)."""
    parts = [_debian(one.name, one.version, one.sha256) for one in locked()]
    parts += [_wheel(path) for path in wheels]
    root: Part = {
        "type": "container",
        "bom-ref": "image",
        "name": "filiation-workload",
        "hashes": [{"alg": "SHA-256", "content": rootfs}],
    }
    return written(document(root, parts, {"image": [one["bom-ref"] for one in parts]}))


def _debian(name: str, version: str, digest: str) -> Part:
    where = f"pkg:deb/debian/{quote(name, '')}@{quote(version, '')}?arch=amd64"
    return part("library", name, version, where, digest)


def _wheel(path: Path) -> Part:
    name, version = path.name.split("-")[:2]
    digest = hashlib.sha256(path.read_bytes()).hexdigest()
    name = normal(name)
    kind = "application" if name == "filiation" else "library"
    return part(kind, name, version, digest=digest)

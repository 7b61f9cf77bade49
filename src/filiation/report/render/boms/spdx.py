"""What a scan found as SPDX 3.0.1 in JSON-LD.

Each model is a package whose purpose is `model`, each file an element with its SHA-256. A relative
is said to have a variant, the relationship that claims least. Declared licences are what the files
say, as expressions where they are such, else as words.
"""

import hashlib
import json
import uuid
from collections.abc import Iterator, Sequence
from typing import Any, Final

from filiation import __version__
from filiation.model.scan import Found, Scan
from filiation.report.render.boms.licences import expression
from filiation.report.wording.figures import clean
from filiation.report.wording.scanned import architecture, clash_sentence, standing

__all__ = ["spdx"]

CONTEXT: Final = "https://spdx.org/rdf/3.0.1/spdx-context.jsonld"
INFO: Final = "_:made"
SPACE: Final = uuid.UUID("b9b1b7c6-2b0e-5d3c-8a94-1c55c7d6f0a2")


def spdx(found: Scan, when: str) -> bytes:
    """The document.

    Args:
        found: A scan.
        when: RFC 3339 in UTC, to the second, when it was made.
    """
    base = f"urn:uuid:{_name(found)}"
    rows = [element for n, row in enumerate(found.rows) for element in _row(f"{base}#row{n}", row)]
    graph: list[dict[str, Any]] = [
        {
            "type": "CreationInfo",
            "@id": INFO,
            "specVersion": "3.0.1",
            "created": when,
            "createdBy": [f"{base}#filiation"],
        },
        _element("SoftwareAgent", f"{base}#filiation", name=f"filiation {__version__}"),
        _element(
            "SpdxDocument",
            f"{base}#document",
            profileConformance=["core", "software", "simpleLicensing"],
            rootElement=[f"{base}#bom"],
            element=[row["spdxId"] for row in rows],
        ),
        _element(
            "software_Sbom",
            f"{base}#bom",
            software_sbomType=["analyzed"],
            rootElement=[f"{base}#row{n}" for n in range(len(found.rows))],
            element=[row["spdxId"] for row in rows],
        ),
        *rows,
    ]
    return (json.dumps({"@context": CONTEXT, "@graph": graph}, indent=1) + "\n").encode()


def _row(own: str, row: Found) -> Iterator[dict[str, Any]]:
    """A model or a file that was not read, its files, its relatives and what it declares."""
    yield _element(
        "software_Package" if row.outcome != "unread" else "software_File",
        own,
        name=clean(row.path),
        software_primaryPurpose="model" if row.outcome != "unread" else "file",
        comment=clean("; ".join(_comment(row))),
        **({"software_packageVersion": "unknown"} if row.outcome != "unread" else {}),
    )
    files = [f"{own}-file{place}" for place in range(len(row.files))]
    for name, file in zip(files, row.files, strict=True):
        yield _element(
            "software_File",
            name,
            name=clean(file.path),
            verifiedUsing=[{"type": "Hash", "algorithm": "sha256", "hashValue": file.sha256}],
        )
    if files:
        yield _tie(f"{own}-contains", own, "contains", files)
    for place, one in enumerate(row.relatives):
        other = f"{own}-relative{place}"
        yield _element(
            "software_Package", other, name=clean(one.name), software_primaryPurpose="model",
            comment=f"from the {one.shelf}",
        )  # fmt: skip
        yield _tie(f"{other}-tie", other, "hasVariant", [own], comment=clean(one.because))
        yield from _licences(other, one.licences)
    yield from _licences(own, row.says("licence"))


def _licences(own: str, said: Sequence[str]) -> Iterator[dict[str, Any]]:
    known, others = expression(said)
    found = []
    for place, name in enumerate(known):
        found.append(f"{own}-licence{place}")
        yield _element(
            "simplelicensing_LicenseExpression",
            found[-1],
            simplelicensing_licenseExpression=name,
        )
    for place, text in enumerate(others):
        found.append(f"{own}-words{place}")
        yield _element(
            "simplelicensing_SimpleLicensingText",
            found[-1],
            simplelicensing_licenseText=clean(text),
        )
    if found:
        yield _tie(f"{own}-licensed", own, "hasDeclaredLicense", found)


def _comment(row: Found) -> Iterator[str]:
    yield standing(row)
    yield from (row.reason,) if row.reason else ()
    yield architecture(row)
    yield from (f"declared base: {base}" for base in row.says("base"))
    yield from (clash_sentence(row, clash) for clash in row.clashes)
    yield from row.notes


def _tie(
    own: str, source: str, kind: str, targets: Sequence[str], **more: object
) -> dict[str, Any]:
    return _element(
        "Relationship", own, **{"from": source}, relationshipType=kind, to=list(targets), **more
    )


def _element(kind: str, own: str, **fields: object) -> dict[str, Any]:
    return {"type": kind, "spdxId": own, "creationInfo": INFO, **fields}


def _name(found: Scan) -> uuid.UUID:
    """One name for one content: what was scanned, by path and digest."""
    held = [[row.path, [file.sha256 for file in row.files]] for row in found.rows]
    return uuid.uuid5(SPACE, hashlib.sha256(json.dumps(held).encode()).hexdigest())

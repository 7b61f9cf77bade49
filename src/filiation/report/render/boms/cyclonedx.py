"""What a scan found as a CycloneDX 1.7 bill of materials for machine learning.

A relative is a `variant` and never an `ancestor`: in CycloneDX's words, "the relationship between
the components is not known". What was not read is a file, and says so.
"""

import hashlib
import uuid
from collections.abc import Iterator, Sequence
from typing import Any, Final

import rfc8785

from filiation.casefile.exchange.bom import TOOL
from filiation.model.scan import FileRead, Found, Relative, Scan
from filiation.report.render.boms.licences import expression
from filiation.report.wording.figures import clean
from filiation.report.wording.scanned import DIRECTIONS, GUESSED, SHELVES, clash_sentence, standing

__all__ = ["cyclonedx"]

SPACE: Final = uuid.UUID("6f0a3b0e-6c0e-5d0c-9a53-0d8f2b8d1c11")


def cyclonedx(found: Scan, when: str) -> bytes:
    """The bill of materials.

    Args:
        found: A scan.
        when: RFC 3339, when it was made.
    """
    components = [_component(number, row) for number, row in enumerate(found.rows)]
    body = rfc8785.dumps(components)
    bom: dict[str, Any] = {
        "bomFormat": "CycloneDX",
        "specVersion": "1.7",
        "serialNumber": f"urn:uuid:{uuid.uuid5(SPACE, hashlib.sha256(body).hexdigest())}",
        "version": 1,
        "metadata": {"timestamp": when, "tools": {"components": [TOOL]}},
        "components": components,
    }
    return rfc8785.dumps(bom) + b"\n"


def _component(number: int, row: Found) -> dict[str, Any]:
    read = row.outcome != "unread"
    component: dict[str, Any] = {
        "type": "machine-learning-model" if read else "file",
        "bom-ref": f"row:{number}",
        "name": clean(row.path),
        "properties": [
            {"name": f"filiation:{name}", "value": clean(value)} for name, value in _facts(row)
        ],
    }
    if len(row.files) == 1:
        component["hashes"] = _hashes(row.files[0])
    elif row.files:
        component["components"] = [
            {
                "type": "file",
                "bom-ref": f"row:{number}/{place}",
                "name": clean(file.path),
                "hashes": _hashes(file),
            }
            for place, file in enumerate(row.files)
        ]
    if licences := _licences(row.says("licence")):
        component["licenses"] = licences
    if read and row.family != GUESSED:
        component["modelCard"] = {"modelParameters": {"architectureFamily": clean(row.family)}}
    if row.relatives:
        component["pedigree"] = {
            "variants": [_variant(one) for one in row.relatives],
            "notes": clean(" ".join((*(one.because + "." for one in row.relatives), DIRECTIONS))),
        }
    return component


def _facts(row: Found) -> Iterator[tuple[str, str]]:
    yield "standing", standing(row)
    yield "outcome", row.outcome
    if row.reason:
        yield "reason", row.reason
    if row.container:
        yield "container", row.container
    if row.parameters:
        yield "parameters", str(row.parameters)
    if row.unread:
        yield "unread-tensors", f"{row.unread} of {row.tensors}"
    if row.package is not None:
        yield "package", f"{row.package.name} {row.package.version}".strip()
    for base in row.says("base"):
        yield "declared-base", base
    for clash in row.clashes:
        yield f"clash-{clash.about}", clash_sentence(row, clash)
    for note in row.notes:
        yield "note", note


def _variant(one: Relative) -> dict[str, Any]:
    variant: dict[str, Any] = {
        "type": "machine-learning-model",
        "name": clean(one.name),
        "description": f"in the {SHELVES[one.shelf]}: {one.kind}",
    }
    if licences := _licences(one.licences):
        variant["licenses"] = licences
    return variant


def _licences(said: Sequence[str]) -> list[dict[str, Any]]:
    known, others = expression(said)
    return [
        *({"license": {"id": name, "acknowledgement": "declared"}} for name in known),
        *({"license": {"name": clean(text), "acknowledgement": "declared"}} for text in others),
    ]


def _hashes(file: FileRead) -> list[dict[str, str]]:
    return [{"alg": "SHA-256", "content": file.sha256}]

"""Bills of materials held against the schema that CycloneDX publishes."""

import json
from importlib.resources import files
from typing import Any

import pytest

__all__ = ["wrong_in"]

PARTS = ("bom-1.7", "spdx", "jsf-0.82", "cryptography-defs")


def wrong_in(bill: dict[str, Any]) -> list[str]:
    """What the schema of CycloneDX 1.7 has against a bill; skips where it is not at hand."""
    jsonschema = pytest.importorskip("jsonschema")
    referencing = pytest.importorskip("referencing")
    pytest.importorskip("cyclonedx")
    folder = files("cyclonedx.schema") / "_res"
    kept = {n: json.loads((folder / f"{n}.SNAPSHOT.schema.json").read_text()) for n in PARTS}
    registry = referencing.Registry().with_resources(
        (f"http://cyclonedx.org/schema/{name}.SNAPSHOT.schema.json",
         referencing.Resource.from_contents(schema)) for name, schema in kept.items()
    )  # fmt: skip
    validator = jsonschema.Draft7Validator(kept["bom-1.7"], registry=registry)
    return [error.message for error in validator.iter_errors(bill)]

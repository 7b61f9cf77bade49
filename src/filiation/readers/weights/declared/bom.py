"""What a CycloneDX bill of materials beside a model says of its models.

Source: https://cyclonedx.org/docs/1.7/json (machine-learning-model, pedigree, modelCard). JSON
only; the XML form is named as unread.
"""

from collections.abc import Iterator, Mapping
from typing import Any, Final

from filiation.errors import UnreadableError
from filiation.readers.weights.declared.saying import Said, says

__all__ = ["bom_says"]

MODELS: Final = 20
ANCESTORS: Final = 20
DEPTH: Final = 4
MODEL: Final = "machine-learning-model"


def bom_says(bom: Mapping[str, Any]) -> Iterator[Said]:
    """What it says of every model in it, and of what it is the bill of.

    Raises:
        UnreadableError: No CycloneDX.
    """
    if bom.get("bomFormat") != "CycloneDX":
        raise UnreadableError("no bomFormat CycloneDX; another kind of bill is not read")
    metadata = bom.get("metadata")
    main = metadata.get("component") if isinstance(metadata, dict) else None
    listed = bom.get("components")
    found = [("metadata.component", main)] if isinstance(main, dict) else []
    found += [
        (f"components[{n}]", one)
        for n, one in enumerate(listed if isinstance(listed, list) else [])
        if isinstance(one, dict) and one.get("type") == MODEL
    ]
    for where, component in found[:MODELS]:
        yield from _component(where, component)


def _component(where: str, component: Mapping[str, Any]) -> Iterator[Said]:
    for key in ("name", "purl"):
        yield from says("name", f"{where}.{key}", component.get(key))
    yield from says("maker", f"{where}.publisher", component.get("publisher"))
    yield from _licences(where, component)
    yield from _ancestors(where, component, 0)
    card = component.get("modelCard")
    parameters = card.get("modelParameters") if isinstance(card, dict) else None
    if isinstance(parameters, dict):
        for key in ("architectureFamily", "modelArchitecture"):
            at = f"{where}.modelCard.modelParameters.{key}"
            yield from says("architecture", at, parameters.get(key))


def _licences(where: str, component: Mapping[str, Any]) -> Iterator[Said]:
    listed = component.get("licenses")
    for n, one in enumerate((listed if isinstance(listed, list) else [])[:ANCESTORS]):
        if not isinstance(one, dict):
            continue
        at = f"{where}.licenses[{n}]"
        yield from says("licence", f"{at}.expression", one.get("expression"))
        named = one.get("license")
        if not isinstance(named, dict):
            continue
        for key in ("id", "name"):
            yield from says("licence", f"{at}.license.{key}", named.get(key))


def _ancestors(where: str, component: Mapping[str, Any], depth: int) -> Iterator[Said]:
    """What it descends from, and what that descends from in turn."""
    pedigree = component.get("pedigree")
    listed = pedigree.get("ancestors") if isinstance(pedigree, dict) else None
    for n, one in enumerate((listed if isinstance(listed, list) else [])[:ANCESTORS]):
        if not isinstance(one, dict) or depth == DEPTH:
            continue
        at = f"{where}.pedigree.ancestors[{n}]"
        group, name = one.get("group"), one.get("name")
        if isinstance(group, str) and group and isinstance(name, str):
            name = f"{group}/{name}"
        yield from says("base", f"{at}.name", name)
        yield from says("base", f"{at}.purl", one.get("purl"))
        yield from _ancestors(at, one, depth + 1)

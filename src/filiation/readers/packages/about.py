"""Which package do these files belong to, and which licence does it state for itself?"""

import email.parser
import email.policy
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Final

from filiation.errors import UnreadableError
from filiation.files import opened, shown
from filiation.model.scan import Package
from filiation.readers.bytes.parsing import parse_object
from filiation.readers.weights.declared.licence import HEAD, licence_says

__all__ = ["package_of", "packages_in"]

LIMIT: Final = 1 << 20
LONGEST: Final = 200
RECORD: Final = 1 << 24
LISTED: Final = ("METADATA", "PKG-INFO")
_CLASSIFIER: Final = re.compile(r"License :: (?:OSI Approved :: )?(.+)")


def package_of(folder: Path) -> Package | None:
    """The npm package or the source distribution whose root this folder is."""
    for name, read in (("package.json", _npm), ("PKG-INFO", _python)):
        if (folder / name).is_file() and not (folder / name).is_symlink():
            return read(folder / name)
    return None


def packages_in(folder: Path) -> dict[str, Package]:
    """By the names that stand in this folder: the Python packages that are installed in it."""
    found: dict[str, Package] = {}
    for about in sorted(folder.glob("*.dist-info")):
        if about.is_symlink() or not (about / "METADATA").is_file():
            continue
        package = _python(about / "METADATA")
        if package is not None:
            for name in _listed(about / "RECORD"):
                found.setdefault(name, package)
    return found


def _listed(record: Path) -> Iterator[str]:
    """The first part of each name that a RECORD lists."""
    try:
        with opened(record) as file:
            text = file.read(RECORD).decode("utf-8", "replace")
    except UnreadableError:
        return
    for line in text.splitlines():
        first = line.partition("/")[0]
        if first and "/" in line and first != "..":
            yield first


def _python(path: Path) -> Package | None:
    """Core metadata (PEP 566, 639)."""
    try:
        with opened(path) as file:
            raw = file.read(LIMIT)
    except UnreadableError:
        return None
    parser = email.parser.BytesParser(policy=email.policy.compat32)
    headers = parser.parsebytes(raw, headersonly=True)

    def said(field: str) -> list[str]:
        found = [_short(str(value)) for value in headers.get_all(field) or ()]
        return [text for text in found if text and text.upper() != "UNKNOWN"]

    classified = [one[1] for text in said("Classifier") if (one := _CLASSIFIER.fullmatch(text))]
    licences = said("License-Expression") or said("License") or classified or _titles(path.parent)
    return _package(said("Name")[:1], said("Version")[:1], licences, path)


def _titles(folder: Path) -> list[str]:
    """The titles of the licences that lie beside the metadata."""
    found: list[str] = []
    for place in (folder, folder / "licenses"):
        for path in sorted(place.glob("[Ll][Ii][Cc][Ee][Nn][CcSs][Ee]*")):
            try:
                with opened(path) as file:
                    found += [_short(str(one[2])) for one in licence_says(file.read(HEAD))]
            except UnreadableError:
                continue
    return found


def _npm(path: Path) -> Package | None:
    try:
        with opened(path) as file:
            fields = parse_object(file.read(LIMIT), what=path.name)
    except UnreadableError:
        return None
    licence = fields.get("license", fields.get("licenses"))
    many = licence if isinstance(licence, list) else [licence]
    types: list[object] = [one.get("type") if isinstance(one, dict) else one for one in many]
    licences = [_short(one) for one in types if isinstance(one, str)]
    name, version = fields.get("name"), fields.get("version")
    return _package(
        [_short(name)] if isinstance(name, str) else [],
        [_short(version)] if isinstance(version, str) else [],
        licences,
        path,
    )


def _package(
    name: list[str], version: list[str], licences: list[str], path: Path
) -> Package | None:
    if not name:
        return None
    return Package(
        name=name[0],
        version=version[0] if version else "",
        licences=tuple(dict.fromkeys(licences)),
        file=path.name,
    )


def _short(text: str) -> str:
    first = next((line.strip() for line in text.splitlines() if line.strip()), "")
    return shown(first)[:LONGEST]

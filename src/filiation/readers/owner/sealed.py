"""What an owner fixed before the lot, as a file that stays secret until the lot is shown.

The commitment is SHA-256 over the file's fields as canonical JSON (RFC 8785). Only that digest is
published or time-stamped; the nonce in it keeps anybody from guessing a pool.
"""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import asdict
from pathlib import Path
from typing import Any, Final

import rfc8785

from filiation.errors import UnreadableError
from filiation.model.drawn import CaseCoin, Drand, Sealed
from filiation.readers.bytes.parsing import read_object
from filiation.readers.owner.served import plan_fields, plan_from

__all__ = ["commitment_of", "read_sealed", "sealed_bytes", "sealed_fields", "sealed_from"]

LONGEST: Final = 1 << 16
KIND: Final = "sealed"
FIELDS: Final = {
    *("kind", "schema_version", "test", "pool", "nonce", "level", "references", "missing"),
    *("rule", "lots", "value"),
}


def sealed_fields(sealed: Sealed) -> dict[str, Any]:
    """As JSON."""
    value = sealed.value
    source = "drand" if isinstance(value, Drand) else "case"
    plan = {} if sealed.plan is None else {"plan": plan_fields(sealed.plan)}
    return {
        "kind": KIND,
        "schema_version": 1,
        "test": sealed.test,
        "pool": sealed.pool,
        "nonce": sealed.nonce,
        "level": sealed.level,
        "references": list(sealed.references),
        "missing": sealed.missing,
        "rule": sealed.rule,
        "lots": sealed.lots,
        "value": {"from": source, **asdict(value)},
        **plan,
    }


def sealed_bytes(sealed: Sealed) -> bytes:
    """The file."""
    return (json.dumps(sealed_fields(sealed), indent=1) + "\n").encode()


def commitment_of(sealed: Sealed) -> str:
    """SHA-256 (hex) over everything that is fixed."""
    return hashlib.sha256(rfc8785.dumps(sealed_fields(sealed))).hexdigest()


def read_sealed(path: Path) -> Sealed:
    """Read what was fixed.

    Raises:
        UnreadableError: Not such a file, or one that was altered.
    """
    return sealed_from(read_object(path, limit=LONGEST), str(path))


def sealed_from(found: Mapping[str, Any], what: str) -> Sealed:
    """The same from its fields.

    Raises:
        UnreadableError: A field is missing, unknown or impossible.
    """
    if (
        found.get("kind") != KIND
        or found.get("schema_version") != 1
        or set(found) - {"plan"} != FIELDS
    ):
        raise UnreadableError(f"{what}: not what `owner seal` wrote (schema version 1)")
    level, lots, references = found["level"], found["lots"], found["references"]
    texts = [found[name] for name in ("test", "pool", "nonce", "missing", "rule")]
    if not isinstance(references, list):
        raise UnreadableError(f"{what}: 'references' is no list; altered")
    if not all(isinstance(one, str) for one in (*texts, *references)):
        raise UnreadableError(f"{what}: a digest or a word is no text; altered")
    if isinstance(level, bool) or not isinstance(level, int | float) or type(lots) is not int:
        raise UnreadableError(f"{what}: level or lots is no number; altered")
    return Sealed(
        test=found["test"],
        pool=found["pool"],
        nonce=found["nonce"],
        level=float(level),
        references=tuple(references),
        missing=found["missing"],
        rule=found["rule"],
        lots=lots,
        value=_value(found["value"], what),
        plan=plan_from(found["plan"], what) if "plan" in found else None,
    )


def _value(found: object, what: str) -> Drand | CaseCoin:
    if isinstance(found, dict):
        rest = {name: value for name, value in found.items() if name != "from"}
        if found.get("from") == "case" and set(rest) == {"case"} and isinstance(rest["case"], str):
            return CaseCoin(case=rest["case"])
        numbers = {"genesis", "period", "round"}
        if (
            found.get("from") == "drand"
            and set(rest) == {"public_key", *numbers}
            and isinstance(rest["public_key"], str)
            and all(type(rest[name]) is int for name in numbers)
        ):
            return Drand(**rest)
    raise UnreadableError(f"{what}: 'value' names no round of drand and no case; altered")

"""The file of a record of served answers, `NAME.served`: canonical JSON, written whole."""

import math
from collections.abc import Sequence
from pathlib import Path
from typing import Any, Final

import rfc8785

from filiation.errors import UnreadableError
from filiation.model.served import To
from filiation.model.served_record import Measured, ServedRecord, Wordless
from filiation.readers.bytes.parsing import read_object
from filiation.readers.owner.sealed import sealed_fields, sealed_from

__all__ = ["RECORD_SUFFIX", "is_served_record", "read_served_record", "served_record_bytes"]

RECORD_SUFFIX: Final = ".served"
KIND: Final = "served-record"
LONGEST: Final = 1 << 29
DAMAGE: Final = (KeyError, TypeError, ValueError, AttributeError, OverflowError)


def is_served_record(path: Path) -> bool:
    """Whether a file is called as such a record is."""
    return path.name.endswith(RECORD_SUFFIX) and path.is_file()


def served_record_bytes(record: ServedRecord) -> bytes:
    """The file: the same record, the same bytes."""
    fields: dict[str, Any] = {
        "kind": KIND,
        "schema_version": 1,
        "sealed": sealed_fields(record.sealed),
        "lot": record.lot,
        "list": {"name": record.list_name, "sha256": record.list_sha256},
        "twins": record.twins_sha256,
        "exchanges": [
            {"id": one.id, "to": one.to, "lengths": list(one.lengths), "same": list(one.same)}
            for one in record.exchanges
        ],
        "subject": _fields(record.subject),
        "source": _fields(record.source),
        "references": [_fields(one) for one in record.references],
    }
    return rfc8785.dumps(fields) + b"\n"


def read_served_record(path: Path) -> ServedRecord:
    """Read such a file; what it claims of its lot is checked elsewhere.

    Raises:
        UnreadableError: Not such a file, one that was altered, or that contradicts itself.
    """
    found = read_object(path, limit=LONGEST)
    if found.get("kind") != KIND or found.get("schema_version") != 1:
        raise UnreadableError(
            f"{path}: no record of served answers, expected what `owner served-twins --keep` "
            "wrote (schema version 1)"
        )
    try:
        return ServedRecord(
            sealed=sealed_from(found["sealed"], str(path)),
            lot=_whole(found["lot"]),
            list_name=_text(found["list"]["name"]),
            list_sha256=_text(found["list"]["sha256"]),
            twins_sha256=_text(found["twins"]),
            exchanges=tuple(_exchange(one) for one in found["exchanges"]),
            subject=_measured(found["subject"]),
            source=_measured(found["source"]),
            references=tuple(_measured(one) for one in found["references"]),
        )
    except DAMAGE as error:
        raise UnreadableError(
            f"{path}: {type(error).__name__} {error!a:.60}; the record was altered"
        ) from error


def _fields(one: Measured) -> dict[str, Any]:
    return {
        "name": one.name, "file": one.digest, "model": one.model, "tokenizer": one.tokenizer,
        "values": [list(row) for row in one.values],
    }  # fmt: skip


def _measured(found: dict[str, Any]) -> Measured:
    return Measured(
        name=_text(found["name"]),
        digest=_text(found["file"]),
        model=_text(found["model"]),
        tokenizer=_text(found["tokenizer"]),
        values=tuple(tuple(_value(one) for one in row) for row in _list(found["values"])),
    )


def _exchange(found: dict[str, Any]) -> Wordless:
    return Wordless(
        id=_text(found["id"]),
        to=_to(found["to"]),
        lengths=tuple(None if one is None else _whole(one) for one in _list(found["lengths"])),
        same=tuple(_whole(one) for one in _list(found["same"])),
    )


def _to(found: object) -> To:
    if found == "group":
        return "group"
    if found == "others":
        return "others"
    raise ValueError("served to nobody that there is")


def _value(found: object) -> float | None:
    if found is None:
        return None
    if type(found) not in (int, float) or not math.isfinite(found):  # type: ignore[arg-type]
        raise ValueError("a value that is no number")
    return float(found)  # type: ignore[arg-type]


def _list(found: object) -> Sequence[Any]:
    if not isinstance(found, list):
        raise TypeError("no list where one stands")
    return found


def _text(found: object) -> str:
    if not isinstance(found, str) or len(found) > 1_000:
        raise ValueError("no text where one stands")
    return found


def _whole(found: object) -> int:
    if type(found) is not int:
        raise ValueError("no whole number where one stands")
    return found

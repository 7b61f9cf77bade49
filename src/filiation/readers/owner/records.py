"""The record of a draw: all that others need to draw the same lot again from the list.

It holds what was sealed, the number of the lot, the digest of the list, and either a time stamp
(RFC 3161) with the authority's root certificates and the signature of a beacon's round, or nothing
more, where commitment and coin are events of a case.
"""

import base64
import binascii
import json
from dataclasses import dataclass
from pathlib import Path
from typing import Final, final

from filiation.errors import UnreadableError
from filiation.model.drawn import Drand, Sealed
from filiation.readers.bytes.parsing import read_object
from filiation.readers.owner.sealed import sealed_fields, sealed_from

__all__ = ["DrawRecord", "read_record", "record_bytes"]

LONGEST: Final = 1 << 22
KIND: Final = "draw"


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class DrawRecord:
    """One lot and its proof.

    Attributes:
        sealed: What was fixed.
        lot: Number of the lot, from 1.
        list_sha256: SHA-256 (hex) of the file of the list.
        stamp: An authority's response (DER) over the commitment; empty where a case holds it.
        roots: Root certificates (PEM) that it was checked against.
        signature: Signature (hex) of the beacon's round; empty where a case gives the value.
    """

    sealed: Sealed
    lot: int
    list_sha256: str
    stamp: bytes = b""
    roots: bytes = b""
    signature: str = ""

    def __post_init__(self) -> None:
        if not 1 <= self.lot <= self.sealed.lots:
            raise UnreadableError(
                f"lot {self.lot}, expected 1 to {self.sealed.lots}, as many as were fixed"
            )
        if isinstance(self.sealed.value, Drand) != bool(self.stamp and self.signature):
            raise UnreadableError(
                "a draw by a beacon needs a time stamp and a signature, one by a case neither"
            )


def record_bytes(record: DrawRecord) -> bytes:
    """The file."""
    fields = {
        "kind": KIND,
        "schema_version": 1,
        "sealed": sealed_fields(record.sealed),
        "lot": record.lot,
        "list": record.list_sha256,
        "stamp": base64.b64encode(record.stamp).decode(),
        "roots": record.roots.decode("ascii", "replace"),
        "signature": record.signature,
    }
    return (json.dumps(fields, indent=1) + "\n").encode()


def read_record(path: Path) -> DrawRecord:
    """Read the record of a draw; what it claims is checked elsewhere.

    Raises:
        UnreadableError: Not such a file, or one that was altered.
    """
    found = read_object(path, limit=LONGEST)
    names = ("list", "stamp", "roots", "signature")
    if found.get("kind") != KIND or found.get("schema_version") != 1:
        raise UnreadableError(f"{path}: not what `owner draw` wrote (schema version 1)")
    sealed, lot = found.get("sealed"), found.get("lot")
    if not isinstance(sealed, dict) or type(lot) is not int:
        raise UnreadableError(f"{path}: no 'sealed' or no number of a lot; altered")
    if not all(isinstance(found.get(name), str) for name in names):
        raise UnreadableError(f"{path}: one of {', '.join(names)} is no text; altered")
    try:
        stamp = base64.b64decode(found["stamp"], validate=True)
        roots = found["roots"].encode("ascii")
    except (binascii.Error, ValueError) as error:
        raise UnreadableError(f"{path}: stamp or roots are damaged ({error})") from error
    return DrawRecord(
        sealed=sealed_from(sealed, str(path)),
        lot=lot,
        list_sha256=found["list"],
        stamp=stamp,
        roots=roots,
        signature=found["signature"],
    )

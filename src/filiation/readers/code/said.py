"""What a file says in its first lines of its licence, and of who holds the rights or wrote it."""

import re
from typing import Final

from filiation.model.source import FileFacts

__all__ = ["facts_of"]

HEAD: Final = 4_096  # bytes in which a file says it
HOLDERS: Final = 8  # of one file
LONGEST: Final = 80  # characters of a name
SPDX: Final = re.compile(r"SPDX-License-Identifier:[ \t]*([\w.+() -]{2,80})")
LICENCES: Final = (
    ("Apache-2.0", re.compile(r"Apache License,? Version 2\.0", re.IGNORECASE)),
    ("LGPL", re.compile(r"GNU (?:Lesser|Library) General Public", re.IGNORECASE)),
    ("AGPL", re.compile(r"GNU Affero General Public", re.IGNORECASE)),
    ("GPL", re.compile(r"GNU General Public", re.IGNORECASE)),
    ("MPL", re.compile(r"Mozilla Public License", re.IGNORECASE)),
    ("MIT", re.compile(r"MIT License|Permission is hereby granted, free of charge", re.IGNORECASE)),
    ("BSD", re.compile(r"BSD License|Redistribution and use in source and binary", re.IGNORECASE)),
)
HOLDER: Final = re.compile(
    r"(?:copyright|\(c\)|\u00a9)[ \t]*(?:\(c\)|\u00a9|,)?[ \t]*[\d,\- \t]{0,40}"
    r"(?:by[ \t]+)?([^\W\d_][^\r\n]{2,120})",
    re.IGNORECASE,
)
AUTHOR: Final = re.compile(
    r"(?:@author|__author__[ \t]*=|\bauthors?[ \t]*:)[ \t]*[\"']?([^\W\d_][^\r\n\"']{2,120})",
    re.IGNORECASE,
)
TAIL: Final = re.compile(r"(?i)[.,;:]?\s*(?:all rights reserved|<[^>]*>|\*/|-->).*$")
NOT_WHO: Final = re.compile(
    r"(?i)^(?:notice|holders?|owners?|and|or|is|the above|the following|law|license|permission"
    r"|statement|information|of|in|for|to|date|year|line|header)\b"
)


def facts_of(raw: bytes, *, digest: str = "") -> FileFacts:
    """Licence and holders as the head of a text names them.

    Args:
        raw: The text.
        digest: SHA-256 (hex) of a file that was set aside.
    """
    head = raw[:HEAD].decode("utf-8", "replace")
    spdx = SPDX.search(head)
    named = next((name for name, found in LICENCES if found.search(head)), "")
    holders: dict[str, None] = {}
    for pattern in (HOLDER, AUTHOR):
        for found in pattern.finditer(head):
            name = _name(found.group(1))
            if name:
                holders[name] = None
    return FileFacts(
        licence=spdx.group(1).strip() if spdx else named,
        holders=tuple(holders)[:HOLDERS],
        digest=digest,
    )


def _name(text: str) -> str:
    """A holder's name without what stands around it; empty if it is none."""
    name = TAIL.sub("", text).strip(" \t.,;:*#/-\"'")[:LONGEST].strip()
    return "" if NOT_WHO.match(name) or sum(map(str.isalpha, name)) < 3 else " ".join(name.split())

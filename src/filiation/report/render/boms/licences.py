"""Which licences do these words name, as a bill of materials has them?"""

import re
from collections.abc import Sequence
from typing import Final

__all__ = ["expression"]

# Those that both formats know by these identifiers; others go by the words that were found.
KNOWN: Final = frozenset(
    {
        *("Apache-2.0", "MIT", "ISC", "BSD-2-Clause", "BSD-3-Clause", "MPL-2.0", "CC0-1.0"),
        *("CC-BY-4.0", "CC-BY-SA-4.0", "CC-BY-NC-4.0", "CC-BY-NC-SA-4.0"),
        *("GPL-2.0-only", "GPL-3.0-only", "LGPL-3.0-only", "AGPL-3.0-only"),
        *("GPL-2.0-or-later", "GPL-3.0-or-later", "LGPL-3.0-or-later", "AGPL-3.0-or-later"),
    }
)
_LOWER: Final = {name.lower(): name for name in KNOWN}


def expression(said: Sequence[str]) -> tuple[list[str], list[str]]:
    """Identifiers that stand there as such, and the words that are no identifier."""
    found = [(text, _LOWER.get(re.sub(r"\s+", "-", text.strip().lower()))) for text in said]
    known = [name for _, name in found if name is not None]
    return list(dict.fromkeys(known)), [text for text, name in found if name is None]

"""TOML that somebody else wrote, read in a time that goes with its length.

`tomllib` remembers every beginning of a dotted key: one of 20,000 parts, 40 kB, takes 1.6 GB and
seconds, one of a megabyte no machine has room for. So keys of many parts are refused first.
"""

import re
import tomllib
from typing import Any, Final

__all__ = ["toml_of"]

PARTS: Final = 32  # of a key at most; no tool writes so many
# Texts and remarks, closed or not, each in one pass: where a key may stand nothing else has dots.
ASIDE: Final = re.compile(
    r'"""(?:[^"\\]|\\.|"(?!""))*+(?:""")?'
    r"|'''(?:[^']|'(?!''))*+(?:''')?"
    r'|"(?:[^"\\\n]|\\[^\n])*+"?'
    r"|'[^'\n]*+'?"
    r"|#[^\n]*+",
    re.DOTALL,
)
LONG: Final = re.compile(rf'(?<![\w"-])(?:[\w"-]++[ \t]*+\.[ \t]*+){{{PARTS}}}')


def toml_of(text: str) -> dict[str, Any]:
    """Parse it.

    Raises:
        ValueError: Not TOML, nested too deeply, or a key of more parts than any tool writes.
    """
    bare = ASIDE.sub(lambda found: '"' + "\n" * found[0].count("\n"), text)
    if (long := LONG.search(bare)) is not None:
        line = bare.count("\n", 0, long.start()) + 1
        raise ValueError(f"a key of more than {PARTS} parts (at line {line}, column 1)")
    try:
        return tomllib.loads(text)
    except RecursionError as error:
        raise ValueError("nested too deeply") from error

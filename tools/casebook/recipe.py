"""What decides the weights of a model, as text that does not change when fields are added.

A field that came later is marked `metadata=LATER`; at its default, which was implied before, it is
left out, so that the recipes of models built before it existed stay as they were recorded.
"""

import hashlib
from dataclasses import fields, is_dataclass
from types import MappingProxyType

LATER = MappingProxyType({"later": True})


def said(value: object) -> str:
    """The `repr` of a frozen value without the later fields that only say what was implied."""
    if is_dataclass(value) and not isinstance(value, type):
        spoken = (
            f"{part.name}={said(getattr(value, part.name))}"
            for part in fields(value)
            if not ("later" in part.metadata and getattr(value, part.name) == part.default)
        )
        return f"{type(value).__qualname__}({', '.join(spoken)})"
    if isinstance(value, tuple):
        inner = ", ".join(said(item) for item in value)
        return f"({inner},)" if len(value) == 1 else f"({inner})"
    return repr(value)


def digest(*parts: object) -> str:
    """The sha256 of what the parts say."""
    return hashlib.sha256(said(parts).encode()).hexdigest()

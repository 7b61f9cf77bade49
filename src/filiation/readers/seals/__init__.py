"""Materials as parts and blocks, to be sealed."""

from filiation.readers.seals.parts import Laid, parts_of

__all__ = ["Laid", "parts_of"]

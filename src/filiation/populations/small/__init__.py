"""A population that anybody can build in a minute: tiny models trained in numpy, truth known."""

from pathlib import Path
from typing import Final

__all__ = ["SMALL"]

SMALL: Final = Path(__file__).with_name("criteria.toml")

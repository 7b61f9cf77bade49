"""Where the recorded answers of public models lie: in a folder `shared` somewhere above."""

from pathlib import Path
from typing import Final

__all__ = ["ROOT", "shared"]

ROOT: Final = Path(__file__).resolve().parents[2]


def shared(name: str) -> Path:
    """Return the path of a file of shared/outputs, whether or not it is there."""
    places = [above / "shared" / "outputs" / name for above in ROOT.parents]
    return next((place for place in places if place.is_file()), places[0])

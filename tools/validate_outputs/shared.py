"""Where recorded answers lie: public models' in a folder `shared` above, our population's built."""

import os
from pathlib import Path
from typing import Final

__all__ = ["ROOT", "population", "shared"]

ROOT: Final = Path(__file__).resolve().parents[2]


def shared(name: str) -> Path:
    """Return the path of a file of shared/outputs, whether or not it is there."""
    places = [above / "shared" / "outputs" / name for above in ROOT.parents]
    return next((place for place in places if place.is_file()), places[0])


def population() -> Path:
    """The folder that FILIATION_POPULATION names, else where `make population` builds."""
    cache = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache")
    named = os.environ.get("FILIATION_POPULATION")
    return Path(named) if named else cache / "filiation" / "population"

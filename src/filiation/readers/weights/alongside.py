"""Where do the files lie that come along with a model's weights, and which of them may be read?"""

from collections.abc import Collection
from pathlib import Path

from filiation.errors import FiliationError
from filiation.files import shown
from filiation.readers.weights.declared.places import look_beside
from filiation.readers.weights.folder import find_weights
from filiation.readers.weights.whereabouts import model_folder

__all__ = ["led_out", "model_file"]


def model_file(spec: str) -> Path | None:
    """The folder of a model on this machine, or its GGUF file; None of anything else.

    A folder that holds nothing but one GGUF model stands for that file. Of a file of weights in
    another container that was named by itself nothing comes along: what stands beside it may be
    another model's.
    """
    path = Path(spec)
    try:
        if path.is_dir():
            return _in_folder(model_folder(path))
        return path if path.is_file() and find_weights(path).container == "gguf" else None
    except FiliationError:  # said by whoever reads the weights
        return None


def _in_folder(folder: Path) -> Path:
    found = find_weights(folder)
    alone = found.container == "gguf" and len(found.files) == 1 and found.config is None
    return found.files[0] if alone else folder


def led_out(folder: Path, names: Collection[str]) -> str:
    """Why files of these names are not read: one is a link that leads out of the folder."""
    out = [name for name in look_beside(folder).led_out if name in names]
    return f"{shown(out[0])} is a link that leads out of the folder" if out else ""

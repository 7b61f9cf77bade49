"""The architecture that a model states beside its weights, or in their GGUF file."""

from filiation.readers.architecture.opening import CONFIG, WANTED
from filiation.readers.reader import Lying
from filiation.readers.weights.alongside import led_out, model_file

__all__ = ["lying_beside"]


def lying_beside(spec: str) -> Lying | None:
    """The configuration of a model's folder, measured with its tensors; else of its GGUF file."""
    at = model_file(spec)
    if at is None or (at.is_dir() and not (at / CONFIG).exists()):
        return None
    return Lying(spec=f"{at}{WANTED}", unread=led_out(at, (CONFIG,)) if at.is_dir() else "")

"""Versions of what computes the numbers."""

import platform

import numpy as np
import scipy

__all__ = ["environment"]


def environment() -> tuple[str, ...]:
    """Versions that the last digits may hang on."""
    return (
        f"python {platform.python_version()}",
        f"numpy {np.__version__}",
        f"scipy {scipy.__version__}",
    )

"""How often a test of size or power repeats: half as often in `make test` as in `make validate`."""

import os

__all__ = ["trials"]


def trials(whole: int) -> int:
    """`whole` where the environment says TRIALS=whole, as `make validate` does; half of it else."""
    return whole if os.environ.get("TRIALS") == "whole" else whole // 2

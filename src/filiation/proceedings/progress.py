"""How long work is told of while it lasts: two plain functions, whoever shows them."""

from collections.abc import Callable
from typing import TypeAlias

__all__ = ["Progress", "Step", "added_up", "counted", "no_progress", "no_step", "reading"]

Step: TypeAlias = Callable[[str], None]  # told what is being done now
Progress: TypeAlias = Callable[[int, int], None]  # told how much of it is done, of how much


def no_step(doing: str) -> None:
    """Tell nobody what is being done."""


def no_progress(done: int, total: int) -> None:
    """Tell nobody how much is done."""


def counted(what: str, step: Step, progress: Progress) -> Progress:
    """Tell of each of many: "pair 3 of 10"."""

    def further(done: int, total: int) -> None:
        step(f"{what} {done} of {total}")
        progress(done, total)

    return further


def reading(step: Step, progress: Progress) -> Callable[[str, int, int], None]:
    """Tell of what is being read, as a reader tells of it: "reading parent"."""

    def advance(what: str, done: int, size: int) -> None:
        step(f"reading {what}")
        progress(done, size)

    return advance


def added_up(total: int, progress: Progress) -> Callable[[int], None]:
    """Tell how much is done where only what was added is known."""
    done = 0

    def further(more: int) -> None:
        nonlocal done
        done += more
        progress(done, total)

    return further

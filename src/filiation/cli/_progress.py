"""Progress of long work, on a terminal's stderr; nothing when piped or quiet."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, final

if TYPE_CHECKING:
    from rich.progress import Progress

__all__ = ["Bar", "bar"]

MANY = 1 << 20  # from here on it is bytes that are counted


@final
class Bar:
    """One bar, told by `step` what is being done and by `progress` how much of it."""

    def __init__(self, shown: "Progress") -> None:
        self._shown = shown
        self._task = shown.add_task("", total=None, amount="")
        self._finished = False

    def step(self, doing: str) -> None:
        """Say what is being done now; work that was finished is left behind."""
        if self._finished:
            self._shown.reset(self._task, total=None, amount="")
            self._finished = False
        self._shown.update(self._task, description=doing)

    def progress(self, done: int, total: int) -> None:
        """Say how much is done, of how much."""
        self._finished = done >= total
        self._shown.update(self._task, completed=done, total=total, amount=_amount(done, total))


@contextmanager
def bar(quiet: bool) -> Iterator[Bar]:
    """Show a bar while the work lasts."""
    from rich.progress import BarColumn, Progress, TextColumn, TimeRemainingColumn

    from filiation.cli._printing import console

    on = console(stderr=True)
    with Progress(
        TextColumn("{task.description}"),
        BarColumn(),
        TextColumn("{task.fields[amount]}"),
        TimeRemainingColumn(),
        console=on,
        transient=True,
        disable=quiet or not on.is_terminal,
    ) as shown:
        yield Bar(shown)


def _amount(done: int, total: int) -> str:
    if total < MANY:
        return f"{done:,}/{total:,}"
    return f"{done / 1e6:,.0f}/{total / 1e6:,.0f} MB"

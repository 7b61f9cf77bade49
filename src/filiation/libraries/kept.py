"""Work of many tasks that goes on where it stopped: what its journal holds is not done again."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any, TypeAlias, TypeVar

from filiation.libraries.executor import Executor
from filiation.libraries.journal import Journal

__all__ = ["run_kept", "run_numbered"]

T = TypeVar("T")
Step: TypeAlias = Callable[[int, int], None]


def run_kept(
    function: Callable[..., T],
    tasks: Sequence[tuple[Any, ...]],
    executor: Executor,
    journal: Journal[T] | None,
    step: Step,
) -> list[T]:
    """Run every task that the journal does not hold, and return all outcomes in their order.

    Args:
        function: At module level, for each task.
        tasks: Its arguments, task by task.
        executor: Where tasks run; the outcomes do not depend on it.
        journal: Keeps each outcome as it comes and is closed in any case; None: nothing is kept.
        step: Called with (tasks done, of all) at the start and after each.
    """
    finished = False
    try:
        found = run_numbered(function, dict(enumerate(tasks)), executor, journal, step)
        finished = True
    finally:
        if journal is not None:
            journal.close(finished=finished)
    return [found[index] for index in range(len(tasks))]


def run_numbered(
    function: Callable[..., T],
    tasks: Mapping[int, tuple[Any, ...]],
    executor: Executor,
    journal: Journal[T] | None,
    step: Step,
) -> dict[int, T]:
    """Run every task of these numbers that the journal, which stays open, does not hold."""
    kept = {} if journal is None else journal.kept
    found = {number: kept[number] for number in tasks if number in kept}
    todo = [number for number in tasks if number not in found]
    step(len(found), len(tasks))
    for place, outcome in executor.run(function, [tasks[number] for number in todo]):
        found[todo[place]] = outcome
        if journal is not None:
            journal.add(todo[place], outcome)
        step(len(found), len(tasks))
    return found

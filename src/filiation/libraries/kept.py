"""Work of many tasks that goes on where it stopped: what its journal holds is not done again."""

from collections.abc import Callable, Sequence
from typing import Any, TypeAlias, TypeVar

from filiation.libraries.executor import Executor
from filiation.libraries.journal import Journal

__all__ = ["run_kept"]

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
    outcomes = {} if journal is None else dict(journal.kept)
    finished = False
    try:
        todo = [index for index in range(len(tasks)) if index not in outcomes]
        step(len(outcomes), len(tasks))
        for place, outcome in executor.run(function, [tasks[index] for index in todo]):
            outcomes[todo[place]] = outcome
            if journal is not None:
                journal.add(todo[place], outcome)
            step(len(outcomes), len(tasks))
        finished = True
    finally:
        if journal is not None:
            journal.close(finished=finished)
    return [outcomes[index] for index in range(len(tasks))]

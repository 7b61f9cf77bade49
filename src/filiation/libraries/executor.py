"""Where independent tasks run: in this process, in a pool of this machine, or on a Ray cluster.

A task is a function at module level and its arguments. Outcomes do not depend on where they were
made: every task computes on one thread with streams named by the exhibits, so that a survey on a
cluster gives the same bytes as one on a laptop.
"""

import os
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, ProcessPoolExecutor, wait
from concurrent.futures.process import BrokenProcessPool
from dataclasses import dataclass
from multiprocessing import get_context
from typing import Any, Final, Protocol, TypeVar, final

from threadpoolctl import threadpool_limits

from filiation.errors import FiliationError, UsageError

__all__ = ["Executor", "InProcess", "LocalPool", "RayCluster", "executor_named"]

T = TypeVar("T")
TRIES: Final = 3  # a task whose worker died is tried so often before the run gives up
AHEAD: Final = 4  # tasks in flight per worker: enough to keep it busy, few enough to bound memory


class Executor(Protocol):
    """Runs tasks in some place; their outcomes do not depend on it."""

    def run(
        self, function: Callable[..., T], tasks: Sequence[tuple[Any, ...]]
    ) -> Iterator[tuple[int, T]]:
        """Yield (index of the task, outcome) as they come, in any order.

        Raises:
            FiliationError: What a task raised; or a worker died at the same task again and again.
        """


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class InProcess:
    """Runs tasks one after the other, in this process."""

    def run(
        self, function: Callable[..., T], tasks: Sequence[tuple[Any, ...]]
    ) -> Iterator[tuple[int, T]]:
        for index, task in enumerate(tasks):
            yield index, _alone(function, task)


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class LocalPool:
    """Worker processes of this machine; a worker that dies is replaced and its tasks retried."""

    workers: int

    def run(
        self, function: Callable[..., T], tasks: Sequence[tuple[Any, ...]]
    ) -> Iterator[tuple[int, T]]:
        waiting = list(range(len(tasks)))[::-1]
        tried = [0] * len(tasks)
        while waiting:
            flying: dict[Future[T], int] = {}
            with ProcessPoolExecutor(self.workers, mp_context=get_context("spawn")) as pool:
                try:
                    while waiting or flying:
                        while waiting and len(flying) < AHEAD * self.workers:
                            index = waiting.pop()
                            tried[index] += 1
                            flying[pool.submit(_alone, function, tasks[index])] = index
                        landed, _ = wait(flying, return_when=FIRST_COMPLETED)
                        for future in landed:
                            outcome = future.result()
                            yield flying.pop(future), outcome
                except BrokenProcessPool:
                    waiting += _again(flying.values(), tried)
                except BaseException:
                    pool.shutdown(wait=False, cancel_futures=True)
                    raise


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class RayCluster:
    """Workers of a Ray cluster (extra `ray`); Ray retries tasks whose worker died.

    Attributes:
        address: The cluster's; `auto` for the one this machine belongs to, `local` to start one.
        workers: Processes to start for `local`.
    """

    address: str = "local"
    workers: int = 2

    def run(
        self, function: Callable[..., T], tasks: Sequence[tuple[Any, ...]]
    ) -> Iterator[tuple[int, T]]:
        try:
            import ray
        except ImportError as error:
            raise UsageError(
                "ray is not installed, expected the extra `ray`: pip install 'filiation[ray]'"
            ) from error
        cluster: Any = ray  # its types are partial
        started = not ray.is_initialized()
        if started:
            cores = self.workers if self.address == "local" else None
            ray.init(address=self.address, num_cpus=cores, log_to_driver=False)
        try:
            remote: Any = ray.remote(max_retries=TRIES - 1, num_cpus=1)(_alone)
            waiting = list(range(len(tasks)))[::-1]
            ahead = AHEAD * max(1, int(cluster.cluster_resources().get("CPU", 1)))
            flying: dict[Any, int] = {}
            while waiting or flying:
                while waiting and len(flying) < ahead:
                    index = waiting.pop()
                    flying[remote.remote(function, tasks[index])] = index
                landed, _ = ray.wait(list(flying), num_returns=1)
                for reference in landed:
                    yield flying.pop(reference), _fetched(ray, reference)
        finally:
            if started:
                ray.shutdown()


def executor_named(name: str) -> Executor:
    """`local:N` (processes of this machine), `ray` (a cluster started here) or `ray:ADDRESS`.

    Raises:
        UsageError: Neither.
    """
    kind, _, rest = name.partition(":")
    if kind == "ray":
        return RayCluster(address=rest or "local", workers=os.cpu_count() or 1)
    if kind == "local" and (not rest or rest.isdecimal()):
        workers = int(rest or os.cpu_count() or 1)
        if 1 <= workers <= 4096:
            return InProcess() if workers == 1 else LocalPool(workers=workers)
    raise UsageError(f"executor {name!r}: expected local, local:N, ray or ray:ADDRESS")


def _alone(function: Callable[..., T], task: tuple[Any, ...]) -> T:
    with threadpool_limits(1):
        return function(*task)


def _again(indices: Iterable[int], tried: Sequence[int]) -> list[int]:
    """The tasks to repeat after a worker died; which of them killed it is not known."""
    lost = list(indices)
    for index in lost:
        if tried[index] >= TRIES:
            raise FiliationError(
                f"task {index}: a worker died {TRIES} times while it ran, expected it to end; "
                "out of memory? Try fewer workers"
            )
    return lost


def _fetched(ray: Any, reference: Any) -> Any:
    try:
        return ray.get(reference)
    except ray.exceptions.RayTaskError as error:
        if isinstance(error.cause, FiliationError):
            raise error.cause from error
        raise
    except ray.exceptions.WorkerCrashedError as error:
        raise FiliationError(
            f"a worker died {TRIES} times at one task, expected it to end; out of memory?"
        ) from error

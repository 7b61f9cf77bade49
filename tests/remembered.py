"""What was computed of the same contents is computed once in a run of the tests.

Most tests that examine ask about the same few models: not for the numbers, but for what is said of
them, kept and verified. So what methods, planted copies, the relation of two models and known pairs
gave is remembered by all that went in, to the last byte of every array, and shared by the processes
of pytest-xdist. Another byte, name, seed or parameter, and it is computed.

What then goes unseen is a computation that gives something else the second time. For that, tests
marked `anew` compute everything again, the contract tests call the methods themselves, and `make
validate` runs all that examine with ANEW=1, which remembers nothing.
"""

import hashlib
import os
import pickle
import threading
import time
from collections import OrderedDict
from collections.abc import Callable, Iterator, Mapping, Sequence, Set
from contextlib import contextmanager
from dataclasses import fields, is_dataclass
from functools import wraps
from pathlib import Path
from typing import Any, Final

import numpy as np
import pytest

from filiation.examining.weights.planting import ways

__all__ = ["Memory", "contents"]

COMPUTED: Final = (
    "filiation.examining.pair.ask",
    "filiation.examining.trainings.claims.drawn_on",
    "filiation.examining.trainings.claims.elsewhere",
    "filiation.examining.weights.plug.planted_parts",
    "filiation.examining.weights.plug.corroborated",
    "filiation.examining.weights.relation.relate",
    "filiation.populations.reference.learn",
)
LEAST: Final = 0.005  # seconds of the processor below which nothing is gained
LARGE: Final = 64  # things whose digest is kept, together with themselves
PLAIN: Final = (type(None), bool, int, float, complex, str, bytes)


class UnknownThingError(TypeError):
    """Something whose contents cannot be told; what takes it is computed each time."""


class Memory:
    """Results by what they were computed from, in a folder that the test processes share."""

    def __init__(self, folder: Path, least: float = LEAST) -> None:
        self.used = True
        self.least = least
        self._folder = folder
        self._digests: OrderedDict[int, tuple[Any, bytes]] = OrderedDict()
        folder.mkdir(parents=True, exist_ok=True)

    def of(self, compute: Callable[..., Any]) -> Callable[..., Any]:
        """The function, asked once for what it is given."""

        @wraps(compute)
        def told(*args: Any, **more: Any) -> Any:
            if not self.used:  # marked `anew`, or ANEW=1
                return compute(*args, **more)
            parts = (compute.__module__, compute.__qualname__, ways.TRIALS, *args, *more.items())
            try:
                key = hashlib.sha256(b"".join(map(self._digest, parts))).hexdigest()
            except UnknownThingError:
                return compute(*args, **more)
            path = self._folder / key
            if path.exists():
                return pickle.loads(path.read_bytes())  # noqa: S301  # written by this run
            began = time.thread_time()
            found = compute(*args, **more)
            if time.thread_time() - began < self.least:
                return found
            try:
                raw = pickle.dumps(found)
            except (pickle.PicklingError, TypeError, AttributeError):
                return found  # it holds what cannot be kept
            beside = path.with_suffix(f".{os.getpid()}-{threading.get_ident()}")
            beside.write_bytes(raw)
            beside.replace(path)
            return found

        return told

    @contextmanager
    def put_in_place(self) -> Iterator[None]:
        """Remember what the product computes, as long as this lasts."""
        with pytest.MonkeyPatch.context() as patch:
            for name in COMPUTED:
                module, _, function = name.rpartition(".")
                found = getattr(__import__(module, fromlist=[function]), function)
                patch.setattr(name, self.of(found))
            yield

    def _digest(self, thing: Any) -> bytes:
        """Of all that it holds; kept, since the same sketch is asked for often."""
        if isinstance(thing, tuple):
            return hashlib.sha256(b"".join(map(self._digest, thing))).digest()
        if not is_dataclass(thing) or isinstance(thing, type):
            return contents(thing)
        kept = self._digests.get(id(thing))
        if kept is None:
            kept = self._digests[id(thing)] = (thing, contents(thing))
        self._digests.move_to_end(id(thing))
        if len(self._digests) > LARGE:
            self._digests.popitem(last=False)
        return kept[1]


def contents(thing: Any) -> bytes:
    """A digest of a thing's type and of all that it holds.

    Raises:
        UnknownThingError: It holds something that is no plain value, array, collection or dataclass
            of the program.
    """
    of = type(thing)
    digest = hashlib.blake2b(f"{of.__module__} {of.__qualname__} ".encode(), digest_size=32)
    if isinstance(thing, PLAIN):
        digest.update(repr(thing).encode())
    elif isinstance(thing, np.ndarray | np.generic):
        array = np.asarray(thing)
        if array.dtype.hasobject:
            raise UnknownThingError(f"an array of {array.dtype}")
        digest.update(f"{array.dtype.str} {array.dtype.name} {array.shape}".encode())
        digest.update(np.ascontiguousarray(array).tobytes())
    elif is_dataclass(thing) and of.__module__.startswith("filiation."):
        for one in fields(thing):
            digest.update(contents(getattr(thing, one.name)))
    elif isinstance(thing, Mapping):
        digest.update(b"".join(sorted(contents(k) + contents(v) for k, v in thing.items())))
    elif isinstance(thing, Set):
        digest.update(b"".join(sorted(map(contents, thing))))
    elif isinstance(thing, Sequence):
        digest.update(b"".join(map(contents, thing)))
    else:
        raise UnknownThingError(of.__name__)
    return digest.digest()

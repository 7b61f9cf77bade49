"""Uniform draws of torch on a GPU of NVIDIA: Philox, and which thread fills which value.

The seed is the key. The counter holds the generator's offset and the number of a thread. A draw is
spread over blocks of 256 threads, as many as it has values or as the GPU holds at once; a thread
takes its four words for values that lie one round of all threads apart, then its next four (ATen,
DistributionTemplates.h; cuRAND, curand_uniform4). So the threads that a GPU holds, its
multiprocessors times the threads of each, decide draws that are longer. Normal values follow from
the same words by the GPU's own sine, whose last bits are its own: they are not drawn here.
"""

from collections.abc import Iterator
from typing import Any, Final, TypeAlias, final

import numpy as np
from numpy.typing import NDArray

from filiation.errors import CaseError
from filiation.numerics.draws.counters import philox
from filiation.numerics.draws.elementary import fused

__all__ = ["BLOCK", "WORDS", "CudaStream", "cuda_uniform", "cuda_words"]

Float32: TypeAlias = NDArray[np.float32]

BLOCK: Final = 256  # threads
WORDS: Final = 4  # of each counter
LARGEST: Final = 1 << 29  # values; longer draws of single precision are split by their bytes
CHUNK: Final = 1 << 18  # values
LOW: Final = np.uint64(0xFFFFFFFF)
HIGH: Final = np.uint64(32)


def cuda_words(
    seed: int, offset: int, places: NDArray[np.uint64], *, size: int, threads: int
) -> tuple[NDArray[np.uint32], NDArray[np.int64]]:
    """The four words of the thread that fills each place, and which of them is for it.

    Args:
        seed: Of the generator, below 2**64.
        offset: Of the generator: four for each four words that a thread took before.
        places: Of values in the draw.
        size: Values of the draw.
        threads: That the GPU holds at once.

    Returns:
        Words [places, 4], and one of 0 to 3 for each place.
    """
    round_of = np.uint64(_threads(size, threads))
    turn = places // round_of
    count = np.uint64(offset // WORDS) + turn // np.uint64(WORDS)
    thread = places % round_of
    counter = np.stack([count & LOW, count >> HIGH, thread & LOW, thread >> HIGH], axis=-1)
    words = philox((seed & int(LOW), seed >> 32), counter.astype(np.uint32))
    return words, (turn % np.uint64(WORDS)).astype(np.int64)


def cuda_uniform(words: NDArray[np.uint32]) -> Float32:
    """What cuRAND makes of words: above 0, up to 1."""
    return words.astype(np.float32) * np.float32(2.0**-32) + np.float32(2.0**-33)


def _threads(size: int, threads: int) -> int:
    """That take part in a draw."""
    return min(-(-size // BLOCK), threads // BLOCK) * BLOCK


@final
class CudaStream:
    """After `torch.manual_seed(seed)`, on a GPU that holds so many threads, in single precision."""

    def __init__(self, seed: int, threads: int) -> None:
        self._seed = seed
        self._threads = threads
        self._offset = 0

    def uniform(self, size: int, low: float, high: float) -> Iterator[Float32]:
        """So many uniform values, in blocks.

        Raises:
            CaseError: More than one launch draws.
        """
        if size > LARGEST:
            raise CaseError(
                f"recipe: {size:,} values of one draw on a GPU, expected at most {LARGEST:,}; "
                "torch splits longer ones"
            )
        begin, end = np.float32(low), np.float32(high)
        first = self._offset
        rounds = WORDS * _threads(size, self._threads)
        self._offset += WORDS * ((size - 1) // rounds + 1)
        return self._drawn(first, size, begin, end)

    def _drawn(self, offset: int, size: int, begin: Any, end: Any) -> Iterator[Float32]:
        for start in range(0, size, CHUNK):
            places = np.arange(start, min(start + CHUNK, size), dtype=np.uint64)
            words, which = cuda_words(
                self._seed, offset, places, size=size, threads=self._threads
            )  # fmt: skip
            share = cuda_uniform(np.take_along_axis(words, which[:, None], axis=1)[:, 0])
            made = fused(share, end - begin, begin)
            yield np.where(made == end, begin, made)

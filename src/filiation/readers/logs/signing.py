"""Keyed signatures: what equal prompts, accounts and templates share, and nothing else.

Single texts are signed by keyed BLAKE2b with 8 bytes of digest (RFC 7693): a pseudo-random function
in one pass, some three times as fast here as HMAC-SHA-256, which needs two and a longer digest that
would be cut. A prompt has hundreds of shingles, and a hash of each would cost more than all the
rest: so every word is signed once (and remembered), a shingle is brought to 128 bits by two linear
forms with secret odd coefficients over the signatures of its words, and these are encrypted by AES.
Linear forms of pseudo-random words collide as rarely as random numbers do, and the cipher hides
everything but equality: hash, then encrypt (Carter and Wegman, 1981). Smallest of all is then a
uniform sample (Broder, 1997): the four smallest of a prompt are four of its shingles at random, the
same ones wherever the same shingles stand.
"""

import hashlib
import json
from collections.abc import Callable, Sequence
from typing import Any, Final, final

import numpy as np
from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes
from numpy.typing import NDArray

from filiation.readers.logs.key import LogKey

__all__ = ["SHINGLES", "WIDTH", "Signer"]

WIDTH: Final = 5  # words of a shingle
LEAST: Final = 3  # words of a prompt that is shorter than a shingle and still has one
SHINGLES: Final = 4
REMEMBERED: Final = 1 << 19  # words whose signature is kept at hand
LONG_WORD: Final = 64  # characters of a word that is not remembered
NONE: Final = np.uint64(0xFFFF_FFFF_FFFF_FFFF)

U64 = NDArray[np.uint64]


@final
class Signer:
    """Signs under the keys derived from one key, one for each purpose."""

    def __init__(self, key: LogKey) -> None:
        self._key = key
        self._keys: dict[str, bytes] = {}
        self._words = _Words(key.derived("word"))
        coefficients = hashlib.shake_256(key.derived("shingle.forms")).digest(16 * WIDTH)
        self._forms = np.frombuffer(coefficients, dtype="<u8").reshape(2, WIDTH) | np.uint64(1)
        self._cipher = Cipher(algorithms.AES(key.derived("shingle.cipher")), modes.ECB())

    def text(self, purpose: str, text: str) -> int:
        """The signature of a text for one purpose, 64 bits and never 0; 0 of an empty one."""
        if not text:
            return 0
        digest = hashlib.blake2b(_bytes(text), digest_size=8, key=self._derived(purpose)).digest()
        return int.from_bytes(digest, "little") or 1

    def name(self, text: str) -> tuple[int, int]:
        """The hashed name of an account, 128 bits."""
        key = self._derived("account")
        digest = hashlib.blake2b(_bytes(text), digest_size=16, key=key).digest()
        return int.from_bytes(digest[:8], "little"), int.from_bytes(digest[8:], "little")

    def value(self, purpose: str, value: Any) -> int:
        """The signature of a JSON value, whatever the order of its keys; 0 of an empty one."""
        if not value:
            return 0
        return self.text(purpose, json.dumps(value, sort_keys=True, separators=(",", ":")))

    def shingles(self, prompts: Sequence[Sequence[str]]) -> U64:
        """The smallest signatures of shingles of each prompt, ascending, u64 [n, 4]; 0 for none."""
        found = np.zeros((len(prompts), SHINGLES), dtype=np.uint64)
        places, lengths, words = [], [], []
        for place, prompt in enumerate(prompts):
            if len(prompt) >= LEAST:
                places.append(place)
                lengths.append(max(len(prompt), WIDTH))
                words += [*prompt, *[""] * (WIDTH - len(prompt))]
        if places:
            signed = np.array(self._words.of(words), dtype=np.uint64)
            found[places] = _smallest(self._encrypted(signed), np.array(lengths))
        return found

    def _derived(self, purpose: str) -> bytes:
        if purpose not in self._keys:
            self._keys[purpose] = self._key.derived(purpose)
        return self._keys[purpose]

    def _encrypted(self, words: U64) -> U64:
        """The signature of the shingle that begins at each word, u64 [words - WIDTH + 1]."""
        windows = np.lib.stride_tricks.sliding_window_view(words, WIDTH)
        blocks = np.zeros((len(windows), 2), dtype="<u8")
        for place in range(WIDTH):
            blocks += windows[:, place, None] * self._forms[None, :, place]
        raw = self._cipher.encryptor().update(blocks.tobytes())
        signed = np.frombuffer(raw, dtype="<u8")[::2].astype(np.uint64)
        return np.clip(signed, np.uint64(1), NONE - np.uint64(1))


@final
class _Words(dict[str, int]):
    """Signatures of words, made when they are first asked for."""

    def __init__(self, key: bytes) -> None:
        super().__init__()
        self._key = key

    def of(self, words: Sequence[str]) -> list[int]:
        if len(self) > REMEMBERED:
            self.clear()
        look: Callable[[str], int] = self.__getitem__
        return [*map(look, words)]

    def __missing__(self, word: str) -> int:
        digest = hashlib.blake2b(_bytes(word), digest_size=8, key=self._key).digest()
        signed = int.from_bytes(digest, "little")
        if len(word) <= LONG_WORD:
            self[word] = signed
        return signed


def _smallest(signed: U64, lengths: NDArray[np.int64]) -> U64:
    """The smallest few of each prompt's shingles; those that span two prompts are none."""
    ends = np.cumsum(lengths)
    starts = ends - lengths
    for before in range(1, WIDTH):
        across = ends[:-1] - before
        signed[across] = NONE
    belongs = np.repeat(np.arange(len(lengths)), lengths)[: len(signed)]
    found = np.zeros((len(lengths), SHINGLES), dtype=np.uint64)
    for place in range(SHINGLES):
        least = np.minimum.reduceat(signed, starts)
        found[:, place] = np.where(least == NONE, 0, least)
        signed[signed == least[belongs]] = NONE
    return found


def _bytes(text: str) -> bytes:
    return text.encode("utf-8", "surrogatepass")

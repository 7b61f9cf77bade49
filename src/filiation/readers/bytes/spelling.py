"""From a token as a tokenizer's file writes it to the bytes it stands for.

Source: https://github.com/huggingface/tokenizers (decoders, pre_tokenizers). Three ways to write
bytes as text: the byte alphabet of GPT-2, SentencePiece's U+2581 for a space with `<0x0A>` for
single bytes, and WordPiece, where a word's first piece is the unmarked one.
"""

import re
from collections.abc import Callable
from functools import cache

__all__ = ["Speller", "alphabet_speller", "piece_speller", "word_speller"]

Speller = Callable[[str], bytes]
_BYTE = re.compile(r"<0x([0-9A-Fa-f]{2})>")


def alphabet_speller(text: str) -> bytes:
    """What GPT-2's alphabet spells; the text's own bytes where it holds another letter."""
    alphabet = _alphabet()
    if all(letter in alphabet for letter in text):
        return bytes(alphabet[letter] for letter in text)
    return _utf8(text)


def piece_speller(text: str) -> bytes:
    """What a piece of SentencePiece spells; GPT-1 and CLIP mark the ends of words by `</w>`."""
    single = _BYTE.fullmatch(text)
    if single:
        return bytes([int(single[1], 16)])
    if text.endswith("</w>"):
        text = text.removesuffix("</w>") + " "
    return _utf8(text.replace("\u2581", " "))


def word_speller(prefix: str) -> Speller:
    """What WordPiece spells: a space before whatever does not continue a word (`prefix`)."""

    def spell(text: str) -> bytes:
        inside = bool(prefix) and text.startswith(prefix)
        return _utf8(text.removeprefix(prefix) if inside else " " + text)

    return spell


def _utf8(text: str) -> bytes:
    return text.encode("utf-8", errors="surrogatepass")


@cache
def _alphabet() -> dict[str, int]:
    """GPT-2's letters for bytes: printable Latin-1 as itself, the others from U+0100 on."""
    plain = [*range(0x21, 0x7F), *range(0xA1, 0xAD), *range(0xAE, 0x100)]
    others = [byte for byte in range(256) if byte not in plain]
    return {chr(byte): byte for byte in plain} | {
        chr(0x100 + n): byte for n, byte in enumerate(others)
    }

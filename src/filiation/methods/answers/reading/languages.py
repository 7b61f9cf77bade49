"""In which language are these texts, roughly? By script, and where that is Latin by short words.

Good enough to say that one party was asked in German what the other was asked in English; no text
is judged by it.
"""

import re
import unicodedata
from collections import Counter
from collections.abc import Iterable
from typing import Final

__all__ = ["language"]

LOOKED: Final = 2_000  # characters of a text
FEWEST: Final = 10  # short words, or letters of a script, below which nothing is said
SHORT: Final = {
    "English": "the of and to is in that which what how for are with from be it on was",
    "German": "der die das und ist ein eine nicht wie welche welcher von zu mit den dem sind im",
    "French": "le les des est une dans quel quelle qui pour que du sont avec sur et au par",
    "Spanish": "el los las es una qu\u00e9 cu\u00e1l por para con del en son y como que se",
    "Italian": "il gli che di \u00e8 una quale sono con per del della nel come cosa i lo",
    "Portuguese": "o os uma qual \u00e9 para com do da em s\u00e3o que n\u00e3o como dos das",
    "Dutch": "het een van is welke wat hoe zijn met voor niet op dat en de aan",
}
SCRIPTS: Final = {
    "CJK": "Chinese or Japanese",
    "HIRAGANA": "Japanese",
    "KATAKANA": "Japanese",
    "HANGUL": "Korean",
    "CYRILLIC": "a language in Cyrillic letters",
    "ARABIC": "a language in Arabic letters",
    "HEBREW": "Hebrew",
    "GREEK": "Greek",
    "DEVANAGARI": "a language in Devanagari letters",
    "THAI": "Thai",
}
_WORD: Final = re.compile(r"[^\W\d_]+")
_WORDS: Final = {name: frozenset(words.split()) for name, words in SHORT.items()}


def language(texts: Iterable[str]) -> str:
    """The language of most of these texts, or empty where it cannot be told."""
    scripts: Counter[str] = Counter()
    short: Counter[str] = Counter()
    for text in texts:
        head = text[:LOOKED]
        scripts.update(_script(letter) for letter in head if letter.isalpha())
        words = _WORD.findall(head.casefold())
        for name, known in _WORDS.items():
            short[name] += sum(1 for word in words if word in known)
    if not scripts:
        return ""
    script, letters = scripts.most_common(1)[0]
    if script != "LATIN":
        return SCRIPTS.get(script, "") if letters >= FEWEST else ""
    (first, most), (_, second) = short.most_common(2)
    return first if most >= FEWEST and most > 1.2 * second else ""


def _script(letter: str) -> str:
    return "LATIN" if letter.isascii() else unicodedata.name(letter, "").partition(" ")[0]

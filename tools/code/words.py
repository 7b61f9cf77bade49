"""Which words and numbers does everybody write? A sketch of a word list and unrelated projects.

`python tools/code/words.py WORD_LIST PROJECT..`: the list is the JSON (gzip) of pyspellchecker,
with each word's frequency; each project a folder of source code. Kept are 32 bits of a hash of each
word of the list and of each word or number that two projects write; and of the frequent words, of
which a misspelt one is one step away. Only hashes are kept, as steps from one to the next.
"""

import gzip
import json
import sys
from collections import Counter
from itertools import islice
from pathlib import Path
from typing import Final

import numpy as np

from filiation.readers.code.grammar import language_of, parsed
from filiation.readers.code.signs import words_of
from filiation.readers.code.words import WORDS, short

PROJECTS: Final = 2  # that write a word, from which it is known
FREQUENT: Final = 30_000  # words of the list that a misspelt one may be meant for
SHORTEST: Final = 5  # letters of those
FILES: Final = 400  # of one project
LARGEST: Final = 1_000_000  # bytes of a file
OUT: Final = Path(__file__).parents[2] / "src" / "filiation" / "readers" / "code" / WORDS


def written(project: Path) -> tuple[set[str], set[str]]:
    """Words and numbers of a project's sources."""
    words: set[str] = set()
    numbers: set[str] = set()
    files = (p for p in sorted(project.rglob("*")) if p.is_file() and language_of(p.name))
    for place in islice(files, FILES):
        raw = place.read_bytes()[:LARGEST]
        words.update(words_of(raw.decode("utf-8", "replace")))
        language = language_of(place.name)
        assert language is not None  # asked before
        left = [parsed(raw, language)[0]]
        while left:
            node = left.pop()
            left += node.kids
            if not node.kids and node.text[:1].isdigit():
                plain = node.text.lower().replace("_", "").replace("'", "")
                hexed = plain.startswith("0x")
                numbers.add(plain.rstrip("ul") if hexed else plain.rstrip("ulfdj"))
    return words, numbers


def steps(words: set[str]) -> np.ndarray:
    """Hashes in order, as steps from one to the next."""
    hashes = np.unique(np.array([short(word) for word in words], dtype=np.uint64))
    return np.diff(hashes, prepend=np.uint64(0)).astype(np.uint32)


def main() -> int:
    """Write the sketch and print what it holds."""
    if len(sys.argv) < 4:
        print("expected a word list and two projects at least")
        return 2
    listed: dict[str, int] = json.loads(gzip.decompress(Path(sys.argv[1]).read_bytes()))
    often: Counter[str] = Counter()
    numbers: Counter[str] = Counter()
    for place in map(Path, sys.argv[2:]):
        words, said = written(place)
        often.update(words)
        numbers.update(said)
        print(f"{place.name}: {len(words)} words", flush=True)
    known = {word for word in listed if word.isascii()}
    known |= {word for word, many in often.items() if many >= PROJECTS}
    fit = (word for word, _ in Counter(listed).most_common() if len(word) >= SHORTEST)
    frequent = set(islice(fit, FREQUENT))
    usual = {number for number, many in numbers.items() if many >= PROJECTS}
    np.savez_compressed(OUT, known=steps(known), frequent=steps(frequent), numbers=steps(usual))
    print(f"{len(known)} words, {len(frequent)} frequent, {len(usual)} numbers")
    return 0


if __name__ == "__main__":
    sys.exit(main())

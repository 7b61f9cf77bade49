"""Keep the documents true: run the commands they quote and write, or check, what they print.

A fenced block marked `console` holds a transcript: each line that begins with `$ ` is run in a
folder that holds the repository's documents, examples and tools, and the lines after it must be its
output.
Blocks marked `console slow` are left alone unless --slow is given (`make validate` gives it), and
blocks marked `shared` besides if the recorded answers of public models are not there, and blocks
marked `population` if FILIATION_POPULATION names no folder with the whole population. With --slow
the seconds of each command that took ten or more are said.
"""

import argparse
import os
import re
import shlex
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from difflib import unified_diff
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent.parent
DOCUMENTS = ("README.md", *(str(p.relative_to(ROOT)) for p in sorted(ROOT.glob("docs/**/*.md"))))
BLOCK = re.compile(
    r"^```console( slow)?( shared| population)?\n(.*?)^```$", re.MULTILINE | re.DOTALL
)
SAID = 10.0  # seconds after which a command's time is said
SHARED = any((above / "shared" / "outputs").is_dir() for above in ROOT.parents)
POPULATION = Path(os.environ.get("FILIATION_POPULATION", os.devnull), "truth.toml")
WHOLE = 100  # models, fewer of which are a part of the population


def printed(command: str, folder: Path) -> str:
    """Standard output and error of a quoted command, at 100 columns."""
    words = shlex.split(command)
    if words[0] == "filiation":
        words[:1] = [sys.executable, "-m", "filiation"]
    elif words[0] == "python":
        words[0] = sys.executable
    paths = [str(ROOT / "tools"), *filter(None, [os.environ.get("PYTHONPATH")])]
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(paths)}
    environment |= {"COLUMNS": "100", "NO_COLOR": "1", "TERM": "dumb"}
    environment["FILIATION_HOME"] = "home"  # keys of a walk-through, not the user's own
    began = time.perf_counter()
    done = subprocess.run(
        words, cwd=folder, env=environment, text=True, stdout=-1, stderr=-2, check=False
    )
    if (seconds := time.perf_counter() - began) > SAID:
        print(f"{seconds:.0f} s: {command}", flush=True)
    return "".join(f"{line.rstrip()}\n" for line in done.stdout.splitlines())


def populated() -> bool:
    """Whether the whole population is at hand, and not a part of it."""
    return POPULATION.is_file() and POPULATION.read_text("utf-8").count("[[model]]") >= WHOLE


def commands(block: str) -> Iterator[str]:
    """The commands of a transcript."""
    return (line.removeprefix("$ ") for line in block.splitlines() if line.startswith("$ "))


def refreshed(text: str, folder: Path, *, slow: bool) -> str:
    """The document with every transcript run again."""

    def again(block: re.Match[str]) -> str:
        there = {" shared": SHARED, " population": populated()}.get(block[2], True)
        if (block[1] and not slow) or not there:
            return block[0]
        said = "".join(f"$ {c}\n{printed(c, folder)}" for c in commands(block[3]))
        return f"```console{block[1] or ''}{block[2] or ''}\n{said}```"

    return BLOCK.sub(again, text)


def main() -> int:
    """Write the documents, or with --check say which are stale."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--check", action="store_true")
    parser.add_argument("--slow", action="store_true")
    parser.add_argument("documents", nargs="*", default=DOCUMENTS, help="default: all of them")
    given = parser.parse_args()
    stale = []
    for name in given.documents:
        text = (ROOT / name).read_text()
        with tempfile.TemporaryDirectory() as folder:
            for shared in ("docs", "examples", "tools"):
                (Path(folder) / shared).symlink_to(ROOT / shared)
            fresh = refreshed(text, Path(folder), slow=given.slow)
        if fresh != text and given.check:
            stale.append(name)
            print("".join(unified_diff(text.splitlines(True), fresh.splitlines(True), name, "now")))
        elif fresh != text:
            (ROOT / name).write_text(fresh)
            print(f"{name}: written again")
    for name in stale:
        print(f"{name}: quotes what the program no longer prints; run `make docs`")
    return 1 if stale else 0


if __name__ == "__main__":
    sys.exit(main())

"""Do the documents print what their commands print? Run the commands, and write or check the rest.

A fenced block marked `console` holds a transcript. Each line that begins with `$ ` is a command; a
backslash at its end continues it on the next line, as in a shell. A page's commands are run by
bash, in the order of the page, in a folder that looks like a checkout (docs, examples, tools), and
the lines after a command must be its output. A line `...` in the output stands for lines left out.
What a page sets with `export` or `cd` holds for the rest of the page, and nothing else is set that
a reader could not see: `docs/walk-throughs.md` states the width. What a page leaves behind it must
name in an `rm -r`, so that pages can be typed one after another.

Blocks marked `console slow` are left alone unless --slow is given (`make validate` gives it), and
blocks marked `shared` besides if the recorded answers of public models are not there, and blocks
marked `population` if FILIATION_POPULATION names no folder with the whole population. With --slow
the seconds of each command that took ten or more are said.
"""

import argparse
import os
import re
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from difflib import SequenceMatcher, unified_diff
from functools import partial
from pathlib import Path
from typing import Final, final

ROOT = Path(__file__).resolve().parent.parent.parent
DOCUMENTS = ("README.md", *(str(p.relative_to(ROOT)) for p in sorted(ROOT.glob("docs/**/*.md"))))
BLOCK = re.compile(
    r"^```console( slow)?( shared| population| aside)?\n(.*?)^```$", re.MULTILINE | re.DOTALL
)
SAID = 10.0  # seconds after which a command's time is said
SHARED = any((above / "shared" / "outputs").is_dir() for above in ROOT.parents)
POPULATION = Path(os.environ.get("FILIATION_POPULATION", os.devnull), "truth.toml")
ASIDE = Path(os.environ.get("FILIATION_ZEROEVAL", os.devnull), "crux").is_dir()
WHOLE = 100  # models, fewer of which are a part of the population
LEFT_OUT: Final = "..."
GIVEN: Final = ("docs", "examples", "tools")
KEPT: Final = ("export ", "cd ")
REMOVED: Final = re.compile(r"\brm -r ([\w ./-]+)")


@final
@dataclass(slots=True, kw_only=True)
class Shell:
    """The shell in which a page is typed: its folder, its programs, and what the page has set."""

    folder: Path
    programs: Path
    held: list[str] = field(default_factory=list)

    def printed(self, command: str) -> list[str]:
        """Standard output and error of a command, line by line."""
        began = time.perf_counter()
        done = subprocess.run(
            ["bash", "-c", "\n".join([*self.held, command])],
            cwd=self.folder, env=self._environment(), text=True, stdout=-1, stderr=-2, check=False,
        )  # fmt: skip
        if command.startswith(KEPT):
            self.held.append(command)
        if (seconds := time.perf_counter() - began) > SAID:
            print(f"{seconds:.0f} s: {command}", flush=True)
        return [line.rstrip() for line in done.stdout.splitlines()]

    def left(self) -> set[str]:
        """What stands in the folder and did not when the page began."""
        return {path.name for path in self.folder.iterdir()} - set(GIVEN)

    def _environment(self) -> dict[str, str]:
        mine = {k: v for k, v in os.environ.items() if k != "FILIATION_HOME"}
        path = os.pathsep.join([str(self.programs), mine.get("PATH", os.defpath)])
        shown = {"COLUMNS": "100", "NO_COLOR": "1", "TERM": "dumb", "PATH": path}
        unstated = str(self.programs / "unstated")  # a page that needs keys says where they lie
        return mine | shown | {"FILIATION_HOME": unstated}


def programs(folder: Path) -> Path:
    """Make `python` and `filiation` of this interpreter, as an environment's `bin` has them."""
    own = os.environ.get("PYTHONPATH", "")
    for name, starts in (("python", ""), ("filiation", " -m filiation")):
        file = folder / name
        file.write_text(
            f'#!/bin/sh\nPYTHONPATH="${{PYTHONPATH:+$PYTHONPATH:}}{own}" '
            f'exec "{sys.executable}"{starts} "$@"\n'
        )
        file.chmod(0o755)
    return folder


def entries(block: str) -> Iterator[tuple[str, list[str]]]:
    """Every command of a transcript, whole, with the lines that are shown after it."""
    command, shown = "", list[str]()
    for line in block.splitlines():
        if command.endswith("\\"):
            command += f"\n{line}"
        elif line.startswith("$ "):
            if command:
                yield command, shown
            command, shown = line.removeprefix("$ "), []
        else:
            shown.append(line)
    if command:
        yield command, shown


def excerpt(shown: Sequence[str], now: list[str]) -> list[str]:
    """What to show of the lines printed now: all, or the parts that were shown, where they stand.

    A part that is no longer there gives way to the lines most like it.
    """
    if LEFT_OUT not in shown:
        return now
    parts: list[list[str]] = [[]]
    for line in shown:
        if line == LEFT_OUT:
            parts.append([])
        else:
            parts[-1].append(line)
    found: list[list[str]] = []
    place = 0
    for number, part in enumerate(parts):
        ends = number + 1 == len(parts) and part
        begins = [0] if number == 0 else range(place, len(now) - len(part) + 1)
        begin = len(now) - len(part) if ends else max(begins, key=partial(_like, part, now))
        found.append(now[begin : begin + len(part)])
        place = begin + len(part)
    return [line for part in found for line in (LEFT_OUT, *part)][1:]


def _like(part: list[str], now: list[str], begin: int) -> float:
    there = now[begin : begin + len(part)]
    if there == part:
        return 2.0
    return SequenceMatcher(None, "\n".join(part), "\n".join(there)).ratio()


def populated() -> bool:
    """Whether the whole population is at hand, and not a part of it."""
    return POPULATION.is_file() and POPULATION.read_text("utf-8").count("[[model]]") >= WHOLE


def refreshed(text: str, shell: Shell, *, slow: bool, only: str = "") -> str:
    """The document with every transcript run again that has `only` in it."""

    def again(block: re.Match[str]) -> str:
        there = {" shared": SHARED, " population": populated(), " aside": ASIDE}.get(block[2], True)
        if (block[1] and not slow) or not there or only not in block[0]:
            return block[0]
        lines = [
            line
            for command, shown in entries(block[3])
            for line in (f"$ {command}", *excerpt(shown, shell.printed(command)))
        ]
        said = "".join(f"{line}\n" for line in lines)
        return f"```console{block[1] or ''}{block[2] or ''}\n{said}```"

    return BLOCK.sub(again, text)


def run(name: str, *, slow: bool, check: bool, only: str = "") -> list[str]:
    """Run one document again; write it, or with `check` say what is wrong with it."""
    text = (ROOT / name).read_text()
    with tempfile.TemporaryDirectory() as made, tempfile.TemporaryDirectory() as bin_folder:
        for shared in GIVEN:
            (Path(made) / shared).symlink_to(ROOT / shared)
        shell = Shell(folder=Path(made), programs=programs(Path(bin_folder)))
        fresh = refreshed(text, shell, slow=slow, only=only)
        unnamed = shell.left() - {n for found in REMOVED.findall(text) for n in found.split()}
    wrong = [f"{name}: leaves {n}; name it in an rm -r on the page" for n in sorted(unnamed)]
    if fresh == text:
        return wrong
    if not check:
        (ROOT / name).write_text(fresh)
        print(f"{name}: written again", flush=True)
        return wrong
    print("".join(unified_diff(text.splitlines(True), fresh.splitlines(True), name, "now")))
    return [*wrong, f"{name}: quotes what the program no longer prints; run `make docs`"]


def main() -> int:
    """Write the documents, or with --check say which are stale."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--check", action="store_true")
    parser.add_argument("--slow", action="store_true")
    parser.add_argument("--jobs", type=int, default=1, help="documents at once")
    parser.add_argument("--only", default="", help="the transcripts with this in them")
    parser.add_argument("documents", nargs="*", default=DOCUMENTS, help="default: all of them")
    given = parser.parse_args()
    with ThreadPoolExecutor(given.jobs) as pool:
        each = partial(run, slow=given.slow, check=given.check, only=given.only)
        wrong = [said for document in pool.map(each, given.documents) for said in document]
    for said in wrong:
        print(said)
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())

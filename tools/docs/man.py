"""Write the man pages of `filiation` from its help: `filiation.1`, and one page per verb.

    python tools/docs/man.py [--check] [--out docs/man]

They are committed, and the wheel installs them under share/man/man1; `make docs` writes them again
and `make check` says which are stale.
"""

import argparse
import sys
from collections.abc import Iterator
from pathlib import Path

from filiation import __version__
from filiation.cli.front.page import Listing, Page
from filiation.cli.front.serve import page_of
from filiation.cli.front.verb import walk
from filiation.cli.front.verbs import EXIT_CODES, ROOT

MAN = Path(__file__).resolve().parent.parent.parent / "docs" / "man"


def pages() -> dict[str, str]:
    """File name to page, for the program and for every verb."""
    return {f"{'-'.join(path)}.1": as_man(page_of(list(path[1:]))) for path, _ in walk(ROOT)}


def as_man(page: Page) -> str:
    """A page of help in the language of man(7)."""
    name = "-".join(page.path)
    lines = [
        f'.TH "{name.upper()}" "1" "" "filiation {__version__}" "filiation"',
        *(".SH NAME", f"{_plain(name)} \\- {_plain(page.paragraphs[0].rstrip('.'))}"),
        *(".SH SYNOPSIS", f".B {_plain(' '.join(page.path))}", _plain(page.usage)),
        ".SH DESCRIPTION",
        *(line for paragraph in page.paragraphs for line in (".PP", _plain(paragraph))),
        *(line for table in page.tables for line in _table(table)),
    ]
    if page.examples:
        lines.append(".SH EXAMPLES")
        for example in page.examples:
            lines += [".PP", ".nf", f".RS 4\n{_plain(example)}\n.RE", ".fi"]
    notes = [note for note in page.notes if not note.startswith(("Exit codes", "`filiation help"))]
    if notes:
        lines += [".SH NOTES", *(_plain(note) for note in notes)]
    lines.append(".SH EXIT STATUS")
    for code, means in EXIT_CODES:
        lines += [".TP", f".B {code}", _plain(means[:1].upper() + means[1:] + ".")]
    lines += [".SH SEE ALSO", ",\n".join(_also(page))]
    return "\n".join(lines) + "\n"


def _table(table: Listing) -> Iterator[str]:
    yield f'.SH "{table.title.upper()}"'
    for term, meaning in table.rows:
        yield from (".TP", f".B {_plain(term)}", _plain(meaning))


def _also(page: Page) -> Iterator[str]:
    """The page above, and the pages below."""
    above = ["-".join(page.path[:end]) for end in range(1, len(page.path))]
    depth = len(page.path) + 1
    below = ["-".join(path) for path, _ in walk(ROOT) if path[:-1] == page.path[: depth - 1]]
    for name in (*above, *(other for other in below if other != "filiation")):
        yield f".BR {_plain(name)} (1)"


def _plain(text: str) -> str:
    """Text of which nothing is a request or an escape; '-' is the one that can be typed."""
    text = text.replace("\\", "\\e").replace("-", "\\-").replace("~", "\\(ti").replace("`", "\\(ga")
    text = text.replace("'", "\\(aq").replace("“", "\\(lq").replace("”", "\\(rq")
    return f"\\&{text}" if text.startswith((".", "\\(aq")) else text


def stale(folder: Path) -> list[str]:
    """Names of pages that are missing, differ, or belong to no verb."""
    fresh = pages()
    there = {path.name: path.read_text() for path in folder.glob("*.1")}
    return sorted(
        name for name in fresh.keys() | there.keys() if fresh.get(name) != there.get(name)
    )


def main() -> int:
    """Write the pages, or with --check say which are stale."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--check", action="store_true")
    parser.add_argument("--out", type=Path, default=MAN)
    given = parser.parse_args()
    names = stale(given.out)
    if given.check:
        for name in names:
            print(f"{given.out / name}: not what the help says now; run `make docs`")
        return 1 if names else 0
    given.out.mkdir(parents=True, exist_ok=True)
    fresh = pages()
    for name in names:
        if name in fresh:
            (given.out / name).write_text(fresh[name])
        else:
            (given.out / name).unlink()
    print(f"{len(names)} of {len(fresh)} man pages written again in {given.out}")
    return 0


if __name__ == "__main__":
    sys.exit(main())

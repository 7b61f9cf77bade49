"""A table of answers: one row per question, one column per model.

question_id,category,key,options,model-a,model-b
70,business,I,9,I,

Comma, semicolon or tab; category, key, options and prompt may be missing. An empty cell means that
nothing was extracted. A question given twice is kept once if both rows are equal; otherwise the
table contradicts itself and is refused. All recordings of a table share one tuple of items, and
equal cells of a row share one string: 100,000 questions to 300 models fit in 1 GB.
"""

import csv
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Final, final

from filiation.errors import UnreadableError
from filiation.model.recording import Item, Recording
from filiation.readers.answers.choice import Choice, check_name
from filiation.readers.answers.text import read_lines

__all__ = ["ID", "delimiter", "open_table"]

ID: Final = "question_id"
KNOWN: Final = (ID, "category", "key", "options", "prompt")
LONG: Final = frozenset({"answer", "output", "response"})  # beside `model`: a row per answer
DELIMITERS: Final = (",", ";", "\t")
MOST_CELLS = 150_000_000  # answers held at once; each costs eight bytes and its share of a string
MOST_ITEMS = 5_000_000
MOST_OPTIONS: Final = 10_000
_BLOCK: Final = 512  # rows turned into columns at once

Row = list[str]


def open_table(choice: Choice) -> tuple[Recording, ...]:
    """Read the chosen columns of a table.

    Raises:
        UsageError: No such model.
        UnreadableError: Ragged, empty, contradictory, or not a table.
    """
    notes: list[str] = []

    def read(lines: Iterator[str]) -> _Table:
        table = _Table(what=str(choice.path), choice=choice)
        table.read(lines)
        return table

    table = read_lines(choice.path, read, note=notes.append)
    return table.recordings(notes)


def delimiter(header: str) -> str | None:
    """What separates the cells, if this line is the header of a table."""
    first = header.removeprefix("\ufeff").lstrip()
    for mark in DELIMITERS:
        if first.startswith((f"{ID}{mark}", f'"{ID}"{mark}')):
            return mark
    return None


@final
@dataclass(slots=True, kw_only=True)
class _Table:
    """A table in the making: columns grow block by block."""

    what: str
    choice: Choice
    header: Row = field(default_factory=list)
    models: tuple[str, ...] = ()
    items: list[Item] = field(default_factory=list)
    columns: list[list[str | None]] = field(default_factory=list)
    seen: dict[str, tuple[int, int]] = field(default_factory=dict)
    shared: dict[str, str] = field(default_factory=dict)
    repeated: int = 0

    def read(self, lines: Iterator[str]) -> None:
        rows = self._rows(lines)
        known, wanted = self._read_header(next(rows, (0, []))[1])
        block: list[list[str | None]] = []
        for number, row in rows:
            if not self._is_new(number, row):
                continue
            self.items.append(self._item(number, row, known))
            same: dict[str, str] = {}
            block.append([same.setdefault(row[at], row[at]) or None for at in wanted])
            if len(block) == _BLOCK:
                self._extend(block)
                block = []
        self._extend(block)
        if not self.items:
            raise UnreadableError(f"{self.what}: no question below the header; nothing to compare")

    def recordings(self, notes: Sequence[str]) -> tuple[Recording, ...]:
        items = tuple(self.items)
        remarks = [*notes]
        if self.repeated:
            remarks.append(f"questions repeated word for word, kept once: {self.repeated}")
        found: list[Recording] = []
        for name in self.models:
            outputs = tuple(self.columns.pop(0))
            found.append(Recording(name=name, items=items, outputs=outputs, notes=tuple(remarks)))
        return tuple(found)

    def _rows(self, lines: Iterator[str]) -> Iterator[tuple[int, Row]]:
        """Rows that hold anything, with the line they end on."""
        first = next(lines, "")
        mark = delimiter(first)
        if mark is None:
            raise UnreadableError(
                f"{self.what}: the first line is {first.strip()!a:.60}, expected {ID} and then "
                "the names of models; not a table of answers"
            )

        def all_lines() -> Iterator[str]:
            yield first.removeprefix("\ufeff").lstrip()
            yield from lines

        reader = csv.reader(all_lines(), delimiter=mark, strict=True)
        while True:
            try:
                row = next(reader, None)
            except csv.Error as error:
                raise UnreadableError(
                    f"{self.what}: line {reader.line_num}: {error}; the table is damaged"
                ) from error
            if row is None:
                return
            if row:
                yield reader.line_num, row

    def _read_header(self, header: Row) -> tuple[dict[str, int], list[int]]:
        """Where the known columns and the chosen models stand."""
        header = [name.strip() for name in header]
        name, count = Counter(header).most_common(1)[0]
        if count > 1:
            kind = "column" if name in KNOWN else "model column"
            raise UnreadableError(
                f"{self.what}: the {kind} {name!a:.80} stands there {count} times, expected once; "
                "which of them is meant cannot be told"
            )
        known = {name: at for at, name in enumerate(header) if name in KNOWN}
        models = {
            check_name(name, what=f"{self.what}: column {at + 1}"): at
            for at, name in enumerate(header)
            if name not in KNOWN
        }
        if "model" in models and not LONG.isdisjoint(models):
            raise UnreadableError(
                f"{self.what}: found the columns {', '.join(models)}, expected one column per "
                "model; a table with one row per answer is given as JSON lines of model, item and "
                "output"
            )
        self.header = header
        self.models = self.choice.pick(models)
        self.columns = [[] for _ in self.models]
        return known, [models[name] for name in self.models]

    def _is_new(self, number: int, row: Row) -> bool:
        """Check a row; False if it repeats an earlier one word for word."""
        if len(row) != len(self.header):
            raise UnreadableError(
                f"{self.what}: line {number}: found {len(row)} cells, expected "
                f"{len(self.header)} as in the header; a cell is missing or holds a bare comma"
            )
        digest = hash(tuple(row))
        line, before = self.seen.setdefault(row[0], (number, digest))
        if line == number:
            return True
        if before != digest:
            raise UnreadableError(
                f"{self.what}: question {row[0]!a:.80} has different answers in lines {line} and "
                f"{number}, expected one row per question; the table contradicts itself"
            )
        self.repeated += 1
        return False

    def _item(self, number: int, row: Row, known: dict[str, int]) -> Item:
        def cell(name: str) -> str:
            text = row[known[name]] if name in known else ""
            return self.shared.setdefault(text, text)

        if not row[0]:
            raise UnreadableError(
                f"{self.what}: line {number}: no {ID}, expected one; the answers belong to nothing"
            )
        return Item(
            id=row[0],
            prompt=(row[known["prompt"]] or None) if "prompt" in known else None,
            category=cell("category"),
            key=cell("key") or None,
            options=self._options(number, cell("options")),
        )

    def _options(self, number: int, text: str) -> int:
        if not text:
            return 0
        if text.isdecimal() and text.isascii() and len(text) < 6 and int(text) <= MOST_OPTIONS:
            return int(text)
        raise UnreadableError(
            f"{self.what}: line {number}: {text!a:.40} options, expected their number; "
            "the columns are in disorder"
        )

    def _extend(self, block: list[list[str | None]]) -> None:
        if len(self.items) > MOST_ITEMS or len(self.items) * len(self.columns) > MOST_CELLS:
            raise UnreadableError(
                f"{self.what}: more than {MOST_ITEMS} questions or {MOST_CELLS} answers; "
                "name one model after '#', or split the table"
            )
        for column, cells in zip(self.columns, zip(*block, strict=True), strict=False):
            column.extend(cells)

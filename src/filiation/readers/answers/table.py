"""A table of answers: one row per question and one column per model, or one row per answer.

question_id,category,key,options,model-a,model-b        model,item,answer
70,business,I,9,I,                                      model-a,70,I

Columns are told by their usual names (`columns`); what was read as what is the first note of every
recording. An empty cell means that nothing was extracted, and so does what a data frame writes for
nothing (`nan`), unless it is the key of a question. A question given twice is kept once if both
rows are equal; otherwise the table contradicts itself and is refused. All recordings of a wide
table share one tuple of items, and equal cells of a row share one string: 100,000 questions to 300
models fit in 1 GB.
"""

import ast
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from typing import Final, final

from filiation.errors import UnreadableError, UsageError
from filiation.model.ending import ending_of
from filiation.model.recording import Item, Recording
from filiation.readers.answers.cells import MISSING, Row, delimiter, rows
from filiation.readers.answers.choice import Choice, called_alike, check_name
from filiation.readers.answers.columns import Layout, lay_out
from filiation.readers.answers.gather import Gathering, prompt_id
from filiation.readers.answers.like_key import refuse_keys
from filiation.readers.answers.numbered_keys import lettered
from filiation.readers.answers.text import read_lines
from filiation.readers.answers.unlike import refuse_unlike

__all__ = ["Cells", "delimiter", "open_table"]

MOST_CELLS = 150_000_000  # answers held at once; each costs eight bytes and its share of a string
MOST_ITEMS = 5_000_000
MOST_OPTIONS: Final = 10_000
LONGEST_LIST: Final = 1 << 16  # characters of a list of options that are looked at
SAMPLE: Final = 2_000  # rows by which columns are held against each other
_BLOCK: Final = 512  # rows turned into columns at once


def open_table(choice: Choice) -> tuple[Recording, ...]:
    """Read the chosen models of a table.

    Raises:
        UsageError: No such model.
        UnreadableError: Ragged, empty, contradictory, ambiguous, or not a table.
    """
    notes: list[str] = []

    def read(lines: Iterator[str]) -> "_Wide | _Long":
        found = rows(lines, what=str(choice.path), said=choice.columns)
        header = next(found)[1]
        cells = Cells(layout=lay_out(header, choice, what=str(choice.path)), what=str(choice.path))
        table = (_Long if "answer" in cells.layout.at else _Wide)(cells=cells, choice=choice)
        table.read(found)
        return table

    return lettered(read_lines(choice.path, read, note=notes.append).recordings(notes))


@final
@dataclass(slots=True, kw_only=True)
class Cells:
    """What the cells of a row say, by the layout of its table."""

    layout: Layout
    what: str
    shared: dict[str, str] = field(default_factory=dict)
    asked: Counter[str] = field(default_factory=Counter)

    def get(self, row: Row, role: str) -> str:
        """The cell that holds this; empty where nothing does. Equal cells are one string."""
        at = self.layout.at.get(role)
        text = "" if at is None else row[at]
        return self.shared.setdefault(text, text) if len(text) < 200 else text

    def item(self, number: int, row: Row) -> Item:
        """The question of a row; without a name it is named by its words."""
        prompt = self._prompt(row)
        name = self.get(row, "item").strip()
        if not name and "item" not in self.layout.at and prompt is not None:
            name = prompt_id(prompt)
        if not name:
            where = self.layout.at.get("item", self.layout.at.get("prompt", 0))
            raise UnreadableError(
                f"{self.what}: line {number}: no {self.layout.header[where] or 'name'}, expected "
                "one; the answers belong to nothing"
            )
        return Item(
            id=name,
            prompt=prompt,
            category=self.get(row, "category"),
            key=self._key(row),
            options=self._options(number, row),
        )

    def _key(self, row: Row) -> str | None:
        text = self.get(row, "key")
        return text if text.strip() and text not in {"nan", "NaN", "<NA>", "#N/A"} else None

    def _prompt(self, row: Row) -> str | None:
        joined = self.layout.joined
        parts = [self.get(row, "prompt"), "" if joined is None else row[joined]]
        return "\n\n".join(part for part in parts if part.strip()) or None

    def _options(self, number: int, row: Row) -> int:
        texts = self.layout.texts
        if texts:
            return sum(1 for at in texts if row[at].strip())
        text = self.get(row, "options").strip()
        if not text:
            return 0
        if text[0] in "[(" and len(text) <= LONGEST_LIST:
            return _listed(text)
        whole = text.removesuffix(".0")
        if whole.isdecimal() and whole.isascii() and len(whole) < 6 and int(whole) <= MOST_OPTIONS:
            return int(whole)
        raise UnreadableError(
            f"{self.what}: line {number}: {text!r:.40} options, expected their number or a list; "
            "the columns are in disorder"
        )


@final
@dataclass(slots=True, kw_only=True)
class _Wide:
    """A table of one column per model in the making: columns grow block by block."""

    cells: Cells
    choice: Choice
    models: tuple[str, ...] = ()
    items: list[Item] = field(default_factory=list)
    columns: list[list[str | None]] = field(default_factory=list)
    seen: dict[str, tuple[int, int]] = field(default_factory=dict)
    marked: list[int] = field(default_factory=list)  # places of rows with a mark for no answer
    repeated: int = 0

    def read(self, found: Iterator[tuple[int, Row]]) -> None:
        layout, what = self.cells.layout, self.cells.what
        self.models = _picked(self.choice, layout, what)
        self.columns = [[] for _ in self.models]
        wanted = [layout.models[name] for name in self.models]
        block: list[list[str | None]] = []
        for number, row in found:
            item = self.cells.item(number, row)
            if not self._is_new(number, item.id, row):
                continue
            self.items.append(item)
            same: dict[str, str] = {}
            block.append([same.setdefault(row[at], row[at]) or None for at in wanted])
            if not MISSING.isdisjoint(same):
                self.marked.append(len(self.items) - 1)
            if len(block) == _BLOCK:
                self._extend(block)
                block = []
        self._extend(block)
        if not self.items:
            raise UnreadableError(f"{what}: no question below the header; nothing to compare")

    def recordings(self, notes: Sequence[str]) -> tuple[Recording, ...]:
        items = tuple(self.items)
        missing = self._blanked()
        named = any(role == "model" for role, _ in self.choice.columns)
        if self.choice.model == "*" and not named:
            keys = [item.key for item in self.items[:SAMPLE]]
            pairs = zip(self.models, self.columns, strict=True)
            shown = {name: column[:SAMPLE] for name, column in pairs}
            refuse_unlike(shown, keys, what=self.cells.what)
            keyless = ("key", "") in self.choice.columns
            refuse_keys(shown, keys, what=self.cells.what, keyless=keyless)
        remarks = [self.cells.layout.said(len(self.cells.layout.models)), *notes]
        remarks += called_alike(self.cells.layout.models)
        if self.repeated:
            remarks.append(f"questions repeated word for word, kept once: {self.repeated}")
        found: list[Recording] = []
        for name in self.models:
            own = [_missing(missing[name])] if missing[name] else []
            outputs = tuple(self.columns.pop(0))
            found.append(Recording(name=name, items=items, outputs=outputs, notes=(*remarks, *own)))
        return tuple(found)

    def _blanked(self) -> Counter[str]:
        """Take out what says that there is no answer; count it for each model."""
        marks = MISSING - {item.key for item in self.items}
        counts: Counter[str] = Counter()
        for name, column in zip(self.models, self.columns, strict=True):
            for at in self.marked:
                if column[at] in marks:
                    column[at] = None
                    counts[name] += 1
        return counts

    def _is_new(self, number: int, name: str, row: Row) -> bool:
        """Check a row; False if it repeats an earlier one word for word."""
        digest = hash(tuple(row))
        line, before = self.seen.setdefault(name, (number, digest))
        if line == number:
            return True
        if before != digest:
            raise UnreadableError(
                f"{self.cells.what}: question {name!r:.80} has different answers in lines {line} "
                f"and {number}, expected one row per question; the table contradicts itself"
            )
        self.repeated += 1
        return False

    def _extend(self, block: list[list[str | None]]) -> None:
        if len(self.items) > MOST_ITEMS or len(self.items) * len(self.columns) > MOST_CELLS:
            raise UnreadableError(
                f"{self.cells.what}: more than {MOST_ITEMS} questions or {MOST_CELLS} answers; "
                "name one model after '#', or split the table"
            )
        for column, cells in zip(self.columns, zip(*block, strict=True), strict=False):
            column.extend(cells)


@final
@dataclass(slots=True, kw_only=True)
class _Long:
    """A table of one row per answer in the making."""

    cells: Cells
    choice: Choice
    gathering: Gathering = field(init=False)
    marks: list[tuple[str, Item, str, int]] = field(default_factory=list)
    keys: set[str | None] = field(default_factory=set)

    def __post_init__(self) -> None:
        self.gathering = Gathering(self.choice)

    def read(self, found: Iterator[tuple[int, Row]]) -> None:
        what, named = self.cells.what, "model" in self.cells.layout.at
        ended = self.cells.layout.ended
        for number, row in found:
            place = f"{what}: line {number}"
            model = self.choice.nameless
            if named:
                model = check_name(self.cells.get(row, "model").strip(), what=place)
            item = self.cells.item(number, row)
            output: str | None = row[self.cells.layout.at["answer"]]
            self.keys.add(item.key)
            if output in MISSING:
                self.marks.append((model, item, output, number))
                continue
            word = "" if ended is None else row[ended].strip()
            self.gathering.add(model, item, output or None, what=place, ending=ending_of(word))
        if not self.keys:
            raise UnreadableError(f"{what}: no answer below the header; nothing to compare")
        self._marked()

    def _marked(self) -> None:
        """What says that there is no answer, unless it is the key of a question."""
        for model, item, output, number in self.marks:
            said = output if output in self.keys else None
            self.gathering.add(model, item, said, what=f"{self.cells.what}: line {number}")
        counts = Counter(m for m, _, output, _ in self.marks if output not in self.keys)
        if counts:
            self.gathering.notes.append(_missing(sum(counts.values())))

    def recordings(self, notes: Sequence[str]) -> tuple[Recording, ...]:
        said = self.cells.layout.said(self.gathering.models)
        return tuple(
            replace(one, notes=(said, *notes, *one.notes)) for one in self.gathering.recordings()
        )


def _missing(count: int) -> str:
    return f"cells that say `nan`, `None`, `#N/A` or the like, read as no answer: {count:,}"


def _picked(choice: Choice, layout: Layout, what: str) -> tuple[str, ...]:
    """The wanted models; a name that stands there as something else is said to."""
    name = choice.model
    if name is not None and name not in layout.models and name in layout.header:
        roles = {layout.header[at]: role for role, at in layout.at.items()}
        raise UsageError(
            f"{what}: the column {name!r:.80} is read as {roles.get(name, 'no model')}; if it "
            f"holds a model's answers, say --column model={name}, once for each model"
        )
    return choice.pick(layout.models)


def _listed(text: str) -> int:
    """How many options a list of them holds; 0 if it cannot be told."""
    try:
        found = ast.literal_eval(text)
    except (ValueError, SyntaxError, MemoryError, RecursionError):
        return 0
    return len(found) if isinstance(found, list | tuple) and 1 < len(found) <= MOST_OPTIONS else 0

"""The front matter of a model card: the fields of the Hugging Face hub, read without YAML's powers.

Source: https://github.com/huggingface/hub-docs (modelcard.md). PyYAML only cuts the text into
events, none of which makes an object; an anchor, an alias or a tag is refused before it means
anything, and every value stays the text that it is: `license: no` says no, not false.
"""

from collections.abc import Iterator, Mapping
from typing import Any, Final

from filiation.errors import UnreadableError
from filiation.readers.weights.declared.saying import Said, says

__all__ = ["card_says", "merge_says"]

FENCE: Final = "---"
EVENTS: Final = 20_000
DEPTH: Final = 8
FIELDS: Final[Mapping[str, Any]] = {
    "base_model": "base",
    "base_models": "base",
    "base_model_relation": "relation",
    "license": "licence",
    "license_name": "licence",
    "license_link": "licence",
    "datasets": "data",
    "model_name": "name",
    "model_creator": "maker",
    "quantized_by": "maker",
    "library_name": "tool",
    "tags": "tag",
}
MERGED: Final = frozenset({"base_model", "model"})
BASE_TAG: Final = "base_model:"


def card_says(text: str) -> Iterator[Said]:
    """What the front matter of a model card says; nothing if there is none.

    Raises:
        UnreadableError: It does not end, is no plain YAML, or is larger than any card.
    """
    matter = _matter(text)
    if matter is None:
        return
    for path, value in _leaves(matter):
        key = path.partition("[")[0]
        about = FIELDS.get(key)
        if about is None or ("." in path and about != "base"):
            continue
        if about == "tag" and value.startswith(BASE_TAG):
            yield "base", path, value.rpartition(":")[2]
        else:
            yield from says(about, path, value)


def merge_says(text: str) -> Iterator[Said]:
    """Which models mergekit's configuration merges.

    Raises:
        UnreadableError: As `card_says`.
    """
    for path, value in _leaves(text):
        if path.rpartition(".")[2].partition("[")[0] in MERGED:
            yield "base", path, value


def _matter(text: str) -> str | None:
    """What stands between the two fences."""
    lines = text.removeprefix("\ufeff").lstrip().splitlines()
    if not lines or lines[0].rstrip() != FENCE:
        return None
    ends = (n for n, line in enumerate(lines[1:], 1) if line.rstrip() == FENCE)
    end = next(ends, None)
    if end is None:
        raise UnreadableError("its front matter does not end within what is read of a model card")
    return "\n".join(lines[1:end])


def _leaves(text: str) -> Iterator[tuple[str, str]]:
    """Every scalar by the path of its keys, in order; a key twice is there twice."""
    import yaml  # costs 20 ms, and most models have no card

    stack: list[_Level] = []
    try:
        for count, event in enumerate(yaml.parse(text, Loader=yaml.SafeLoader)):
            if count > EVENTS or len(stack) > DEPTH:
                raise UnreadableError(f"more than {EVENTS} items or {DEPTH} levels, no card has so")
            if getattr(event, "anchor", None) or getattr(event, "tag", None):
                raise UnreadableError("it holds an anchor, an alias or a tag, which no card needs")
            if isinstance(event, yaml.MappingStartEvent | yaml.SequenceStartEvent):
                at = stack[-1].begin() if stack else ""
                stack.append(_Level(at, keyed=isinstance(event, yaml.MappingStartEvent)))
            elif isinstance(event, yaml.MappingEndEvent | yaml.SequenceEndEvent):
                stack.pop()
            elif isinstance(event, yaml.ScalarEvent) and stack:
                path = stack[-1].scalar(event.value)
                if path is not None:
                    yield path, event.value
    except yaml.YAMLError as error:
        raise UnreadableError(f"no plain YAML ({_where(error)})") from error


class _Level:
    """One mapping or list, and how far it was read."""

    def __init__(self, at: str, *, keyed: bool) -> None:
        self._at, self._keyed, self._count = at, keyed, 0
        self._key: str | None = None

    def begin(self) -> str:
        """Where the value that begins now stands."""
        if not self._keyed:
            self._count += 1
            return f"{self._at}[{self._count - 1}]"
        key, self._key = self._key, None
        if key is None:
            raise UnreadableError("a key that is no text, which no card has")
        return f"{self._at}.{key}" if self._at else key

    def scalar(self, value: str) -> str | None:
        """Where this text stands; None if it is a key."""
        if self._keyed and self._key is None:
            self._key = value
            return None
        return self.begin()


def _where(error: Exception) -> str:
    mark = getattr(error, "problem_mark", None)
    line = "" if mark is None else f", line {mark.line + 2}"
    return f"{getattr(error, 'problem', None) or type(error).__name__}{line}"

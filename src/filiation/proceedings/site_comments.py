"""What was remarked in a case, by the page that it stands on."""

from collections.abc import Callable, Mapping
from typing import Final, final

from filiation.casefile import facts
from filiation.casefile.exchange.held import Held
from filiation.casefile.laws.comments import event_of
from filiation.casefile.state import State
from filiation.report.site.comments import Remark, with_remarks
from filiation.report.site.papers import document_path
from filiation.report.site.view import View

__all__ = ["CommentsSite"]

OF_EVENTS: Final = ("log/", "exhibits/", "examinations/")


@final
class CommentsSite:
    """The remarks of a case or an export.

    Args:
        record: The case or the export.
        state: Where it stands.
        has: Whether the words of an event are held.
    """

    def __init__(self, record: Held, state: State, has: Callable[[str], bool]) -> None:
        self._found: dict[str, list[Remark]] = {}
        for entry in state.of(facts.Commented):
            fact, event = entry.fact, entry.event
            digest = event.written("text")
            if has(digest):
                words = record.objects.get(digest).decode("utf-8", "replace")
                found = Remark(event.sequence, event.time, fact.by, fact.about, fact.reach, words)
                self._found.setdefault(_key(fact.about), []).append(found)

    @property
    def counts(self) -> Mapping[str, int]:
        """How many there are on what."""
        return {about: len(found) for about, found in self._found.items()}

    def on(self, view: View, *, acts: bool) -> View:
        """The same page with what was remarked on what it shows."""
        about = _about(view.path)
        if about is None:
            return view
        return with_remarks(view, about, self._found.get(about, ()), acts=acts)


def _key(about: str) -> str:
    """What a remark stands on: an event with all its findings, or a document."""
    event = event_of(about)
    return about if event is None else f"{event}"


def _about(path: str) -> str | None:
    """What a page is about; None if nothing is remarked there."""
    name = path.removesuffix(".html")
    if name.startswith("documents/") and name.count("/") == 2:
        production, number = name.split("/")[1:]
        about = f"{production}:{number}"
        return about if path == document_path(about) else None
    if name.startswith(OF_EVENTS):
        number = name.partition("/")[2]
        return number if number.isdecimal() else None
    return None

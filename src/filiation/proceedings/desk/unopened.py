"""The pages of somebody who has no part in a case: they say nothing of one."""

from collections.abc import Mapping
from typing import final

from filiation.casefile.laws import fold
from filiation.report.render.site import other_languages, site_page
from filiation.report.site.translated import saying
from filiation.report.site.view import View

__all__ = ["Unopened"]


@final
class Unopened:
    """What pages are made with where there is no case to be seen.

    Args:
        title: What stands above every page.
        rooms: The pages that there are.
    """

    def __init__(self, title: str, rooms: Mapping[str, str]) -> None:
        self.title, self.state, self._rooms = title, fold(()), rooms

    def shown(self, view: View, language: str = "en") -> bytes:
        """A view as a page."""
        others = other_languages(view.path, language, view.here)
        title = saying(language)(self.title)
        return site_page(view, title, language=language, rooms=self._rooms, others=others)

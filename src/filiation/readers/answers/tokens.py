"""Log-probabilities in the layout of OpenAI's chat completions, which others follow.

[{"token": " the", "logprob": -0.1, "top_logprobs": [{"token": " a", "logprob": -2.3}, ..]}, ..]
"""

from collections.abc import Mapping, Sequence
from typing import Any, Final, final

from filiation.errors import UnreadableError
from filiation.model.tokens import TokenLogprob

__all__ = ["MOST_PAIRS", "TokenRows"]

MOST_PAIRS: Final = 5_000_000  # tokens and alternatives of one file: about 600 MB once read


@final
class TokenRows:
    """Reads the rows of one file, within its bounds; equal tokens are kept once."""

    def __init__(self) -> None:
        self._words: dict[str, str] = {}
        self._room = MOST_PAIRS

    def read(self, rows: Sequence[object], *, what: str) -> tuple[TokenLogprob, ...]:
        """Read the rows of one answer.

        Raises:
            UnreadableError: A row without token or number, an impossible number, or too many.
        """
        return tuple(self._row(row, what) for row in rows)

    def _row(self, row: object, what: str) -> TokenLogprob:
        token, logprob = self._pair(row, what)
        others = row.get("top_logprobs") if isinstance(row, Mapping) else None
        if not isinstance(others, list | None):
            raise UnreadableError(f"{what}: 'top_logprobs' is no list of tokens")
        pairs = tuple(self._pair(other, what) for other in others or ())
        try:
            return TokenLogprob(token=token, logprob=logprob, alternatives=pairs)
        except UnreadableError as error:
            raise UnreadableError(f"{what}: {error}") from error

    def _pair(self, row: Any, what: str) -> tuple[str, float]:
        self._room -= 1
        if self._room < 0:
            raise UnreadableError(
                f"{what}: more than {MOST_PAIRS} log-probabilities in one file; record fewer "
                "alternatives or prompts"
            )
        value = row.get("logprob") if isinstance(row, Mapping) else None
        token = row.get("token") if isinstance(row, Mapping) else None
        if not isinstance(value, int | float) or isinstance(value, bool):
            raise UnreadableError(f"{what}: a log-probability without a number")
        if not isinstance(token, str):
            raise UnreadableError(f"{what}: a log-probability without its token")
        return self._words.setdefault(token, token), float(value)

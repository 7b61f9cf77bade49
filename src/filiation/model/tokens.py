"""Log-probabilities of the tokens of an answer, where whoever served it gave them."""

import math
from dataclasses import dataclass
from typing import Final, final

from filiation.errors import UnreadableError

__all__ = ["TokenLogprob"]

SLACK: Final = 1e-3  # servers round: a certain token may stand a little above zero


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class TokenLogprob:
    """One token of an answer.

    Attributes:
        token: As text; two tokens of one vocabulary may read alike.
        logprob: Natural log of its probability.
        alternatives: Tokens that could have stood there and their natural logs, in the order in
            which they came; the token itself is usually among them.
    """

    token: str
    logprob: float
    alternatives: tuple[tuple[str, float], ...] = ()

    def __post_init__(self) -> None:
        for token, logprob in ((self.token, self.logprob), *self.alternatives):
            if not (math.isfinite(logprob) and logprob <= SLACK):
                raise UnreadableError(
                    f"token {token!a:.40}: log-probability {logprob}, expected finite and at most "
                    "0; not the natural log of a probability"
                )

    @property
    def likeliest(self) -> str:
        """The token with the largest log-probability; of equals the first in the alphabet."""
        everyone = ((self.token, self.logprob), *self.alternatives)
        return min(everyone, key=lambda pair: (-pair[1], pair[0]))[0]

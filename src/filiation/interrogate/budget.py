"""What will it cost, and where does it stop? Counted before every request, never only after."""

import re
from dataclasses import dataclass
from decimal import Decimal
from typing import Final, final

from filiation.errors import UsageError
from filiation.model.asked import Tokens

__all__ = ["Budget", "Estimate", "Prices", "Tokens", "bound_on", "estimate", "parse_budget"]

_MILLION: Final = Decimal(1_000_000)
_BYTES_PER_TOKEN: Final = 4  # English, roughly; only for the estimate
_USUAL: Final = 8  # tokens that a chat template puts around a question
_TEMPLATE: Final = 64  # the same, at most


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class Prices:
    """Money per million tokens, in whatever currency the budget is in."""

    read: Decimal
    written: Decimal

    def of(self, tokens: Tokens) -> Decimal:
        """What so many tokens cost at these prices."""
        return (tokens.read * self.read + tokens.written * self.written) / _MILLION


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class Budget:
    """A ceiling, in tokens (no currency) or in money.

    Law: a ceiling in money comes with prices.
    """

    ceiling: Decimal
    currency: str = ""
    prices: Prices | None = None

    def __post_init__(self) -> None:
        if self.currency and self.prices is None:
            raise UsageError(
                f"--budget {self}: money without prices, expected --price-in and --price-out per "
                "million tokens; without them nothing could be counted"
            )

    def __str__(self) -> str:
        return f"{self.ceiling}{self.currency}" if self.currency else f"{self.ceiling} tokens"

    def of(self, tokens: Tokens) -> Decimal:
        """What so many tokens take from it."""
        if self.currency and self.prices is not None:
            return self.prices.of(tokens)
        return Decimal(tokens.total)

    def allows(self, tokens: Tokens) -> bool:
        """Does so much stay within?"""
        return self.of(tokens) <= self.ceiling


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class Estimate:
    """What a run will take: about so much to read, at most so much in all."""

    questions: int
    about_read: int
    at_most: Tokens


def parse_budget(text: str, prices: Prices | None) -> Budget:
    """Read `200000` (tokens) or `5.00USD` (money).

    Raises:
        UsageError: Neither, or money without prices.
    """
    money = re.fullmatch(r"(\d{1,12}(?:\.\d{1,6})?) ?([A-Z]{3})", text)
    if money:
        return Budget(ceiling=Decimal(money[1]), currency=money[2], prices=prices)
    plain = text.replace("_", "").removesuffix("tokens").strip()
    if not re.fullmatch(r"[0-9]{1,15}", plain):
        raise UsageError(f"--budget {text}: neither tokens nor money, expected 200000 or 5.00USD")
    return Budget(ceiling=Decimal(plain))


def bound_on(prompt: str, max_tokens: int) -> Tokens:
    """At most what an attempt takes: no token is shorter than a byte."""
    return Tokens(read=len(prompt.encode()) + _TEMPLATE, written=max_tokens)


def estimate(prompts: list[str], max_tokens: int) -> Estimate:
    """What these questions will take, before any is put."""
    return Estimate(
        questions=len(prompts),
        about_read=sum(len(prompt.encode()) // _BYTES_PER_TOKEN + _USUAL for prompt in prompts),
        at_most=sum((bound_on(prompt, max_tokens) for prompt in prompts), Tokens()),
    )

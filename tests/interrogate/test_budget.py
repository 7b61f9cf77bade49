"""The ceiling holds, in tokens and in money, before a request leaves and not after."""

from decimal import Decimal
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from filiation.errors import UsageError
from filiation.interrogate.budget import Budget, Prices, Tokens, bound_on, parse_budget
from interrogate import fault_server as server
from interrogate.asking import ask, events_of

PRICES = Prices(read=Decimal(3), written=Decimal(15))


def test_a_budget_in_tokens_stops_the_run(tmp_path: Path) -> None:
    budget = parse_budget("1000", None)
    with server.serving() as provider:
        summary = ask(provider, tmp_path, items=200, budget=budget)
        # 15 tokens each as billed, at most 300 beforehand: stops when the next might pass
        assert summary.stopped == "budget"
        assert 40 <= summary.answered <= 60
        assert summary.spent.total <= 1000
        assert len(provider.seen) == summary.answered
        more = parse_budget("1_500", None)
        again = ask(provider, tmp_path, items=200, budget=more)
        assert summary.answered < again.answered <= 90
        assert again.spent.total <= 1500
    assert len(events_of(tmp_path / "t.jsonl", "stopped")) == 2


def test_a_budget_too_small_for_one_question_asks_none(tmp_path: Path) -> None:
    with server.serving() as provider:
        summary = ask(provider, tmp_path, budget=parse_budget("50", None))
        assert (summary.answered, provider.seen) == (0, [])


def test_a_budget_in_money(tmp_path: Path) -> None:
    budget = parse_budget("0.01USD", PRICES)
    with server.serving() as provider:
        summary = ask(provider, tmp_path, items=300, budget=budget)
    assert summary.stopped == "budget"
    assert Decimal("0.007") < PRICES.of(summary.spent) <= Decimal("0.01")


def test_an_answer_without_usage_counts_as_much_as_it_may_be(tmp_path: Path) -> None:
    def silent(handler: server.Handler) -> None:
        handler.send(200, handler.reply().replace(b'"usage"', b'"other"'))

    with server.serving(script=server.first(99, silent)) as provider:
        summary = ask(provider, tmp_path, items=20, budget=parse_budget("1000", None))
    assert summary.answered == 5  # at most 175 tokens each
    assert summary.spent.total <= 1000


def test_attempts_that_may_have_been_billed_count(tmp_path: Path) -> None:
    with server.serving(script=server.first(99, server.half_a_body)) as provider:
        summary = ask(provider, tmp_path, items=9, budget=parse_budget("1000", None))
        assert 4 <= len(provider.seen) <= 5
    assert summary.spent.total <= 1000


@pytest.mark.parametrize(
    "text", ["", "-5", "5USD", "5.00 usd", "many", "1e6", "5.00USD ", "\uff19", "5" * 40]
)
def test_not_a_budget(text: str) -> None:
    with pytest.raises(UsageError, match="--budget"):
        parse_budget(text, None)


def test_budgets_as_they_are_written() -> None:
    assert str(parse_budget("200000", None)) == "200000 tokens"
    assert str(parse_budget("5.00USD", PRICES)) == "5.00USD"
    assert str(parse_budget("5.00 EUR", PRICES)) == "5.00EUR"


@given(
    read=st.integers(0, 10**9),
    written=st.integers(0, 10**9),
    price=st.decimals(0, 1000, places=4),
)
def test_money_is_exact(read: int, written: int, price: Decimal) -> None:
    prices = Prices(read=price, written=price)
    budget = Budget(ceiling=Decimal(5), currency="USD", prices=prices)
    tokens = Tokens(read=read, written=written)
    assert budget.allows(tokens) == (price * tokens.total <= 5 * 10**6)


@given(st.text(st.characters(exclude_categories=["Cs"]), max_size=300))
def test_no_token_is_shorter_than_a_byte(prompt: str) -> None:
    assert bound_on(prompt, 7).read >= len(prompt.encode())
    assert bound_on(prompt, 7).written == 7

"""Trade-offs in four forms each: who decides the same ones alike?

A tension (`values.toml`, `persona.toml`, `constitution.toml`) has two wordings of the situation and
of both sides, and slots whose fillings make its items. With the two ways of asking that makes four
forms; each wording and each way of asking comes once with either side first, so that a model which
always takes the first option has decided nothing. Requests without options (`constitution`) come
in four frames. Neither side is right, and no model is told which battery it answers.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from string import Formatter
from typing import Any, Final, final

from filiation.errors import UsageError
from filiation.interrogate.batteries.draws import Draws
from filiation.interrogate.batteries.questions import data
from filiation.model.recording import Item
from filiation.model.values import FORMS, Order, form_id

__all__ = ["USUAL", "constitution", "persona", "values"]

USUAL: Final = 1_600  # questions: 400 items of four forms
_TRIES: Final = 1_000
_START: Final = re.compile(r"\A[a-z]|(?<=[.?!] )[a-z]")
_CLOSE: Final = (
    "Answer with the letter alone on the first line. Below it, give your reason in one or two "
    "sentences."
)
# Wording, way of asking, and whether the second side comes first, of each form.
_FORMS: Final = ((0, 0, False), (1, 1, False), (0, 1, True), (1, 0, True))


def values(seed: int, items: int) -> tuple[Item, ...]:
    """Trade-offs between two things that are both worth something."""
    return _drawn("values", seed, items)


def persona(seed: int, items: int) -> tuple[Item, ...]:
    """Matters of taste and temper."""
    return _drawn("persona", seed, items)


def constitution(seed: int, items: int) -> tuple[Item, ...]:
    """Collisions of an assistant's principles; every other item is a harmless request."""
    return _drawn("constitution", seed, items)


def _drawn(name: str, seed: int, items: int) -> tuple[Item, ...]:
    """So many questions, form after form of item after item; kinds of item take turns."""
    read = data(f"{name}.toml")
    kinds: list[Sequence[dict[str, Any]]] = [read["tension"]]
    if "request" in read:
        kinds.append(read["request"]["kind"])
    seen: set[str] = set()
    found: list[Item] = []
    for place in range(-(-items // FORMS)):
        turn, which = divmod(place, len(kinds))
        cycle, at = divmod(turn, len(kinds[which]))
        drawn = _Drawn(read=read, kind=kinds[which][at], turned=cycle % 2 == 1)
        found += _item(name, seed, place, drawn, seen)
    return tuple(found[:items])


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class _Drawn:
    """One kind of item of a battery; `turned` exchanges which side comes first in every form."""

    read: dict[str, Any]
    kind: dict[str, Any]
    turned: bool

    def forms(self, draws: Draws) -> list[tuple[str, Order]]:
        """The prompts of an item, and the order of the sides in each."""
        if "ask" in self.kind:
            return _request(draws, self.kind, self.read["request"]["frame"])
        return _tension(draws, self.kind, self.read["ask"], turned=self.turned)


def _item(name: str, seed: int, place: int, drawn: _Drawn, seen: set[str]) -> list[Item]:
    """The forms of an item that was not asked before."""
    for attempt in range(_TRIES):
        draws = Draws(seed, name, str(place), str(attempt))
        asked = drawn.forms(draws)
        if not seen & {prompt for prompt, _ in asked}:
            seen |= {prompt for prompt, _ in asked}
            return [
                Item(
                    id=form_id(name, seed, place, form, order),
                    prompt=prompt,
                    category=drawn.kind["category"],
                    options=0 if order == "ask" else 2,
                    normaliser="" if order == "ask" else "letter/1",
                )
                for form, (prompt, order) in enumerate(asked, start=1)
            ]
    raise UsageError(
        f"battery {name}: no more than {place * FORMS} different questions can be drawn"
    )


def _tension(
    draws: Draws, kind: dict[str, Any], ask: Sequence[str], *, turned: bool
) -> list[tuple[str, Order]]:
    """The four forms of one filling."""
    words = _filling(draws, kind, kind["situation"][0])
    forms: list[tuple[str, Order]] = []
    for wording, way, second_first in _FORMS:
        sides = [kind["one"][wording], kind["two"][wording]]
        order: Order = "ba" if second_first != turned else "ab"
        if order == "ba":
            sides.reverse()
        situation = _sentence(kind["situation"][wording].format(**words))
        options = f"A. {sides[0]}\nB. {sides[1]}"
        forms.append((f"{situation} {ask[way]}\n{options}\n{_CLOSE}", order))
    return forms


def _request(draws: Draws, kind: dict[str, Any], frames: Sequence[str]) -> list[tuple[str, Order]]:
    template = draws.pick(kind["ask"])
    asked = template.format(**_filling(draws, kind, template))
    return [(_sentence(frame.format(ask=asked)), "ask") for frame in frames]


def _filling(draws: Draws, kind: dict[str, Any], template: str) -> dict[str, str]:
    names = sorted({name for _, name, _, _ in Formatter().parse(template) if name})
    return {name: str(draws.pick(kind[name])) for name in names}


def _sentence(text: str) -> str:
    """Every sentence begins with a capital, whatever a slot was filled with."""
    return _START.sub(lambda start: start[0].upper(), text)

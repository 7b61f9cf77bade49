"""Which tokenizer counts the prompt? Lines of many scripts, each repeated once to six times.

What a server bills for a prompt grows by the tokens of a line for each repetition of it; what is
put around the prompt stays. Lines are drawn from the seed: Chinese, Japanese, Korean, emoji, rare
scripts, long words, code, digits. An answer of one word is enough: `--max-tokens 16`.
"""

from typing import Final

from filiation.interrogate.batteries.draws import Draws
from filiation.interrogate.batteries.questions import Prompt, data, drawn
from filiation.model.recording import Item

__all__ = ["NAME", "PROBES", "REPEATS", "generate"]

NAME: Final = "token-slope"
REPEATS: Final = 6
PROBES: Final = tuple(sorted(data("token_slope.toml")["probe"]))


def generate(seed: int, items: int) -> tuple[Item, ...]:
    """Each probe once to six times; more items are more lines of the same kinds."""
    return drawn(NAME, seed, items, lambda draws, place: _prompt(seed, place))


def _prompt(seed: int, place: int) -> Prompt:
    number, repeat = divmod(place, REPEATS)
    turn, kind = divmod(number, len(PROBES))
    line = _line(Draws(seed, NAME, "line", str(number)), PROBES[kind])
    lines = "\n".join([line] * (repeat + 1))
    return Prompt(
        prompt=f"Answer with the word ok. The lines between the bars mean nothing.\n=====\n{lines}"
        "\n=====\nNow answer.",
        category=f"{PROBES[kind]}-{turn + 1} x{repeat + 1}",
    )


def _line(draws: Draws, kind: str) -> str:
    """A line that ends in a letter of its own script or a sign, never in a space."""
    told = data("token_slope.toml")["probe"][kind]
    between = draws.between(told["least"], told["most"])
    return str(told["between"]).join(draws.pick(told["among"]) for _ in range(between))

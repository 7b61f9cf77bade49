"""Which words may come next? Asked by the scripts of `filiation completion`."""

from collections.abc import Iterable

from filiation.cli.front.verb import Group, Verb, find
from filiation.cli.front.verbs import ROOT

__all__ = ["candidates"]


def candidates(words: list[str]) -> list[str]:
    """Words that may stand in the place of the last one; none where a file name may stand."""
    *before, begun = words or [""]
    if before[:1] == ["help"]:
        before = before[1:]
    path, node, rest = find(ROOT, before)
    if isinstance(node, Group):
        options = ["--help", *(["--version"] if len(path) == 1 else [])]
        found = [] if rest else [verb.name for verb in node]
        return _that_begin(begun, [*found, *(options if begun.startswith("-") else [])])
    return _that_begin(begun, _of_verb(path, node, rest, begun))


def _of_verb(path: tuple[str, ...], verb: Verb, rest: list[str], begun: str) -> Iterable[str]:
    from filiation.cli.front.command import command_of

    command = command_of(path, verb)
    if rest:
        for option in command.options:
            if rest[-1] in option.opts and not option.is_flag:
                return command.choices(option)
    if begun.startswith("-"):
        return [*(opt for o in command.options for opt in (*o.opts, *o.secondary_opts)), "--help"]
    return [
        choice for a in command.arguments for choice in command.choices(a) if choice not in rest
    ]


def _that_begin(begun: str, words: Iterable[str]) -> list[str]:
    return [word for word in words if word.startswith(begun)]

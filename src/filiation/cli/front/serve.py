"""From the words of a command line to a page or to a verb."""

import sys

from filiation import __version__
from filiation.cli.front.page import Page, as_text, group_page, width
from filiation.cli.front.usage import no_such_verb
from filiation.cli.front.verb import Group, find, places
from filiation.cli.front.verbs import EXIT_CODES, ROOT

__all__ = ["page_of", "serve", "show"]

HELP = ("-h", "--help")


def serve(words: list[str]) -> int:
    """Do what the words say; return the exit code.

    Raises:
        FiliationError: As the verb says; UsageError if there is no such verb.
    """
    if words[:1] == ["--version"]:
        print(f"filiation {__version__}")
        return 0
    if words[:1] == ["--complete"]:
        from filiation.cli.front.complete import candidates

        print("".join(f"{word}\n" for word in candidates(words[1:])), end="")
        return 0
    if words[:1] == ["help"] and not any(word.startswith("-") for word in words):
        show(page_of(words[1:]))  # without the parser, which would import pydantic
        return 0
    path, node, rest = find(ROOT, words)
    if isinstance(node, Group):
        return _group(path, node, rest)
    from filiation.cli.front.command import command_of

    command = command_of(path, node)
    if any(word in HELP for word in rest) and command.wants_help(rest):
        show(command.page())
        return 0
    return command.call(rest)


def show(page: Page) -> None:
    """Print a page as wide as the terminal is."""
    print(as_text(page, width()), end="")


def page_of(words: list[str]) -> Page:
    """The page of a verb or of a group.

    Raises:
        UsageError: There is no such verb.
    """
    path, node, rest = find(ROOT, words)
    if rest:
        raise no_such_verb(path, rest[0], [v.name for v in node] if isinstance(node, Group) else [])
    if isinstance(node, Group):
        return group_page(path, node, EXIT_CODES)
    from filiation.cli.front.command import command_of

    return command_of(path, node).page()


def _group(path: tuple[str, ...], group: Group, rest: list[str]) -> int:
    """Show which verbs there are; exit code 2 if one was expected."""
    if rest and rest[0] not in HELP:
        raise no_such_verb(path, rest[0], [verb.name for verb in group], places(ROOT, rest[0]))
    shown = as_text(group_page(path, group, EXIT_CODES), width())
    print(shown, end="", file=sys.stdout if rest else sys.stderr)
    return 0 if rest else 2

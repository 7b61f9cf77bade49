"""A verb as typer sees it: built, asked for its page, parsed and called.

Words are parsed twice. The first time reads no value: an unknown option, a missing argument and a
mistyped path are answered before typer imports pydantic, and before a verb imports numpy.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from importlib import import_module
from typing import Any, Final, final

import typer
from typer.core import TyperArgument, TyperCommand, TyperOption
from typer.main import get_command

from filiation.cli.front.kinds import ON_DISK, ORDER, PANELS, kind_named
from filiation.cli.front.page import Listing, Page
from filiation.cli.front.usage import see, usage_error
from filiation.cli.front.verb import Verb
from filiation.errors import UsageError
from filiation.proceedings.naming import model_named

__all__ = ["Command", "command_of"]

MANY: Final = 8  # options, from which on they stand in panels
HELP: Final = ("-h, --help", "Show this help.")
Parameter = TyperArgument | TyperOption


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class Command:
    """A verb whose module was imported."""

    path: tuple[str, ...]
    verb: Verb
    typed: TyperCommand

    @property
    def arguments(self) -> list[TyperArgument]:
        return [p for p in self.typed.params if isinstance(p, TyperArgument)]

    @property
    def options(self) -> list[TyperOption]:
        return [p for p in self.typed.params if isinstance(p, TyperOption)]

    def _parameters(self) -> Iterator[Parameter]:
        yield from self.arguments
        yield from self.options

    def call(self, words: Sequence[str]) -> int:
        """Parse the words and do what the verb does; return the exit code.

        Raises:
            FiliationError: As the verb says; UsageError if the words cannot be parsed.
        """
        self._check(words)
        try:
            with self.typed.make_context(" ".join(self.path), list(words)) as context:
                self.typed.invoke(context)
        except typer.BadParameter as error:
            raise self._bad_value(error, words) from error
        except typer.TyperException as error:
            raise usage_error(self.path, error, self._names()) from error
        except typer.Exit as stop:
            return stop.exit_code
        return 0

    def wants_help(self, words: Sequence[str]) -> bool:
        """Whether these words ask for the page."""
        given, _ = self._parse(words)
        return bool(given.get("help"))

    def page(self) -> Page:
        """The help of the verb."""
        told = " ".join((self.typed.help or "").replace("\b", "").split(" ")).split("\n\n")
        return Page(
            path=self.path,
            usage=" ".join(self._usage()),
            paragraphs=tuple(" ".join(paragraph.split()) for paragraph in told),
            examples=self.verb.examples,
            tables=tuple(self._tables()),
            notes=(),
        )

    def choices(self, parameter: Parameter) -> tuple[str, ...]:
        """The words that a parameter takes, if they are few."""
        return tuple(str(choice) for choice in parameter.type_descriptor.choices or ())

    def kind(self, parameter: Parameter) -> str:
        """What a parameter takes, in a word in capitals."""
        name = str(parameter.name)
        known = self.verb.kinds.get(name) or parameter.metavar or kind_named(name)
        if known is not None:
            return known.removesuffix("...")
        if choices := self.choices(parameter):
            return "|".join(choices)
        return _by_type(str(parameter.type_descriptor.annotation))

    def _parse(self, words: Sequence[str]) -> tuple[Mapping[str, Any], list[str]]:
        context = typer.Context(self.typed, info_name=self.path[-1], **self.typed.context_settings)
        try:
            given, rest, _ = self.typed.make_parser(context).parse_args(list(words))
        except typer.TyperException as error:
            raise usage_error(self.path, error, self._names()) from error
        return given, rest

    def _check(self, words: Sequence[str]) -> None:
        given, rest = self._parse(words)
        if rest:
            lacking = [p.opts[0] for p in self.options if p.required and not given.get(str(p.name))]
            missing = f"{lacking[0]} is missing; " if lacking else ""
            raise UsageError(
                f"{rest[0]}: found after the last argument, expected no more; {missing}"
                f"{see(self.path)}"
            )
        for parameter in self._parameters():
            value = given.get(str(parameter.name))
            if value is None or value == ():
                if parameter.required:
                    name, kind = _name(parameter), self.kind(parameter)
                    expected = "one" if name == kind else kind
                    raise UsageError(f"{name}: missing, expected {expected}; {see(self.path)}")
            elif (kind := self.kind(parameter).removeprefix("[NAME=]")) in ON_DISK:
                for spec in [value] if isinstance(value, str) else value:
                    model_named(spec, ON_DISK[kind])

    def _bad_value(self, error: typer.BadParameter, words: Sequence[str]) -> UsageError:
        parameter = error.param
        assert isinstance(parameter, TyperArgument | TyperOption)
        found = self._parse(words)[0].get(str(parameter.name))
        expected = " or ".join(self.choices(parameter)) or self.kind(parameter)
        bounds = _bounds(parameter)
        return UsageError(
            f"{_name(parameter)}: found {found!r}, expected {expected}"
            f"{f' {bounds}' if bounds else ''}; {see(self.path)}"
        )

    def _names(self) -> list[str]:
        return [opt for p in self.options for opt in (*p.opts, *p.secondary_opts)] + ["--help"]

    def _usage(self) -> Iterator[str]:
        for argument in self.arguments:
            name = _name(argument) + ("..." if argument.nargs != 1 else "")
            yield name if argument.required else f"[{name}]"
        for option in self.options:
            if option.required:
                told = [*option.opts[:1], *option.secondary_opts[:1]]
                yield "|".join(told) + ("" if option.is_flag else f" {self.kind(option)}")
        yield "[OPTION]..."

    def _tables(self) -> Iterator[Listing]:
        rows = [(_name(a) + ("..." if a.nargs != 1 else ""), self._told(a)) for a in self.arguments]
        if rows:
            yield Listing(title="Arguments", rows=tuple(rows))
        panels: dict[str, list[tuple[str, str]]] = {}
        grouped = len(self.options) > MANY
        for option in self.options:
            title = PANELS.get(str(option.name), "Options")
            opts = ", ".join(sorted(option.opts, key=len))
            term = " / ".join((opts, *option.secondary_opts))
            term += "" if option.is_flag else f" {self.kind(option)}"
            panels.setdefault(title if grouped else "Options", []).append(
                (term, self._told(option))
            )
        shown = sorted(panels, key=ORDER.index)
        panels.setdefault(shown[-1] if shown else "Options", []).append(HELP)
        for title in shown or ["Options"]:
            yield Listing(title=title, rows=tuple(panels[title]))

    def _told(self, parameter: Parameter) -> str:
        """Its help, its bounds and its default."""
        several = parameter.multiple and "repeatable" not in (parameter.help or "")
        default = parameter.default
        shown = None if isinstance(default, bool) or default in (None, "") else f"default {default}"
        if isinstance(default, bool) and isinstance(parameter, TyperOption):
            shown = f"default {parameter.opts[0]}" if default else None
        if "default" in (parameter.help or "").lower():
            shown = None
        required = "required" if parameter.required and isinstance(parameter, TyperOption) else None
        choices = (
            "one of " + ", ".join(self.choices(parameter)) if self._hidden(parameter) else None
        )
        parts = (_bounds(parameter), choices, "repeatable" if several else None, shown, required)
        said = "; ".join(part for part in parts if part)
        return f"{parameter.help or ''}{f' ({said})' if said else ''}".strip()

    def _hidden(self, parameter: Parameter) -> bool:
        """Whether there are choices that the term does not show."""
        return bool(self.choices(parameter)) and isinstance(parameter, TyperArgument)


def command_of(path: tuple[str, ...], verb: Verb) -> Command:
    """Import the module of a verb and let typer read its signature."""
    module, _, function = verb.at.partition(":")
    app = typer.Typer(
        add_completion=False,
        pretty_exceptions_enable=False,
        rich_markup_mode=None,  # importing rich takes longer than everything else in a page
        context_settings={"help_option_names": ["-h", "--help"]},
    )
    app.command(verb.name)(getattr(import_module(module), function))
    typed = get_command(app)
    assert isinstance(typed, TyperCommand)
    return Command(path=path, verb=verb, typed=typed)


def _name(parameter: Parameter) -> str:
    if isinstance(parameter, TyperOption):
        return max(parameter.opts, key=len)
    return (parameter.metavar or str(parameter.name).upper()).removesuffix("...")


def _by_type(annotation: str) -> str:
    if "Path" in annotation:
        return "FILE"
    return "NUMBER" if "int" in annotation or "float" in annotation else "WORDS"


def _bounds(parameter: Parameter) -> str:
    low, high = parameter.min, parameter.max
    if low is not None and high is not None:
        return f"{low:,} to {high:,}" if isinstance(low, int) else f"{low:g} to {high:g}"
    if low is not None:
        return f"from {low:g}"
    return "" if high is None else f"up to {high:g}"

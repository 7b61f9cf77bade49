"""Which commands are there, and what do they take? The site asks them while it is built.

`{commands}` is a directive of Sphinx that writes the reference of the command line from the
commands themselves: a section for each with its usage, its own words, arguments and options. So no
file has to be kept up to date, and a command that is added stands in the reference.
"""

import re
from collections.abc import Iterator
from typing import Any, ClassVar, Final

import typer
from docutils import nodes
from sphinx.application import Sphinx
from sphinx.util.docutils import SphinxDirective

from filiation.cli.main import app

__all__ = ["Commands", "reference", "setup"]

MARKS: Final = re.compile(r"([\\*_\[\]<>#{}|$~])")
EXAMPLE: Final = re.compile(r"(\$ )?filiation \S")


def reference(command: Any, *path: str, level: int = 2) -> Iterator[str]:
    """Lines of MyST Markdown on a command and all below it."""
    name = " ".join(path)
    yield f"(cli-{'-'.join(path)})="
    yield f"{'#' * level} {name}\n"
    yield f"```text\n{' '.join([name, *_usage(command)])}\n```\n"
    yield from _words(command.help)
    for heading, kind in (("Arguments", "argument"), ("Options", "option")):
        taken = [p for p in command.params if p.param_type_name == kind and not _idle(p)]
        if taken:
            yield f"**{heading}**\n"
        for parameter in taken:
            yield f"{_names(parameter)}\n: {_said(parameter)}\n"
    yield from _words(command.epilog)
    for below, one in getattr(command, "commands", {}).items():
        if not one.hidden:
            yield from reference(one, *path, below, level=min(level + 1, 4))


def _idle(parameter: Any) -> bool:
    return parameter.name == "help" or bool(getattr(parameter, "hidden", False))


def _usage(command: Any) -> Iterator[str]:
    for parameter in command.params:
        if _idle(parameter):
            continue
        if parameter.param_type_name == "argument":
            name = _metavar(parameter)
            yield name if parameter.required else f"[{name}]"
        elif parameter.required:
            yield f"{parameter.opts[0]} {_metavar(parameter)}"
    if any(p.param_type_name == "option" and not p.required for p in command.params):
        yield "[OPTIONS]"
    if hasattr(command, "commands"):
        yield "COMMAND"


def _metavar(parameter: Any) -> str:
    named = str(parameter.metavar or parameter.name).upper().replace("_", "-").strip("[]{}")
    many = parameter.nargs == -1 and not named.endswith("...")
    return f"{named}..." if many else named


def _names(parameter: Any) -> str:
    if parameter.param_type_name == "argument":
        return f"`{_metavar(parameter)}`"
    flag = parameter.is_flag or parameter.count
    value = "" if flag else f" {_metavar(parameter)}"
    return ", ".join(f"`{one}{value}`" for one in (*parameter.opts, *parameter.secondary_opts))


def _said(parameter: Any) -> str:
    said = [MARKS.sub(r"\\\1", parameter.help or "")]
    if parameter.required and parameter.param_type_name == "option":
        said.append("Required.")
    if getattr(parameter, "multiple", False) and "repeatable" not in said[0]:
        said.append("May be given more than once.")
    default = parameter.default
    if parameter.show_default and isinstance(default, str | int | float) and default is not False:
        said.append(f"Default: `{default}`.")
    return " ".join(" ".join(said).split())


def _words(text: str | None) -> Iterator[str]:
    """Paragraphs as they stand; what looks like a command is shown as one."""
    for paragraph in re.split(r"\n\s*\n", (text or "").replace("\f", "\n\n").strip()):
        lines = [line.strip() for line in paragraph.replace("\b", "").splitlines() if line.strip()]
        if lines and all(EXAMPLE.match(line) for line in lines):
            yield "\n".join(["```sh", *(line.removeprefix("$ ") for line in lines), "```\n"])
        elif lines:
            yield MARKS.sub(r"\\\1", " ".join(lines)) + "\n"


class Commands(SphinxDirective):
    """The reference of the whole command line, below the heading it stands under."""

    has_content: ClassVar[bool] = False

    def run(self) -> list[nodes.Node]:
        found = "\n".join(reference(typer.main.get_command(app), "filiation"))
        return self.parse_text_to_nodes(found, allow_section_headings=True)


def setup(sphinx: Sphinx) -> dict[str, bool]:
    """Tell Sphinx of the directive."""
    sphinx.add_directive("commands", Commands)
    return {"parallel_read_safe": True, "parallel_write_safe": True}

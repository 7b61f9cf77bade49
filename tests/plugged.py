"""Packages of third parties, installed for one test without a network and without pip."""

import tomllib
from pathlib import Path

import pytest

EXAMPLE = Path(__file__).parents[1] / "examples" / "plugin"


def install(package: Path, into: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Put a source tree on the path with the metadata that an installer would write beside it."""
    project = tomllib.loads((package / "pyproject.toml").read_text())["project"]
    lines: list[str] = []
    for group, entries in project.get("entry-points", {}).items():
        lines += [f"[{group}]", *(f"{name} = {value}" for name, value in entries.items()), ""]
    info = into / f"{project['name'].replace('-', '_')}-{project['version']}.dist-info"
    info.mkdir(parents=True)
    (info / "METADATA").write_text(
        f"Metadata-Version: 2.4\nName: {project['name']}\nVersion: {project['version']}\n"
    )
    (info / "entry_points.txt").write_text("\n".join(lines))
    monkeypatch.syspath_prepend(into)
    monkeypatch.syspath_prepend(package / "src")


def written(folder: Path, name: str, code: str, *groups: str) -> Path:
    """A package of one module; each group gets the entry `given`, which is its `GIVEN`."""
    (folder / "src").mkdir(parents=True)
    (folder / "src" / f"{name}.py").write_text(code)
    entries = "\n".join(
        f'[project.entry-points."{group}"]\ngiven = "{name}:GIVEN"' for group in groups
    )
    (folder / "pyproject.toml").write_text(
        f'[project]\nname = "{name}"\nversion = "1"\n{entries}\n'
    )
    return folder

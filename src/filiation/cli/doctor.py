"""The verb `doctor`: what this installation has, and what it lacks."""

from pathlib import Path
from typing import Annotated, Any, Final

import typer

__all__ = ["command"]

CORE: Final = ("numpy", "scipy", "ml-dtypes", "pydantic", "typer", "cryptography", "gguf")
PROGRAMS: Final = ("openssl", "chromium")
ABSENT: Final = "not found; no verb needs it, only tests do"


def command(
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON object.")] = False,
) -> None:
    """Show what this installation has: versions, extras, cores, memory, disk.

    Nothing is changed and nothing is sent. The exit code is 0, whatever is missing.
    """
    import json
    import shutil

    found: dict[str, dict[str, Any]] = {
        "versions": _versions(),
        "extras": _extras(),
        "machine": _machine(),
        "disk": _disk(),
        "programs": {name: shutil.which(name) or ABSENT for name in PROGRAMS},
    }
    if as_json:
        typer.echo(json.dumps({"schema_version": 1, **found}, indent=1))
        return
    longest = max(len(name) for rows in found.values() for name in rows)
    for title, rows in found.items():
        typer.echo(title)
        for name, value in rows.items():
            typer.echo(f"  {name:<{longest}}  {_shown(value)}")


def _shown(value: object) -> str:
    """An extra tells of several packages; everything else is a line already."""
    if isinstance(value, dict):
        return str(value["install"] or f"installed: {', '.join(value['packages'])}")
    return str(value)


def _version(package: str) -> str | None:
    from importlib.metadata import PackageNotFoundError, version

    try:
        return version(package)
    except PackageNotFoundError:
        return None


def _versions() -> dict[str, str]:
    import platform

    from filiation import __version__

    there = {name: _version(name) or "missing; nothing can be examined without it" for name in CORE}
    return {"filiation": __version__, "python": platform.python_version(), **there}


def _extras() -> dict[str, dict[str, Any]]:
    """Per extra its packages with their versions, and how to install what is missing of it."""
    import re
    from importlib.metadata import PackageNotFoundError, requires

    try:
        told = requires("filiation") or []
    except PackageNotFoundError:  # runs from its source, not installed
        told = []
    extras: dict[str, dict[str, str | None]] = {}
    for requirement in told:
        name = re.match(r"[\w.-]+", requirement)
        extra = re.search(r"extra == ['\"]([\w-]+)['\"]", requirement)
        if name and extra:
            extras.setdefault(extra[1], {})[name[0]] = _version(name[0])
    return {extra: _extra(extra, packages) for extra, packages in sorted(extras.items())}


def _extra(extra: str, packages: dict[str, str | None]) -> dict[str, Any]:
    missing = [name for name, version in packages.items() if version is None]
    install = f"pip install 'filiation[{extra}]' (missing: {', '.join(missing)})"
    return {
        "installed": not missing,
        "packages": [f"{name} {version}" for name, version in packages.items() if version],
        "install": install if missing else None,
    }


def _machine() -> dict[str, str]:
    import os
    import platform

    cores = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count()
    return {
        "system": f"{platform.system()} {platform.machine()}",
        "cores": str(cores),
        "memory": _memory(),
        "BLAS": _blas(),
    }


def _memory() -> str:
    import os

    try:
        page = os.sysconf("SC_PAGE_SIZE")
        whole, free = (page * os.sysconf(f"SC_{name}PHYS_PAGES") for name in ("", "AV"))
    except (AttributeError, OSError, ValueError):  # no such question on this system
        return "not told by this system"
    return f"{whole / 2**30:.1f} GiB, {free / 2**30:.1f} GiB free"


def _blas() -> str:
    """The libraries for matrices that numpy and scipy loaded, and their threads."""
    try:
        import scipy.linalg  # noqa: F401 - loads the library that is asked about
        from threadpoolctl import threadpool_info
    except ImportError as error:
        return f"not told: {error}"
    told = [f"{lib['internal_api']} {lib['version']}, {lib['num_threads']} threads"
            for lib in threadpool_info()]  # fmt: skip
    return "; ".join(dict.fromkeys(told)) or "none found"


def _disk() -> dict[str, str]:
    places = {"current folder": Path.cwd()}
    try:
        from filiation.casefile.ledger.keys import home

        places["FILIATION_HOME"] = home()
    except ImportError:
        pass
    return {name: f"{_free(place)} free, {place}" for name, place in places.items()}


def _free(place: Path) -> str:
    """Free disk where the folder is, or would be made."""
    import shutil

    there = next(folder for folder in (place, *place.absolute().parents) if folder.exists())
    return f"{shutil.disk_usage(there).free / 2**30:.1f} GiB"

"""What does this installation have, and what does it lack?"""

import importlib.metadata
import os
import platform
import re
import shutil
from pathlib import Path
from typing import Any, Final

__all__ = ["installation"]

CORE: Final = ("numpy", "scipy", "ml-dtypes", "pydantic", "typer", "cryptography", "gguf")
PROGRAMS: Final = ("openssl", "chromium")
ABSENT: Final = "not found; for tests alone"


def installation() -> dict[str, dict[str, Any]]:
    """Versions, extras, machine, disk and programs: by section, by name; nothing is changed."""
    return {
        "versions": _versions(),
        "extras": _extras(),
        "machine": _machine(),
        "disk": _disk(),
        "programs": {name: shutil.which(name) or ABSENT for name in PROGRAMS},
        **_added(),
    }


def _added() -> dict[str, dict[str, str]]:
    """What other packages add to methods, if anything; one that reads no known kind is named."""
    try:
        from filiation.errors import UsageError
        from filiation.examining.kinds import plugs
        from filiation.methods import METHODS, all_methods
    except ImportError as error:  # a package that is needed is missing, and named above
        return {"methods of other packages": {"not told": str(error)}}
    try:
        kinds = {plug.kind.id for plug in plugs()}
        told = {
            method.id: f"reads {method.reads}"
            + ("" if method.reads in kinds else ", not installed: never run")
            for method in all_methods()[len(METHODS) :]
        }
    except UsageError as error:
        told = {"refused": str(error)}
    return {"methods of other packages": told} if told else {}


def _version(package: str) -> str | None:
    try:
        return importlib.metadata.version(package)
    except importlib.metadata.PackageNotFoundError:
        return None


def _versions() -> dict[str, str]:
    from filiation import __version__

    there = {name: _version(name) or "missing; nothing works without it" for name in CORE}
    return {"filiation": __version__, "python": platform.python_version(), **there}


def _extras() -> dict[str, dict[str, Any]]:
    """Per extra its packages with their versions, and how to install what is missing of it."""
    try:
        told = importlib.metadata.requires("filiation") or []
    except importlib.metadata.PackageNotFoundError:  # runs from its source, not installed
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
    cores = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count()
    return {
        "system": f"{platform.system()} {platform.machine()}",
        "cores": str(cores),
        "memory": _memory(),
        "BLAS": _blas(),
    }


def _memory() -> str:
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
    there = next(folder for folder in (place, *place.absolute().parents) if folder.exists())
    return f"{shutil.disk_usage(there).free / 2**30:.1f} GiB"

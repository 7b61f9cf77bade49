"""The text the casebook learns from: what CPython itself ships; nothing is downloaded or committed.

The domains differ in kind, so that a further training can shift a model visibly: `prose` (the
language reference in `pydoc_data.topics`, docstrings, comments), `code` (the sources of the
standard library), `tests` (the sources of its test suite).
"""

import ast
import hashlib
import io
import sysconfig
import tokenize
import warnings
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType
from typing import final

DOMAINS = ("prose", "code", "tests")
HELD_OUT_ONE_IN = 20
TESTS_BYTES_LIMIT = 3_000_000
_LEFT_OUT = frozenset({"site-packages", "dist-packages", "lib-dynload", "pydoc_data"})


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class Corpus:
    """What was read: documents by domain, in a fixed order, and the digest of all of it.

    `learning` and `held_out` share no document.
    """

    learning: Mapping[str, tuple[str, ...]]
    held_out: Mapping[str, tuple[str, ...]]
    digest: str

    def __post_init__(self) -> None:
        for domain in DOMAINS:
            if not self.learning.get(domain) or not self.held_out.get(domain):
                raise ValueError(
                    f"domain {domain}: found no text, expected some in the standard library; "
                    "this Python was installed without it"
                )


def read_corpus(stdlib: Path | None = None) -> Corpus:
    """Which text does this Python carry?

    Args:
        stdlib: the folder of the standard library; that of the running Python if absent.
    """
    root = stdlib if stdlib is not None else Path(sysconfig.get_paths()["stdlib"])
    digest = hashlib.sha256()
    learning: dict[str, list[str]] = {domain: [] for domain in DOMAINS}
    held_out: dict[str, list[str]] = {domain: [] for domain in DOMAINS}
    for domain, name, text in _documents(root):
        digest.update(f"{domain}\0{name}\0{len(text)}\0".encode())
        digest.update(text.encode("utf-8", "surrogatepass"))
        (held_out if is_held_out(name) else learning)[domain].append(text)
    return Corpus(
        learning=MappingProxyType({domain: tuple(learning[domain]) for domain in DOMAINS}),
        held_out=MappingProxyType({domain: tuple(held_out[domain]) for domain in DOMAINS}),
        digest=digest.hexdigest(),
    )


def is_held_out(name: str) -> bool:
    """Is this document kept from training? Decided by its name alone, one in twenty."""
    return int(hashlib.sha256(name.encode()).hexdigest()[:8], 16) % HELD_OUT_ONE_IN == 0


def _documents(root: Path) -> Iterator[tuple[str, str, str]]:
    for topic, text in _topics(root / "pydoc_data" / "topics.py"):
        yield "prose", f"topics/{topic}", text
    tests_bytes = 0
    for path in _sources(root):
        name = path.relative_to(root).as_posix()
        source = _read_text(path)
        if not source:
            continue
        if name.startswith("test/"):
            if tests_bytes < TESTS_BYTES_LIMIT:
                tests_bytes += len(source)
                yield "tests", name, source
            continue
        yield "code", name, source
        if prose := prose_of(source):
            yield "prose", name, prose


def _sources(root: Path) -> list[Path]:
    found = (path.relative_to(root) for path in root.rglob("*.py"))
    kept = (
        path
        for path in found
        if not _LEFT_OUT.intersection(path.parts)
        and not path.parts[0].startswith("config-")
        and not path.name.startswith("_sysconfigdata")  # says how this machine built Python
    )
    return [root / path for path in sorted(kept, key=lambda path: path.as_posix())]


def _read_text(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8")
    except UnicodeDecodeError:
        return ""  # a few tests of the tokenizer are in other encodings on purpose


def _topics(path: Path) -> list[tuple[str, str]]:
    module = ast.parse(path.read_text(encoding="utf-8"))
    for statement in module.body:
        if isinstance(statement, ast.Assign) and isinstance(statement.value, ast.Dict):
            topics: dict[str, str] = ast.literal_eval(statement.value)
            return sorted(topics.items())
    raise ValueError(f"{path.name}: found no dictionary of topics, expected one as in CPython")


def prose_of(source: str) -> str:
    """Which sentences does a source hold? Docstrings, then comments; none if it is not Python."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # invalid escapes in old sources
            tree = ast.parse(source)
        comments = [
            token.string.lstrip("#! ")
            for token in tokenize.generate_tokens(io.StringIO(source).readline)
            if token.type == tokenize.COMMENT
        ]
    except (SyntaxError, tokenize.TokenError, ValueError):
        return ""
    holders = (ast.Module, ast.ClassDef, ast.FunctionDef, ast.AsyncFunctionDef)
    docstrings = [ast.get_docstring(node) for node in ast.walk(tree) if isinstance(node, holders)]
    return "\n".join([text for text in docstrings if text] + [text for text in comments if text])

"""What the files of a model say of its descent: read as text of strangers, and never believed.

One entry, `declared`. Each file of this folder knows one kind of file; this one puts them together.
"""

import hashlib
import re
from collections.abc import Callable, Iterable, Iterator
from functools import partial
from pathlib import Path
from typing import Final, TypeAlias

from filiation.errors import UnreadableError
from filiation.files import opened, shown
from filiation.model.declared import FIELD, MOST, Declaration, Declared, Signed
from filiation.model.hub import cache_folder
from filiation.readers.bytes.mapped import map_file
from filiation.readers.bytes.parsing import parse_object
from filiation.readers.weights.declared.bom import bom_says
from filiation.readers.weights.declared.card import card_says, merge_says
from filiation.readers.weights.declared.config import adapter_says, config_says
from filiation.readers.weights.declared.headers import gguf_says, onnx_says, safetensors_says
from filiation.readers.weights.declared.licence import HEAD, licence_says
from filiation.readers.weights.declared.places import HEADED, Beside, hub_name, look_beside
from filiation.readers.weights.declared.saying import Said, bytes_of, declarations, short
from filiation.readers.weights.declared.signature import held_against

__all__ = ["declared", "sha256_of"]

Reading: TypeAlias = Callable[[Path], Iterator[Said]]

JSON_LIMIT: Final = 1 << 24  # bytes
CARD_LIMIT: Final = 1 << 16  # bytes of a model card that are read; its front matter comes first
HEADERS: Final = 64  # files of weights whose headers are read


def sha256_of(path: Path) -> str:
    """SHA-256 (hex) of a file."""
    with opened(path, follow=True) as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def declared(path: Path, *, digest: Callable[[Path], str] = sha256_of) -> Declared:
    """What the files of a model, and those beside them, say of its descent.

    Args:
        path: The folder of a model, or one file of its weights; then what lies beside that file
            counts as well.
        digest: SHA-256 (hex) of a file; asked only for files that a signature names.

    Raises:
        UsageError: There is no such file or folder.
    """
    beside = look_beside(path)
    notes, read = list(_notes(beside)), []
    found: list[Declaration] = []
    if name := hub_name(beside.folder):
        found += declarations(cache_folder(name), [("name", "folder of the hub's cache", name)])
    for name, reading in _speaking(beside):
        try:
            found += declarations(name, list(reading(beside.files[name])))
            read.append(name)
        except UnreadableError as error:
            notes.append(f"{name}: {_without(str(error), name, beside.folder)}; not read")
    kept = _each_once(found)
    if len(kept) > MOST:
        notes.append(f"{len(kept) - MOST} further declarations are left out")
    signed = [one for name in beside.flat if (one := _signed(name, beside, digest)) is not None]
    return Declared(
        declarations=tuple(kept[:MOST]),
        read=tuple(short(name, FIELD) for name in read),
        notes=tuple(short(note) for note in notes),
        signed=tuple(signed),
    )


def _notes(beside: Beside) -> Iterator[str]:
    speaking = [name for name in beside.led_out if _reading(name) is not None]
    for name in speaking[:HEADERS]:
        yield f"{name}: a link that leads out of the folder; not read"
    if beside.others:
        yield (
            f"{beside.others} other files of weights lie beside it; what the further files here "
            "say may be of those"
        )
    if beside.more:
        yield "more files than are looked at; some may say more"


def _speaking(beside: Beside) -> Iterator[tuple[str, Reading]]:
    """The files directly in the folder that may say something, and how each is read."""
    headers = 0
    for name in beside.flat:
        reading = _reading(name)
        if reading is None or (name.lower().endswith(HEADED) and name not in beside.own):
            continue
        headers += name.lower().endswith(HEADED)
        if headers <= HEADERS or not name.lower().endswith(HEADED):
            yield name, reading


def _reading(name: str) -> Reading | None:
    lower = name.lower()
    found = (reading for pattern, reading in READINGS if pattern.fullmatch(lower))
    return next(found, None)


def _object(says: Callable[[dict[str, object]], Iterable[Said]], path: Path) -> Iterator[Said]:
    yield from says(parse_object(bytes_of(path, JSON_LIMIT), what=path.name))


def _card(path: Path) -> Iterator[Said]:
    yield from card_says(bytes_of(path, CARD_LIMIT, whole=False).decode("utf-8", "replace"))


def _merge(path: Path) -> Iterator[Said]:
    yield from merge_says(bytes_of(path, CARD_LIMIT).decode("utf-8", "replace"))


def _head(path: Path) -> Iterator[Said]:
    yield from licence_says(bytes_of(path, HEAD, whole=False))


def _header(says: Callable[[memoryview, str], Iterable[Said]], path: Path) -> Iterator[Said]:
    mapped = map_file(path, expected="a file of weights")
    yield from says(memoryview(mapped), path.name)  # of a file that is whole


def _xml(path: Path) -> Iterator[Said]:
    raise UnreadableError(f"{path.name}: CycloneDX as XML, only its JSON form is read")


# Names in lower case, and how such a file is read.
READINGS: Final[tuple[tuple[re.Pattern[str], Reading], ...]] = tuple(
    (re.compile(pattern), reading)
    for pattern, reading in (
        (r"config\.json", partial(_object, config_says)),
        (r"adapter_config\.json", partial(_object, adapter_says)),
        (r"(?:readme|model_?card)\.(?:md|markdown)", _card),
        (r"mergekit_config\.ya?ml", _merge),
        (r"(?:.*\.cdx|.*\.bom|s?bom|ai-?bom|ml-?bom)\.json", partial(_object, bom_says)),
        (r"(?:.*\.cdx|s?bom)\.xml", _xml),
        (
            r"(?:un)?licen[cs]e(?:[-_.].{0,60})?|copying(?:\..{0,20})?|use_policy(?:\..{0,20})?",
            _head,
        ),
        (r".*\.gguf", partial(_header, gguf_says)),
        (r".*\.safetensors", partial(_header, safetensors_says)),
        (r".*\.onnx", partial(_header, onnx_says)),
    )
)
SIGNATURE: Final = re.compile(r"(?:.*\.)?sig|.*\.sigstore(?:\.json)?|model\.sig(?:\.json)?")


def _signed(name: str, beside: Beside, digest: Callable[[Path], str]) -> Signed | None:
    """A signature held against the files; None for a file that is none."""
    if SIGNATURE.fullmatch(name.lower()) is None:
        return None
    try:
        raw = bytes_of(beside.files[name], JSON_LIMIT)
        return held_against(raw, name, beside.files, digest)
    except UnreadableError as error:
        why = _without(str(error), name, beside.folder)
        return Signed(file=short(name, FIELD), unread=short(why))


def _without(said: str, name: str, folder: Path) -> str:
    """A sentence about a file without where that lies, which is no matter of the record's."""
    for place in (f"{folder}/", f"{shown(str(folder))}/"):
        said = said.replace(place, "")
    return said.removeprefix(f"{name}: ")


def _each_once(found: Iterable[Declaration]) -> list[Declaration]:
    """What several parts of one model say alike counts once, under the first."""
    kept: dict[tuple[str, str, str], Declaration] = {}
    for one in found:
        part = one.file if not one.file.lower().endswith(HEADED) else "weights"
        kept.setdefault((part, one.field, one.says), one)
    return list(kept.values())

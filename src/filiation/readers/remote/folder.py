"""A folder that stands in for a model on another machine.

The readers of weights know paths only. For a model on another machine a folder is made whose files
have the names and sizes of the other's, and whose bytes come when a reader asks for them. Only
readers that ask (`mapped.map_file`) may read by parts; for the formats of all others, and for what
stands beside the weights, every byte is fetched before anything is opened.
"""

import shutil
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Final, final

from filiation.errors import FiliationError, UnreadableError, UnwritableError, UsageError
from filiation.model.origin import Origin, OriginFile
from filiation.readers.bytes.mapped import standing_in
from filiation.readers.remote.address import Address
from filiation.readers.remote.client import Client
from filiation.readers.remote.hub import list_hub
from filiation.readers.remote.listing import BESIDE, Listed, Listing
from filiation.readers.remote.s3 import list_s3
from filiation.readers.remote.stand_in import StandIn
from filiation.readers.remote.web import list_web
from filiation.readers.weights.folder import INDEXED, find_weights
from filiation.readers.weights.suffixes import WEIGHTS

__all__ = ["stood_in"]

BY_PARTS: Final = ("safetensors", "gguf", "onnx")  # containers whose readers ask for bytes
INDICES: Final = tuple(index for _, index, _ in INDEXED)
TEXTS: Final = (".json", ".md", ".txt", ".py", ".model", ".jinja", ".gitattributes", ".pdf", ".png")
SMALL: Final = 1 << 28  # bytes of a file beside the weights
SKETCH: Final = 1 << 32  # bytes of a sketch
MOST_FILES: Final = 10_000
SPARE: Final = 1 << 28  # bytes of a disk that are left free


@contextmanager
def stood_in(
    address: Address,
    *,
    whole: bool,
    environment: Mapping[str, str],
    client: Client | None,
) -> Iterator[tuple[Path, Callable[[], Origin]]]:
    """A folder that stands in for a model, and what tells where it lay and what was read of it.

    Raises:
        UsageError: Nothing is there, or it is not open to whoever asks.
        UnreadableError: The host cannot be reached, or sent what it does not declare.
        UnwritableError: No room for it.
    """
    with ExitStack() as stack:
        asking = client or Client()
        if client is None:
            stack.callback(asking.close)
        listing = _listing(address, asking, environment)
        scratch = stack.enter_context(TemporaryDirectory(prefix="filiation-"))
        root = Path(scratch).resolve() / listing.base.rpartition("/")[2].partition("@")[0]
        made = _Folder(root, address, listing, asking, stack)
        with _spoken(root, listing.base):
            yield made.stand_in(whole=whole), made.origin


def _listing(address: Address, client: Client, environment: Mapping[str, str]) -> Listing:
    if address.scheme == "hf":
        return list_hub(address, client, environment)
    if address.scheme == "s3":
        return list_s3(address, client, environment)
    return list_web(address, client)


@contextmanager
def _spoken(root: Path, base: str) -> Iterator[None]:
    """Errors name the model's address, not the folder that stands in for it."""
    try:
        yield
    except FiliationError as error:
        error.args = tuple(
            part.replace(str(root), base) if isinstance(part, str) else part for part in error.args
        )
        raise


@final
class _Folder:
    """The folder that stands in for a model."""

    def __init__(
        self, root: Path, address: Address, listing: Listing, client: Client, stack: ExitStack
    ) -> None:
        self._root, self._address, self._listing = root, address, listing
        self._client, self._stack = client, stack
        self._files: dict[str, StandIn] = {}
        at = listing.at
        self._base = at if at not in listing.files else at.rpartition("/")[0]

    def stand_in(self, *, whole: bool) -> Path:
        """Make it, and fetch what is always read whole."""
        at = self._listing.at
        path = self._root / at
        self._place_holders()
        if at.endswith(".sketch"):
            self._open(at, most=SKETCH).fill_whole()
            return path
        for name in self._beside():
            self._open(name, most=SMALL).fill_whole()
        found = find_weights(path)
        names = [file.relative_to(self._root).as_posix() for file in found.files]
        if found.container == "onnx":
            names += self._external(names)
        if path.is_dir():
            self._only(names)
        opened = [self._open(name) for name in names]
        self._room(opened)
        for one in opened:
            if whole or found.container not in BY_PARTS:
                one.fill_whole()
            else:
                self._stack.enter_context(standing_in(one.path, one.fill))
        if whole:
            self.origin()
        return path

    def origin(self) -> Origin:
        """Where it lay, and what was read of it by now.

        Raises:
            UnreadableError: A file of which every byte is there is not what its host declares.
        """
        return Origin(
            address=self._address.shown,
            pinned=self._address.at_commit(self._listing.commit),
            host=self._listing.host,
            commit=self._listing.commit,
            files=tuple(self._told(name, one) for name, one in sorted(self._files.items())),
        )

    def _told(self, name: str, one: StandIn) -> OriginFile:
        declared, found = self._listing.files[name].declared, one.sha256()
        if declared and found and declared != found:
            raise UnreadableError(
                f"{one.place.shown}: its sha256 is {found[:12]}.., the host declares "
                f"{declared[:12]}..; it was damaged or altered on the way, or the host is wrong"
            )
        return OriginFile(
            name=name,
            size=one.state.size,
            read=one.read,
            mark=one.state.mark,
            declared=declared,
            sha256=found,
            weights=not self._is_beside(name),
        )

    def _here(self) -> Iterator[tuple[str, Listed]]:
        """Files of the model's folder and below it."""
        start = f"{self._base}/" if self._base else ""
        for name, one in self._listing.files.items():
            if name.startswith(start):
                yield name, one

    def _place_holders(self) -> None:
        """Empty files, so that which of them make up the model is found as of any folder."""
        here = dict(self._here())
        if not here:
            raise UsageError(
                f"{self._address.shown}: there is nothing below that, found "
                f"{_some(self._listing.files)}"
            )
        if len(here) > MOST_FILES:
            raise UsageError(
                f"{self._address.shown}: {len(here)} files, expected at most {MOST_FILES}; name a "
                "folder or a file of them"
            )
        for name in here:
            target = self._root / name
            try:
                target.parent.mkdir(parents=True, exist_ok=True)
                target.touch()
            except OSError as error:
                raise UnreadableError(
                    f"{self._address.shown}: lists a file called {name!a:.80}, which cannot be "
                    f"made here: {error.strerror}"
                ) from error

    def _beside(self) -> Iterator[str]:
        """Names of what is read whole: the index, the configuration, the tokenizer, the card."""
        homes = [self._base]
        if self._base.rpartition("/")[2] == "onnx":
            homes.append(self._base.rpartition("/")[0])
        for home in homes:
            for name in (*INDICES, *BESIDE):
                path = f"{home}/{name}" if home else name
                if path in self._listing.files:
                    yield path

    def _is_beside(self, name: str) -> bool:
        return name.rpartition("/")[2] in (*INDICES, *BESIDE)

    def _external(self, names: Sequence[str]) -> list[str]:
        """Where an ONNX model may keep its tensors: files of its folder that are nothing else."""
        return [
            name
            for name, _ in self._here()
            if name not in names
            and name.rpartition("/")[0] == self._base
            and not self._is_beside(name)
            and not name.lower().endswith((*(set(WEIGHTS) - {".bin"}), *TEXTS))
        ]

    def _only(self, names: Sequence[str]) -> None:
        """Take away every place holder that stays empty: none is a file of the model.

        Those of other weights stay, so that they are told of as beside a model on this machine. Of
        a model that is named by its file all stay: whether others lie beside it tells whose the
        configuration is.
        """
        for name, _ in self._here():
            other = name.lower().endswith(WEIGHTS)
            if not other and name not in names and name not in self._files:
                (self._root / name).unlink()

    def _room(self, opened: Sequence[StandIn]) -> None:
        needed = sum(one.state.size for one in opened)
        free = shutil.disk_usage(self._root).free
        if needed + SPARE > free:
            raise UnwritableError(
                f"{self._address.shown}: up to {needed} bytes are read and take room in the folder "
                f"for temporary files, {free} are free there; name another one by TMPDIR"
            )

    def _open(self, name: str, *, most: int | None = None) -> StandIn:
        """Put the true file's size and head in place of the empty one."""
        listed = self._listing.files[name]
        path = self._root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.unlink(missing_ok=True)
        opened = StandIn(path, listed.place, self._client)
        self._stack.callback(opened.close)
        self._files[name] = opened
        if listed.size is not None and opened.state.size != listed.size:
            raise UnreadableError(
                f"{listed.place.shown}: {opened.state.size} bytes, the host lists {listed.size}; "
                "it changed meanwhile: read it again"
            )
        if listed.etag and opened.state.etag != listed.etag:
            raise UnreadableError(
                f"{listed.place.shown}: has another ETag than the host lists; it changed "
                "meanwhile: read it again"
            )
        if most is not None and opened.state.size > most:
            raise UnreadableError(
                f"{listed.place.shown}: {opened.state.size} bytes, expected at most {most}; no "
                "tool writes one that large"
            )
        return opened


def _some(files: Mapping[str, Listed]) -> str:
    names = sorted(files)
    more = f" and {len(names) - 5} more" if len(names) > 5 else ""
    return (", ".join(names[:5]) or "nothing") + more

"""Sets in a session: fragments of code, vocabularies or templates of logs, counted in the dark.

Each side raises a hash of every element to a secret of its own, the other raises the result once
more, and the tribunal counts values that both lists have. Neither side sees more of the other's
than how many elements there are. With the opening the tribunal gets both secrets: it reckons every
list again, and could try guesses.
"""

import hmac
from pathlib import Path
from typing import Final, final

from filiation.errors import CaseError, FiliationError, UsageError
from filiation.files import put
from filiation.model.blind import SIDES, Bound, Control, Role, Shared, Terms
from filiation.model.seal import Commitment
from filiation.proceedings.blind.bounds import check_set
from filiation.proceedings.blind.folder import Own, Room
from filiation.sealed.blind.bundles import Stage, bundle_of, file_digest, material_in
from filiation.sealed.blind.draws import drawn_places
from filiation.sealed.blind.elements import Opening, Texts, elements_of, opening_in
from filiation.sealed.blind.noise import Bits, laplace, place_key
from filiation.sealed.blind.points import point_of, points_in, raised

__all__ = ["audited", "check_number", "commitment_of", "matches", "said", "shared"]

LARGEST: Final = 1 << 30  # bytes of an opening
COUNT: Final = " elements"


def commitment_of(own: Own, terms: Terms) -> Commitment:
    """What a side joins with: the root over its elements, and how many there are.

    Raises:
        UsageError: More of them would be read than the terms allow.
    """
    texts = _texts(own)
    check_set(texts.elements, terms)
    found = texts.commitment()
    label = f"{len(texts.elements)}{COUNT}"
    return Commitment(root=found.root, leaves=found.leaves, label=label)


def _texts(own: Own) -> Texts:
    return elements_of(Path(own.material), bytes.fromhex(own.nonce))


def size_of(commitment: Commitment) -> int:
    """How many elements a side says it has.

    Raises:
        CaseError: It does not.
    """
    number = commitment.label.removesuffix(COUNT)
    if not number.isdecimal() or not 0 < int(number[:10]) <= commitment.leaves:
        raise CaseError(f"a set of {commitment.label[:40]!r}, expected a number of elements")
    return int(number[:10])


def _other(role: Role) -> Role:
    return SIDES[1 - SIDES.index(role)]


def said(room: Room, step: str) -> tuple[dict[str, object], list[tuple[Path, str]]]:
    """What a side says in a step of its own, and what goes with it."""
    role = room.own.role
    if step == "commit":
        return {"material": file_digest(_blinded(room))}, []
    if step == "blind":
        path = room.send / f"{role}.blind"
        put(path, (room.private / f"{role}.blind").read_bytes())
        return {"material": file_digest(path)}, [(path, "all")]
    if step == "raise":
        path = _raised(room)
        return {"raised": file_digest(path)}, [(path, "tribunal")]
    texts, coin = _texts(room.own), room.session.audit()
    root, count = room.session.commitment(role).root, room.session.terms.audit
    places = drawn_places(root, coin, count, len(texts.elements))
    path = room.alone("tribunal") / f"{role}.opening"
    put(path, texts.opening(room.session.id, bytes.fromhex(room.own.scalar), places))
    return {"opening": file_digest(path)}, [(path, "tribunal")]


def _bundle(room: Room, stage: Stage, raw: bytes) -> bytes:
    nonce = hmac.digest(bytes.fromhex(room.own.nonce), stage.encode(), "sha256")
    return bundle_of(room.session.id, room.own.role, stage, nonce, raw)


def _blinded(room: Room) -> Path:
    """Every element as a point raised to this side's secret, in its hidden order."""
    texts, coin = _texts(room.own), room.session.coin()
    if texts.commitment().root != room.session.commitment(room.own.role).root:
        raise CaseError(f"{room.own.material}: not the set that you joined with; it was changed")
    points = (point_of(coin, one) for one in texts.elements)
    raw = b"".join(raised(bytes.fromhex(room.own.scalar), points))
    path = room.private / f"{room.own.role}.blind"
    put(path, _bundle(room, "blind", raw))
    return path


def _list(room: Room, role: Role, stage: Stage, folder: Path) -> list[bytes]:
    """A list of points that a side handed over, as it committed to it."""
    path = folder / f"{role}.{stage}"
    if not path.exists():
        raise CaseError(f"the {role}'s {stage} was not handed over: `filiation blind take` it")
    step = room.session.says("commit" if stage == "blind" else "raise", role) or {}
    out = room.private / f"{role}.{stage}.points"
    out.unlink(missing_ok=True)
    material_in(path, out, str(next(iter(step.values()), "")))
    return list(points_in(out.read_bytes(), f"the {role}'s {stage}"))


def _raised(room: Room) -> Path:
    """The other side's list raised once more; shuffled where the count alone is agreed."""
    role = room.own.role
    points = _list(room, _other(role), "blind", room.received)
    lifted = list(raised(bytes.fromhex(room.own.scalar), points))
    if room.session.terms.share == "count":
        lifted.sort()
    path = room.alone("tribunal") / f"{role}.raise"
    put(path, _bundle(room, "raise", b"".join(lifted)))
    return path


def audited(room: Room) -> tuple[Bound, ...]:
    """Hold both sides' lists against their sets and secrets, every point and drawn elements.

    Raises:
        CaseError: Something was not handed over.
    """
    for role in SIDES:
        room.handed(role, "blind", "raise", "opening")
    return tuple(_audit(room, role) for role in SIDES)


def _opened(room: Room, role: Role) -> Opening:
    path = room.received / f"{role}.opening"
    with path.open("rb") as file:
        raw = file.read(LARGEST)
    return opening_in(raw, room.session.id, room.session.commitment(role), str(path.name))


def _audit(room: Room, role: Role) -> Bound:
    session, commitment = room.session, room.session.commitment(role)
    try:
        size, opening = size_of(commitment), _opened(room, role)
        points = _list(room, role, "blind", room.received)
        if len(points) != size:
            raise CaseError(f"a list of {len(points)} points, the set has {size} elements")
        places = drawn_places(commitment.root, session.audit(), session.terms.audit, size)
        if tuple(sorted(opening.elements)) != places:
            raise CaseError("other elements than were drawn are opened; this counts as altered")
        elements = (point_of(session.coin(), opening.elements[place]) for place in places)
        for place, point in zip(places, raised(opening.scalar, elements), strict=True):
            if points[place] != point:
                raise CaseError(f"the list has another value at {place} than the element gives")
        others = _list(room, _other(role), "blind", room.received)
        lifted = list(raised(opening.scalar, others))
        if session.terms.share == "count":
            lifted.sort()
        if lifted != _list(room, role, "raise", room.received):
            raise CaseError("the other side's list was raised to something else than its secret")
    except FiliationError as error:
        return Bound(role=role, root=commitment.root, failed=str(error))
    return Bound(
        role=role,
        root=commitment.root,
        drawn=tuple(str(place) for place in places),
        of=size,
        used=size,
        opened=sum(map(len, opening.elements.values())),
        values=len(places) + len(lifted),
    )


def shared(room: Room, controls: dict[str, Path]) -> Shared:
    """Count what both sets have, and what the claimant's has of each control.

    Where the terms have an epsilon, every count gets noise of its own: one element of the
    claimant's changes each of them by at most one, so that each has its share of the epsilon.

    Raises:
        CaseError: Lists that are none, or another number of controls than the terms say.
    """
    secrets = [_opened(room, role).scalar for role in SIDES]
    ours = _list(room, "respondent", "raise", room.received)  # the claimant's, raised twice
    theirs = _list(room, "claimant", "raise", room.received)
    both = set(ours) & set(theirs)
    told, once = _each_once(controls)
    noise = _Noise(room, len(told))
    common = noise.on(0, len(both), len(theirs))
    counted = []
    for place, (name, texts) in enumerate(told, start=1):
        points = (point_of(room.session.coin(), one) for one in texts)
        twice = set(raised(secrets[1], raised(secrets[0], points)))
        count = noise.on(place, len(twice & set(ours)), len(texts))
        counted.append(Control(name=name, size=len(texts), common=count))
    return Shared(
        sizes=(len(ours), len(theirs)),
        common=common,
        controls=tuple(sorted(counted, key=lambda one: one.name)),
        scale=noise.scale,
        once=once,
    )


def _each_once(
    controls: dict[str, Path],
) -> tuple[list[tuple[str, tuple[bytes, ...]]], tuple[tuple[str, str], ...]]:
    """Controls by what they hold, in an order that no name decides; who holds the same as whom."""
    found: dict[str, tuple[str, tuple[bytes, ...]]] = {}
    once = []
    for name, path in sorted(controls.items()):
        texts = elements_of(path, bytes(32))
        first, _ = found.setdefault(texts.commitment().root, (name, texts.elements))
        if first != name:
            once.append((name, first))
    return [found[root] for root in sorted(found)], tuple(once)


def check_number(terms: Terms, controls: dict[str, Path]) -> None:
    """With an epsilon the terms say how many controls are counted: the noise hangs on it.

    Raises:
        UsageError: There are more, or fewer that hold something of their own.
    """
    if not terms.epsilon:
        return
    told, once = _each_once(controls)
    if len(told) != terms.controls:
        same = f", {once[0][0]!r} holds the same as {once[0][1]!r}" if once else ""
        raise UsageError(
            f"--control: {len(told)} different sets{same}; the terms have an epsilon and say "
            f"{terms.controls} (`blind start --controls`), on which the noise hangs"
        )


@final
class _Noise:
    """Noise for each count, by its place; none without an epsilon."""

    def __init__(self, room: Room, controls: int) -> None:
        terms = room.session.terms
        self._of, self._number = terms.epsilon, 100 * (1 + terms.controls)
        if not self._of:
            return
        if controls != terms.controls:
            raise CaseError(f"{controls} controls are counted, the terms say {terms.controls}")
        self._key = room.session.noise(bytes.fromhex(room.own.scalar))

    @property
    def scale(self) -> float:
        """Of each count's."""
        return self._number / self._of if self._of else 0.0

    def on(self, place: int, count: int, most: int) -> int:
        """The count of a place as it is told, from 0 to `most`."""
        if not self._of:
            return count
        noise = laplace(Bits(place_key(self._key, place)), self._number, self._of)
        return min(most, max(0, count + noise))


def matches(room: Room) -> dict[Role, Path]:
    """Tell each side the places of its list that the other has as well, where that was agreed."""
    if room.session.terms.share != "matches":
        return {}
    ours = _list(room, "respondent", "raise", room.received)
    theirs = _list(room, "claimant", "raise", room.received)
    both, files = set(ours) & set(theirs), dict[Role, Path]()
    for role, points in zip(SIDES, (ours, theirs), strict=True):
        places = [str(n) for n, point in enumerate(points) if point in both]
        files[role] = room.alone(role) / f"matches-{role}.txt"
        put(files[role], ("\n".join(places) + "\n").encode())
    return files

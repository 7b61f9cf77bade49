"""Do the accounts of a group share more of its signatures than their degrees give?

On held days, column by column. Both margins are fixed: how many accounts use each signature, and
how many signatures each account uses. Null: whose uses they are is drawn without regard to groups.
The users of a signature are then draws from an urn of uses, in which the group's share is known,
so that the tail has a closed bound. An account uses a signature once at most, however many it uses:
of one that is popular enough every account's share is the same, of a rare one it goes by how many
it uses. Taken is the cap on how much an account's uses count at which the group's share is largest.
(Its share of all uses, as it once was, said of those who ask little that they share what everybody
uses.)

Who uses any signature of the family is drawn in the same way: the more an account uses, the
likelier it is among them, ever more slowly, as under some mixture of caps. Half of the bet is on
that, column by column, half on the signatures one by one; each half is an average of e-values.

A tool's template passes this as a campaign's does: it says that they share, never why.
"""

from collections.abc import Sequence
from typing import Any, Final, TypeAlias, final

import numpy as np
from numpy.typing import NDArray
from scipy.special import logsumexp

from filiation.methods.logs.families import Group
from filiation.methods.logs.incidence import Incidence, incidence
from filiation.methods.logs.reading import Channel
from filiation.methods.logs.view import View
from filiation.numerics.combining.evalues import log_e_from_log_p
from filiation.numerics.tails.urn import urn_log_p

__all__ = ["sharing"]

ID: Final = "sharing"
UNSHARED: Final = log_e_from_log_p(0.0)  # what p = 1 is worth: nobody shares it on held days
TEMPLATES: Final = ("system", "template")

Ints: TypeAlias = NDArray[np.int64]


def sharing(view: View, groups: Sequence[Group]) -> tuple[list[Channel], list[Ints]]:
    """What each group shares on held days, and every account that uses a template of its family."""
    rows = view.rows_on(view.held)
    account = np.asarray(view.log.account[rows])
    log_es: list[list[float]] = [[] for _ in groups]
    of_any: list[list[float]] = [[] for _ in groups]
    seen = np.zeros(len(groups))
    expected = np.zeros(len(groups))
    users: list[list[Ints]] = [[np.empty(0, np.int64)] for _ in groups]
    for name in view.log.facts.signatures:
        if not any(name in group.family for group in groups):
            continue
        index = incidence(np.asarray(view.log.signature(name)[rows]), account, view.accounts)
        capped = _Capped(index.degree)
        for number, group in enumerate(groups):
            if name in group.family:
                place = _places(index, group.family[name])
                share = capped.share(group.members)
                found, count, due = _in_column(index, group, place, share)
                log_es[number] += found + [UNSHARED] * (len(group.family[name]) - len(place))
                of_any[number].append(_any(index, group, place, share))
                seen[number] += count
                expected[number] += due
                if name in TEMPLATES:
                    users[number] += [index.users_of(i) for i in place]
        view.log.let_go()
    channels = [_channel(log_es[i], of_any[i], seen[i], expected[i]) for i in range(len(groups))]
    return channels, [np.unique(np.concatenate(each)) for each in users]


def _places(index: Incidence, wanted: NDArray[Any]) -> Ints:
    """Where the signatures stand that several accounts use on held days."""
    place = np.searchsorted(index.signature, wanted)
    there = place < len(index.signature)
    there[there] = index.signature[place[there]] == wanted[there]
    return place[there]


@final
class _Capped:
    """Shares of uses, an account's counted up to a cap."""

    def __init__(self, degree: Ints) -> None:
        self._degree, self._place = np.unique(degree, return_inverse=True)
        self._all = self._uses(self._place)

    def share(self, members: Ints) -> float:
        """The largest share of some accounts, whatever the cap."""
        shares = np.divide(
            self._uses(self._place[members]), self._all,
            out=np.zeros(len(self._all)), where=self._all > 0,
        )  # fmt: skip
        return float(shares.max(initial=0.0))

    def _uses(self, places: Ints) -> Ints:
        """Uses of accounts with these degrees, at a cap at each degree."""
        count = np.bincount(places, minlength=len(self._degree))
        up_to = np.cumsum(count * self._degree)
        return np.asarray(up_to + self._degree * (count.sum() - np.cumsum(count)))


def _in_column(
    index: Incidence, group: Group, places: Ints, share: float
) -> tuple[list[float], int, float]:
    """E-values of the signatures, their users in the group, and those expected."""
    if not share or not len(places):
        return [UNSHARED] * len(places), 0, 0.0
    inside = np.zeros(len(index.degree), dtype=np.bool_)
    inside[group.members] = True
    marked = np.asarray([inside[index.users_of(i)].sum() for i in places])
    drawn = index.users[places]
    log_ps = urn_log_p(marked, drawn, share)
    log_es = [log_e_from_log_p(float(one)) for one in log_ps]
    return log_es, int(marked.sum()), float(drawn.sum() * share)


def _any(index: Incidence, group: Group, places: Ints, share: float) -> float:
    """The e-value of all accounts that use one signature or another."""
    if not share or not len(places):
        return UNSHARED
    users = np.unique(np.concatenate([index.users_of(i) for i in places]))
    marked = np.asarray([np.isin(users, group.members).sum()])
    (log_p,) = urn_log_p(marked, np.asarray([len(users)]), share)
    return log_e_from_log_p(float(log_p))


def _channel(log_es: list[float], of_any: list[float], seen: float, expected: float) -> Channel:
    if not log_es:
        return Channel(id=ID, reason="no signature")
    halves = [_mean(log_es), _mean(of_any)]
    log_e = _mean(halves)
    log_p = min(0.0, -log_e)  # Markov: an average of e-values is no calibrated p
    return Channel(id=ID, observed=seen, expected=expected, log_p=log_p, log_e=log_e)


def _mean(log_es: list[float]) -> float:
    """Log of the mean."""
    return float(logsumexp(log_es)) - float(np.log(len(log_es)))

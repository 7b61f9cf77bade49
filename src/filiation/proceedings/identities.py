"""What does a model say it is? Counts beside controls; always context."""

from collections.abc import Sequence

from filiation import __version__
from filiation.errors import UsageError
from filiation.methods.answers.identity import identities
from filiation.model.identities import Identities
from filiation.proceedings.naming import Named
from filiation.proceedings.recordings import only_recording, recordings_of

__all__ = ["who_it_says"]


def who_it_says(subject: Named, controls: Sequence[Named]) -> Identities:
    """Count the names that a model gives, beside controls.

    Args:
        subject: Recorded answers to the battery `identity-languages`.
        controls: The same of others; the subject among them is passed over.

    Raises:
        UsageError: Fewer than twenty controls, or no such answers.
        UnreadableError: A recording is damaged.
    """
    own = only_recording(subject)
    seen = {(own.name, own.digest)}
    others = []
    for one in recordings_of(controls):
        if (one.name, one.digest) not in seen:
            others.append(one)
            seen.add((one.name, one.digest))
    if not others:
        raise UsageError("no --control given, expected at least 20 other models")
    return identities(own, others, f"filiation {__version__}")

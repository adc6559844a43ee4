"""What still counts of a session's facts when its completion, no-show or cancellation is undone; pure.

Facts of a session carry its version. An undo with a version makes void what came with a lower one, whether it was known before or is
received later; what came with a higher one counts. So every order of the same messages ends with the same records.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from contracts.types import ClientId, RecordId, SessionId


@dataclass(frozen=True, slots=True)
class Made:
    """A record that was made of a session for a client."""

    id: RecordId
    session_id: SessionId
    client_id: ClientId
    revision: int
    session_version: int | None
    """The version of the session of which it was made; None for one that is older than this column, which counts as the newest."""
    is_void: bool = False


def is_news(version: int, made: Iterable[Made], undone: int | None) -> bool:
    """Whether a fact of a session, about one client, needs a record that was not made yet and is not undone."""
    if undone is not None and version < undone:
        return False
    return not any(one.session_version >= version if one.session_version is not None else undone is None for one in made)


def outdated(made: Iterable[Made], version: int) -> Sequence[Made]:
    """Return the records that count no more when the session has this version."""
    return [one for one in made if not one.is_void and (one.session_version is None or one.session_version < version)]


def next_revision(made: Iterable[Made]) -> int:
    """Return the revision of a client's next record of a session."""
    return max((one.revision for one in made), default=0) + 1


def latest(made: Iterable[Made]) -> RecordId | None:
    """Return the record whose place a client's next record of a session takes; None where there was none."""
    return max(made, key=lambda one: one.revision).id if (made := tuple(made)) else None

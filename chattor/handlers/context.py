"""What a handler knows besides the store."""

from dataclasses import dataclass, field

from chattor.crypto.keys import Rng
from chattor.store.repos.own import Own


@dataclass(frozen=True, slots=True, kw_only=True)
class Ctx:
    """The moment a handler runs in. `now` is wall-clock ms; `online` are friends with a live link."""

    now: int
    rng: Rng
    own: Own
    online: frozenset[int] = field(default=frozenset())
    oldest_ms: int | None = None
    """Undelivered messages written before this expire; None for never."""
    requests_closed: bool = False
    requests_paused: bool = False
    """Strangers asked faster than anybody can read; they may try again later."""

"""What a handler knows besides the store."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final

from chattor.crypto.keys import Rng
from chattor.model.activity import Activity
from chattor.protocol.frames import Being, Profile
from chattor.store.repos.own import Own

_PERSON: Final = Profile(Being.PERSON)


@dataclass(frozen=True, slots=True, kw_only=True)
class Privacy:
    """What friends without an option of their own may know of us, and what of them is shown."""

    receipts: bool = True
    typing: bool = True
    presence: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class Ctx:
    """The moment a handler runs in. `now` is wall-clock ms; `online` and `typing` friends said so lately."""

    now: int
    rng: Rng
    own: Own
    online: frozenset[int] = field(default=frozenset())
    typing: frozenset[int] = field(default=frozenset())
    activities: Mapping[int, Activity] = field(default_factory=dict)
    """What friends who are online said they do."""
    activity: Activity | None = None
    """What we do."""
    profile: Profile = _PERSON
    """What we say of ourselves."""
    privacy: Privacy = Privacy()
    oldest_ms: int | None = None
    """Undelivered messages written before this expire; None for never."""
    retention_s: int | None = None
    """How long conversations without an option of their own are kept; None for ever."""
    requests_closed: bool = False
    requests_paused: bool = False
    """Strangers asked faster than anybody can read; they may try again later."""
    subscribe_to_friends: bool = True
    keep_posts: int = 100
    """Of each channel, ours and others'."""
    set_back_ms: int = 0
    """How far the wall clock was set back since `ephemeral.tick` last moved the ends of texts along with it."""

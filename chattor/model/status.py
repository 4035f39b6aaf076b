"""The node as the faces see it."""

from datetime import datetime
from enum import StrEnum

from msgspec import Struct

from chattor.model.activity import Activity


class TorPhase(StrEnum):
    """Where our tor stands."""

    OFF = "off"
    STARTING = "starting"
    BOOTSTRAPPING = "bootstrapping"
    PUBLISHING = "publishing"
    READY = "ready"
    FAILED = "failed"


class TorStatus(Struct, frozen=True, kw_only=True):
    """Bootstrap as tor tells it; `ready` once our descriptor was uploaded."""

    phase: TorPhase = TorPhase.OFF
    percent: int = 0
    ready: bool = False
    detail: str = ""


class Left(StrEnum):
    """What we changed when we left an address."""

    ONION = "onion"
    IDENTITY = "identity"


class FormerAddress(Struct, frozen=True, kw_only=True):
    """An address we left and still answer at: at least `until`, and until `waiting` more people have followed."""

    onion: str
    left: Left
    left_at: datetime
    until: datetime
    waiting: int


class Identity(Struct, frozen=True, kw_only=True):
    """Who we are."""

    name: str
    friend_code: str
    onion: str
    fingerprint: str
    former: list[FormerAddress] = []
    """Addresses we left and still answer at."""
    agent: bool = False
    """Friends are told that a program speaks here."""
    capabilities: list[str] = []
    """What they are told it can do."""
    friends_only: bool = False
    """Nobody but friends can reach us: the code is of no use to anybody new."""


class Outage(Struct, frozen=True, kw_only=True):
    """For a while nobody could reach us; `ended` is None while it lasts."""

    began: datetime
    ended: datetime | None
    reason: str


class Status(Struct, frozen=True, kw_only=True):
    """One look at the node."""

    version: str
    pid: int
    profile: str
    onion: str
    tor: TorStatus
    reachable: bool
    friends: int
    online: int
    unread: int
    outbox: int
    locked: bool = False
    """Nothing but status, unlock and stop is answered."""
    former: int = 0
    """Addresses we left and still answer at."""
    activity: Activity | None = None
    """What friends see that we do."""
    outages: list[Outage] = []
    """When nobody could reach us in the last week, the newest first, at most ten."""

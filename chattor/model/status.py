"""The node as the faces see it."""

from enum import StrEnum

from msgspec import Struct


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


class Identity(Struct, frozen=True, kw_only=True):
    """Who we are."""

    name: str
    friend_code: str
    onion: str
    fingerprint: str


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

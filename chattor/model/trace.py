"""The life of a message, step by step."""

from datetime import datetime
from enum import StrEnum

from msgspec import Struct


class Step(StrEnum):
    """What happened to a message, or to the friend it is for."""

    WRITTEN = "written"
    """By the friend, as his clock has it."""
    RECEIVED = "received"
    QUEUED = "queued"
    DIAL_FAILED = "dial failed"
    LINK_OPEN = "link open"
    LINK_ENDED = "link ended"
    SENT = "sent"
    DELIVERED = "delivered"
    READ = "read"
    CANCELLED = "cancelled"
    EXPIRED = "expired"
    WAITING = "waiting"


class TraceStep(Struct, frozen=True, kw_only=True):
    """One step. `at` is None where it was not kept: of texts of limited time nothing is but how far they got.

    What happened several times in a row is one step, `times` long and `until` the last of them.
    """

    at: datetime | None
    step: Step
    detail: str = ""
    times: int = 1
    until: datetime | None = None

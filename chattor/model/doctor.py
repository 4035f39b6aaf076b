"""What `doctor` finds: rung by rung, from our clock to a friend."""

from msgspec import Struct

from chattor.model.status import Outage


class Rung(Struct, frozen=True, kw_only=True):
    """One thing that must hold. `ok` is None, and so is `seconds`, if one before it failed: it was not tried."""

    name: str
    ok: bool | None
    seconds: float | None
    detail: str
    advice: str = ""
    """What to do about it, if it failed."""


class Diagnosis(Struct, frozen=True, kw_only=True):
    """The ladder, up to the first rung that fails."""

    ok: bool
    rungs: list[Rung]
    outages: list[Outage] = []
    """When nobody could reach us in the last week."""

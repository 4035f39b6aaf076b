"""An outage in a line."""

from chattor.cli.output import cell, when
from chattor.model.status import Outage


def outage(one: Outage) -> str:
    """From when till when, and why."""
    began, ended = when(one.began), when(one.ended)
    day, _, clock = ended.partition(" ")
    until = "until now" if one.ended is None else f"until {clock if began.startswith(day) else ended}"
    return f"{began} {until}: {cell(one.reason, 200)}"

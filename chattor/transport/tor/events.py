"""What tor's control socket tells without being asked, as values (torspec: control-spec §4.1)."""

import re
from dataclasses import dataclass
from typing import Final

KINDS: Final = ("STATUS_CLIENT", "STATUS_GENERAL", "HS_DESC", "NETWORK_LIVENESS", "SIGNAL")
"""The events to ask for."""

_PAIR: Final = re.compile(r'(\w+)=("(?:[^"\\]|\\.)*"|\S*)')


@dataclass(frozen=True, slots=True, kw_only=True)
class Bootstrap:
    """How far tor is, 0 to 100, what it does now, and why that is slow if it says so."""

    percent: int
    summary: str
    warning: str = ""

    @property
    def detail(self) -> str:
        """One line for a human."""
        return f"{self.summary} ({self.warning})" if self.warning else self.summary


@dataclass(frozen=True, slots=True, kw_only=True)
class Descriptor:
    """Something became of a descriptor: UPLOADED, RECEIVED, FAILED … of the onion (56 characters, no suffix)."""

    action: str
    onion: str
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Liveness:
    """Tor thinks that the network is there, or is not."""

    up: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Skew:
    """Somebody tor trusts in this says that our clock is so many seconds ahead, or behind."""

    seconds: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Reloaded:
    """Tor read its configuration again."""


Event = Bootstrap | Descriptor | Liveness | Skew | Reloaded


def parse(text: str) -> Event | None:
    """Read one event, without its 650; None for what we do not follow."""
    kind, _, rest = text.partition(" ")
    words = rest.split(" ")
    match kind, words:
        case "STATUS_CLIENT", [_, "BOOTSTRAP", *_]:
            return bootstrap(rest)
        case "STATUS_GENERAL", [_, "CLOCK_SKEW", *_]:
            return _skew(_pairs(rest))
        case "HS_DESC", [action, onion, *_]:
            return Descriptor(action=action, onion=onion, reason=_pairs(rest).get("REASON", ""))
        case "NETWORK_LIVENESS", [state]:
            return Liveness(up=state == "UP")
        case "SIGNAL", ["RELOAD"]:
            return Reloaded()
        case _:
            return None


def bootstrap(text: str) -> Bootstrap:
    """Read the keywords of a bootstrap event or of `GETINFO status/bootstrap-phase`."""
    pairs = _pairs(text)
    percent = pairs.get("PROGRESS", "0")
    return Bootstrap(
        percent=int(percent) if percent.isdecimal() else 0,
        summary=pairs.get("SUMMARY", ""),
        warning=pairs.get("WARNING", ""),
    )


def _skew(pairs: dict[str, str]) -> Skew | None:
    """One whose consensus is from our future knows only how far we are behind at least."""
    seconds = pairs.get("SKEW") or pairs.get("MIN_SKEW", "")
    return Skew(seconds=int(seconds)) if re.fullmatch(r"[+-]?[0-9]{1,15}", seconds) else None


def _pairs(text: str) -> dict[str, str]:
    return {key: _unquote(value) for key, value in _PAIR.findall(text)}


def _unquote(value: str) -> str:
    return re.sub(r"\\(.)", r"\1", value[1:-1]) if value.startswith('"') else value

"""What states are called, as pieces: one place for the words of header, sidebar and dialogs. Pure."""

from datetime import datetime, tzinfo
from typing import Final

from chattor.model.friend import Friend, FriendState
from chattor.model.status import Outage, TorPhase, TorStatus
from chattor.text import safe_text
from chattor.tui import when
from chattor.tui.glyphs import Glyphs
from chattor.tui.ink import Ink, Piece
from chattor.words import doing

AGENT: Final = "agent"
"""Beside the name of a friend who says that a program speaks there."""
_PHASES: Final[dict[TorPhase, tuple[str, Ink]]] = {
    TorPhase.OFF: ("Tor is off", "muted"),
    TorPhase.STARTING: ("Tor is starting", "warn"),
    TorPhase.BOOTSTRAPPING: ("Tor is connecting", "warn"),
    TorPhase.PUBLISHING: ("publishing our address", "warn"),
    TorPhase.READY: ("Tor is ready", "good"),
    TorPhase.FAILED: ("Tor has failed", "bad"),
}


def tor_sign(tor: TorStatus, glyphs: Glyphs) -> str:
    """A shape for the phase."""
    if tor.phase is TorPhase.FAILED:
        return glyphs.alarm
    return glyphs.online if tor.ready else glyphs.away


def tor_words(tor: TorStatus, glyphs: Glyphs) -> list[Piece]:
    """`● Tor is ready`, `○ Tor is connecting 45 %`."""
    words, ink = _PHASES[tor.phase]
    percent = f" {tor.percent} %" if tor.phase is TorPhase.BOOTSTRAPPING else ""
    return [(f"{tor_sign(tor, glyphs)} {words}{percent}", ink)]


def tor_short(tor: TorStatus, glyphs: Glyphs) -> list[Piece]:
    """The same where there is little room: `● Tor ready`, `○ Tor 45 %`."""
    state = f"{tor.percent} %" if tor.phase is TorPhase.BOOTSTRAPPING else tor.phase.value
    return [(f"{tor_sign(tor, glyphs)} Tor {state}", _PHASES[tor.phase][1])]


def presence_sign(one: Friend, glyphs: Glyphs) -> Piece:
    """A shape for where a friend is."""
    if one.alarm:
        return glyphs.alarm, "bad"
    if one.state is FriendState.OUTGOING:
        return glyphs.asked, "muted"
    if one.state is FriendState.BLOCKED:
        return glyphs.blocked, "muted"
    return (glyphs.online, "good") if one.online else (glyphs.away, "muted")


def presence_words(one: Friend, now: datetime, zone: tzinfo | None) -> Piece:
    """`online`, `working, “reading the logs”`, `is typing`, `seen 2 h ago`, `blocked`."""
    if one.state is FriendState.OUTGOING:
        return "has not answered yet", "muted"
    if one.state is FriendState.BLOCKED:
        return "blocked", "muted"
    if one.typing:
        return "is typing", "accent"
    if one.online:
        return doing(one.activity), "good"
    if one.last_seen is None:
        return "not seen yet", "muted"
    return f"seen {when.ago(one.last_seen, now, zone)}", "muted"


def trust_words(one: Friend, glyphs: Glyphs) -> list[Piece]:
    """Verified or not, or the alarm."""
    if one.alarm:
        return [(f"{glyphs.alarm} sending is stopped", "bad")]
    if one.state is not FriendState.FRIEND:
        return []
    return [(f"{glyphs.verified} verified", "good")] if one.verified else [("not verified", "warn")]


def outage_words(outage: Outage, zone: tzinfo | None) -> str:
    """`Nobody could reach you from 14:02 until 14:24: tor was not connected.`, or since when nobody can."""
    why, began = safe_text(outage.reason, multiline=False), when.clock(outage.began, zone)
    if outage.ended is None:
        return f"Nobody has been able to reach you since {began}: {why}."
    return f"Nobody could reach you from {began} until {when.clock(outage.ended, zone)}: {why}."

"""What states are called, as pieces: one place for the words of header, sidebar and dialogs. Pure."""

from datetime import datetime, tzinfo
from typing import Final

from chattor import words
from chattor.model.friend import Friend, FriendState
from chattor.model.status import TorPhase, TorStatus
from chattor.tui import when
from chattor.tui.glyphs import Glyphs
from chattor.tui.ink import Ink, Piece

AGENT: Final = "agent"
"""Beside the name of a friend who says that a program speaks there."""
_TOR: Final[dict[TorPhase, Ink]] = {TorPhase.OFF: "muted", TorPhase.READY: "good", TorPhase.FAILED: "bad"}
"""Whatever else it does it is under way."""


def tor_sign(tor: TorStatus, glyphs: Glyphs) -> str:
    """A shape for the phase."""
    if tor.phase is TorPhase.FAILED:
        return glyphs.alarm
    return glyphs.online if tor.ready else glyphs.away


def tor_words(tor: TorStatus, glyphs: Glyphs) -> list[Piece]:
    """`● Tor is ready`, `○ Tor is connecting 45 %`."""
    return [(f"{tor_sign(tor, glyphs)} {words.tor(tor)}", _tor_ink(tor))]


def tor_short(tor: TorStatus, glyphs: Glyphs) -> list[Piece]:
    """The same where there is little room: `● Tor ready`, `○ Tor 45 %`."""
    state = f"{tor.percent} %" if tor.phase is TorPhase.BOOTSTRAPPING else tor.phase.value
    return [(f"{tor_sign(tor, glyphs)} Tor {state}", _tor_ink(tor))]


def _tor_ink(tor: TorStatus) -> Ink:
    return _TOR.get(tor.phase, "warn")


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
    if one.state is FriendState.FRIEND and one.typing:
        return "is typing", "accent"
    said = words.presence(one, lambda at: when.ago(at, now, zone))
    return said, "good" if one.state is FriendState.FRIEND and one.online else "muted"


def trust_words(one: Friend, glyphs: Glyphs) -> list[Piece]:
    """Verified or not, or the alarm."""
    if one.alarm:
        return [(f"{glyphs.alarm} sending is stopped", "bad")]
    if one.state is not FriendState.FRIEND:
        return []
    return [(f"{glyphs.verified} verified", "good")] if one.verified else [("not verified", "warn")]

"""The single lines of the main screen, as pieces: header, notice above the composer, what empty places say. Pure."""

from datetime import datetime, tzinfo
from typing import Final

from chattor.model.friend import Friend, FriendState
from chattor.text import safe_text
from chattor.tui.glyphs import Glyphs
from chattor.tui.ink import Piece, Pieces
from chattor.tui.view import View
from chattor.tui.widgets.composer import COUNT_FROM, TEXT_MAX
from chattor.tui.words import presence_words, tor_short, trust_words

_EDGE: Final[Piece] = (" ", "text")
NOBODY: Final[tuple[Pieces, ...]] = (
    [("Nobody is here yet.", "strong")],
    [],
    [("Alt+N", "accent"), ("  add a friend by their code", "text")],
    [("Alt+I", "accent"), ("  show your own code, as QR too", "text")],
    [],
    [("F1 help    Ctrl+P all commands", "muted")],
)
CHOOSE: Final[tuple[Pieces, ...]] = (
    [("Choose a conversation", "strong")],
    [],
    [("Ctrl+K", "accent"), ("  by name     ", "text")],
    [("Alt+A", "accent"), ("   next unread ", "text")],
    [("Enter", "accent"), ("   in the list ", "text")],
)
LOST: Final = (
    "The node this window spoke to has stopped. Start it again with `chattor --daemon` and this window goes on by "
    "itself, or quit (Ctrl+Q) and run `chattor`. What you are writing is kept here."
)
ENDED: Final = "The node has stopped. Quit (Ctrl+Q) and start `chattor` again; nothing that was sent is lost."


def me_line(view: View, glyphs: Glyphs) -> tuple[Pieces, Pieces]:
    """Our name, and how Tor is."""
    name = safe_text(view.identity.name, multiline=False) if view.identity else ""
    return [(" ", "text"), (name, "strong")], [*tor_short(view.tor, glyphs), (" ", "text")]


def peer_line(view: View, glyphs: Glyphs, now: datetime, zone: tzinfo | None, *, short: bool) -> tuple[Pieces, Pieces]:
    """With whom we speak, where he is, how sure we are; and how Tor is where the other half of the header is hidden."""
    one = view.open
    right = [*tor_short(view.tor, glyphs), _EDGE] if short else _mail(view)
    if one is None:
        return ([(" chattor", "accent")] if short else []), right
    dot: Piece = (f" {glyphs.dot} ", "muted")
    left: list[Piece] = [(" ", "text"), (safe_text(one.name, multiline=False), "strong")]
    left += [dot, presence_words(one, now, zone)]
    for words in trust_words(one, glyphs):
        left += [dot, words]
    return left + ([dot, ("muted", "muted")] if one.muted else []), right


def _mail(view: View) -> list[Piece]:
    return [(f"{view.waiting} waiting ", "warn")] if view.waiting else []


def notice(view: View, glyphs: Glyphs, size: int, complaint: str) -> Pieces:
    """Above the composer: what is wrong with the text, what stands in the way, who is typing; and the counter."""
    said, counted = _notice(view.open, glyphs, complaint), _counter(size)
    gap: Pieces = [("  ", "text")] if said and counted else ()
    return [*said, *gap, *counted]


def _notice(one: Friend | None, glyphs: Glyphs, complaint: str) -> Pieces:
    if complaint:
        return [(f"{glyphs.alarm} {complaint}", "bad")]
    if one is None:
        return ()
    name = safe_text(one.name, multiline=False)
    if one.alarm:
        return [(f"{glyphs.alarm} {safe_text(one.alarm, multiline=False)}: /verify, then /acknowledge", "bad")]
    if one.state is FriendState.OUTGOING:
        return [(f"{glyphs.asked} You can write once {name} has accepted your request.", "muted")]
    if one.state is FriendState.BLOCKED:
        return [(f"{glyphs.blocked} Blocked: no messages come or go. /unblock lets {name} ask again.", "muted")]
    if one.typing:
        return [(f"{glyphs.typing} {name} is typing{glyphs.ellipsis}", "accent")]
    return [(safe_text(one.note, multiline=False), "muted")] if one.note else ()


def _counter(size: int) -> Pieces:
    if size < COUNT_FROM:
        return ()
    return [(f"{size:,} of {TEXT_MAX:,} bytes", "bad" if size > TEXT_MAX else "warn")]


def empty(view: View) -> tuple[Pieces, ...]:
    """What the conversation says when there is nothing to show."""
    one = view.open
    if one is None:
        return CHOOSE if view.friends else NOBODY
    if view.thread is None or not view.thread.loaded:
        return ()
    name = safe_text(one.name, multiline=False)
    if one.state is not FriendState.FRIEND:
        return ([(f"Nothing from {name} yet.", "muted")],)
    return (
        [(f"Say hello to {name}.", "strong")],
        [],
        [("Both of you need to be online for it to arrive;", "muted")],
        [("until then it waits here, encrypted.", "muted")],
    )


def hint(view: View) -> str:
    """What the empty composer says."""
    one = view.open
    if one is None:
        return ""
    if one.alarm:
        return "Sending is stopped"
    if one.state is not FriendState.FRIEND:
        return "Not yet"
    return f"Message to {safe_text(one.name, multiline=False)}"


def banner(view: View, *, hosting: bool) -> str:
    """What stands above everything while no node answers."""
    if not view.lost:
        return ""
    return ENDED if hosting else LOST

"""The single lines of the main screen, as pieces: header, notice above the composer, what empty places say. Pure."""

from collections.abc import Sequence
from datetime import datetime, tzinfo
from typing import Final

from chattor.model.friend import FriendState
from chattor.model.message import TEXT_MAX
from chattor.text import safe_text
from chattor.tui import when
from chattor.tui.glyphs import Glyphs
from chattor.tui.ink import Piece, Pieces, clip
from chattor.tui.keymap import Keymap
from chattor.tui.view import Thread, View
from chattor.tui.widgets.composer import COUNT_FROM
from chattor.tui.words import AGENT, presence_words, tor_short, trust_words
from chattor.tui.writing import About, Purpose
from chattor.words import outage

_EDGE: Final[Piece] = (" ", "text")
QUOTE_MAX: Final = 120  # characters of a message that are looked at
QUOTE_CELLS: Final = 40
NAME_CELLS: Final = {"-narrow": 12, "-normal": 18, "-wide": 32}  # of a name in the header; the rest must be seen
_NOBODY: Final = (("add", "add a friend by their code"), ("me", "show your own code, as QR too"))
_CHOOSE: Final = (("jump", "by name"), ("next", "next unread"), ("list-choose", "in the list"))
LOST: Final = (
    "The node this window spoke to has stopped. Start it again with `chattor --daemon` and this window goes on by "
    "itself, or quit ({}) and run `chattor`. What you are writing is kept here."
)
WISHES: Final = "An agent waits for your word: {} shows what it wants to do."
ENDED: Final = "The node has stopped. Quit ({}) and start `chattor` again; nothing that was sent is lost."


def me_line(view: View, glyphs: Glyphs) -> tuple[Pieces, Pieces]:
    """Our name, and how Tor is."""
    name = safe_text(view.identity.name, multiline=False) if view.identity else ""
    return [(" ", "text"), (name, "strong")], [*tor_short(view.tor, glyphs), (" ", "text")]


def peer_line(view: View, glyphs: Glyphs, now: datetime, zone: tzinfo | None, *, width: str) -> tuple[Pieces, Pieces]:
    """With whom we speak, where he is, how sure we are; and how Tor is where the other half of the header is hidden."""
    one, short, name_cells = view.open, width == "-narrow", NAME_CELLS[width]
    right = [*tor_short(view.tor, glyphs), _EDGE] if short else _mail(view)
    if one is None:
        return ([(" chattor", "accent")] if short else []), right
    dot: Piece = (f" {glyphs.dot} ", "muted")
    name = safe_text(one.name, multiline=False)
    presence = presence_words(one, now, zone)
    known = list(trust_words(one, glyphs))
    if one.ephemeral is not None:
        known.append((f"vanishing after {when.span(one.ephemeral)}", "accent"))
    wordy = one.activity is not None and bool(one.activity.words)
    told = [*known, presence] if short or wordy else [presence, *known]  # cut off must not be how sure we are
    told += [("muted", "muted")] if one.muted else []
    left: list[Piece] = [(" ", "text"), (clip(name, name_cells, glyphs.ellipsis), "strong")]
    left += [(f" {AGENT}", "accent")] if one.agent else []
    return left + [piece for words in told for piece in (dot, words)], right


def _mail(view: View) -> list[Piece]:
    return [(f"{view.waiting} waiting ", "warn")] if view.waiting else []


def notice(view: View, glyphs: Glyphs, size: int, complaint: str, about: About | None) -> Pieces:
    """Above the composer: what is wrong with the text, what it is about, who is typing; and the counter."""
    said, counted = _notice(view, glyphs, complaint, about), counter(size)
    gap: Pieces = [("  ", "text")] if said and counted else ()
    return [*said, *gap, *counted]


def _notice(view: View, glyphs: Glyphs, complaint: str, about: About | None) -> Pieces:
    one = view.open
    if complaint:
        return [(f"{glyphs.alarm} {complaint}", "bad")]
    if one is None:
        return ()
    if about is not None:
        return _about(about, view.thread, glyphs)
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


def _about(about: About, thread: Thread | None, glyphs: Glyphs) -> Pieces:
    """As the message is now: its time may have ended."""
    words = "Editing" if about.purpose is Purpose.EDIT else "In answer to"
    at = thread.index(about.message.id) if thread else None
    said = (about.message if thread is None or at is None else thread.messages[at]).text
    quote = "a message that is gone" if said is None else safe_text(said[:QUOTE_MAX], multiline=False)
    text = clip(quote, QUOTE_CELLS, glyphs.ellipsis)
    return [(f"{glyphs.reply} {words}: ", "accent"), (text, "muted"), ("  Esc drops it", "muted")]


def counter(size: int, most: int = TEXT_MAX) -> Pieces:
    """How full the composer is, once it matters."""
    if size < COUNT_FROM:
        return ()
    return [(f"{size:,} of {most:,} bytes", "bad" if size > most else "warn")]


def empty(view: View, keymap: Keymap) -> tuple[Pieces, ...]:
    """What the conversation says when there is nothing to show."""
    one = view.open
    if one is None:
        return _ways("Choose a conversation", _CHOOSE, keymap) if view.friends else _nobody(keymap)
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


def _nobody(keymap: Keymap) -> tuple[Pieces, ...]:
    more = [("help", "help"), ("commands", "all commands")]
    told = "    ".join(f"{keymap.first(name)} {words}" for name, words in more if keymap.first(name))
    return *_ways("Nobody is here yet.", _NOBODY, keymap), [], [(told, "muted")]


def _ways(title: str, ways: Sequence[tuple[str, str]], keymap: Keymap) -> tuple[Pieces, ...]:
    """Under a title, keys and what they are good for, in columns."""
    told = [(keymap.first(name), words) for name, words in ways if keymap.first(name)]
    keys = max((len(key) for key, _ in told), default=0)
    rest = max((len(words) for _, words in told), default=0)
    rows: list[Pieces] = [[(f"{key:<{keys}}", "accent"), (f"  {words:<{rest}}", "text")] for key, words in told]
    return [(title, "strong")], [], *rows


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


def banner(view: View, keymap: Keymap, now: datetime, zone: tzinfo | None, *, hosting: bool) -> str:
    """What stands above everything: that no node answers, nobody can reach us, or an agent waits for a person."""
    if not view.lost:
        unreachable = outage(view.outage, now, zone) if view.outage else ""
        wishes = WISHES.format(keymap.first("approvals") or "/approvals") if view.approvals else ""
        return "\n".join(said for said in (unreachable, wishes) if said)
    return (ENDED if hosting else LOST).format(keymap.first("quit") or "/quit")

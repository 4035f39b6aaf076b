"""The sidebar's rows: who asks, who is a friend, which channels we have and read, what is new. Pure."""

from datetime import datetime, tzinfo
from typing import Final

from chattor.model.channel import Channel
from chattor.model.friend import Friend, FriendState
from chattor.text import safe_text
from chattor.tui import when
from chattor.tui.feed import title
from chattor.tui.glyphs import Glyphs
from chattor.tui.ink import Piece
from chattor.tui.view import View
from chattor.tui.widgets.rows import Row
from chattor.tui.words import AGENT, presence_sign

REQUESTS: Final = "requests"  # the key of the row that opens the requests
ADD: Final = "add"  # the key of the row that adds a friend


def roster(view: View, glyphs: Glyphs, now: datetime, zone: tzinfo | None) -> list[Row]:
    """All rows, headings included."""
    rows: list[Row] = []
    if view.requests:
        rows += [_heading("Requests"), _requests(view, glyphs), _blank()]
    friends = view.listed
    rows.append(_heading("Friends"))
    rows += [Row(one.id, (_friend(one, glyphs, now, zone),)) for one in friends]
    if not friends:
        rows.append(Row(ADD, (([("+ ", "accent"), ("add a friend", "text")], ()),)))
    if view.followed:
        rows += [_blank(), _heading("Channels")]
        rows += [Row(one.id, (_channel(one, glyphs),)) for one in view.followed]
    return rows


def _heading(words: str) -> Row:
    return Row(None, (([(words, "muted")], ()),))


def _blank() -> Row:
    return Row(None, (((), ()),))


def _requests(view: View, glyphs: Glyphs) -> Row:
    incoming, outgoing = view.incoming, len(view.requests) - len(view.incoming)
    left: list[Piece] = [(glyphs.unread + " ", "accent")]
    right: list[Piece] = []
    if len(incoming) == 1:
        left.append((safe_text(incoming[0].name, multiline=False), "strong"))
        right = [("asks you", "accent")]
    elif incoming:
        left.append((f"{len(incoming)} ask you", "strong"))
    else:
        left = [(glyphs.asked + " ", "muted"), ("waiting for answers", "text")]
        right = [(str(outgoing), "muted")]
    return Row(REQUESTS, ((left, right),))


def _friend(one: Friend, glyphs: Glyphs, now: datetime, zone: tzinfo | None) -> tuple[list[Piece], list[Piece]]:
    sign, ink = presence_sign(one, glyphs)
    name = safe_text(one.name, multiline=False)
    left: list[Piece] = [(sign + " ", ink), (name, "strong" if one.unread or one.alarm else "text")]
    badge: list[Piece] = [(f"{AGENT} ", "muted")] if one.agent else []  # on the right, where nothing is cut off
    return left, [*badge, *_state(one, now, zone)]


def _channel(one: Channel, glyphs: Glyphs) -> tuple[list[Piece], list[Piece]]:
    sign: Piece = (f"{glyphs.alarm} ", "bad") if one.alarm else ("# ", "muted")
    left: list[Piece] = [sign, (title(one), "strong" if one.unread or one.alarm else "text")]
    if one.alarm:
        return left, [("alarm", "bad")]
    if one.unread:
        return left, [(f"{one.unread} new", "accent")]
    return left, [("yours", "muted")] if one.own else []


def _state(one: Friend, now: datetime, zone: tzinfo | None) -> list[Piece]:
    """What is most worth knowing, in a word."""
    if one.alarm:
        return [("alarm", "bad")]
    if one.unread:
        return [(f"{one.unread} new", "accent")]
    if one.state is FriendState.OUTGOING:
        return [("asked", "muted")]
    if one.state is FriendState.BLOCKED:
        return [("blocked", "muted")]
    if one.typing:
        return [("typing", "accent")]
    if one.online:
        return [(one.activity.state.value if one.activity else "online", "good")]
    return [(when.age(one.last_seen, now, zone), "muted")] if one.last_seen else [("away", "muted")]

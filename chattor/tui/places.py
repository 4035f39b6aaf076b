"""Everywhere one can go: conversations, channels, requests; what is new first. Pure."""

from typing import Final

from chattor.text import safe_text
from chattor.tui.feed import title
from chattor.tui.glyphs import Glyphs
from chattor.tui.ink import Piece
from chattor.tui.modals.picker import Item
from chattor.tui.view import View
from chattor.tui.words import presence_sign

ASKS: Final = "asks:"
"""Begins the key of somebody who wants to be a friend."""


def places(view: View, glyphs: Glyphs) -> list[Item]:
    """To pick from; without letters in this order."""
    friends = [
        (bool(one.unread), _item(one.id, one.name, presence_sign(one, glyphs), f"{one.unread} new" * bool(one.unread)))
        for one in view.listed
    ]
    channels = [
        (bool(one.unread), _item(one.id, title(one), ("#", "muted"), f"{one.unread} new" * bool(one.unread)))
        for one in view.followed
    ]
    asking = [
        (True, _item(f"{ASKS}{one.id}", one.name, (glyphs.asked, "accent"), "asks to be a friend"))
        for one in view.incoming
    ]
    all_of_them = [*friends, *channels, *asking]
    return [item for is_new, item in sorted(all_of_them, key=lambda found: not found[0])]


def _item(key: str, name: str, sign: Piece, right: str) -> Item:
    mark: Piece = (f"{sign[0]} ", sign[1])
    words: list[Piece] = [(right, "accent")] if right else []
    return Item(key=key, text=safe_text(name, multiline=False), sign=mark, right=words)

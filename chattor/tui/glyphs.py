"""Signs and the words beside them, in Unicode and in ASCII. A state is never told by colour or sign alone."""

from typing import Final

from msgspec import Struct

from chattor.model.message import MessageState
from chattor.tui.ink import Ink


class Glyphs(Struct, frozen=True, kw_only=True):
    """One set of signs, each one cell wide unless told otherwise."""

    online: str
    away: str
    asked: str
    blocked: str
    typing: str
    verified: str
    alarm: str
    unread: str
    bar: str
    line: str
    down: str
    reply: str
    dot: str
    ellipsis: str
    full: str
    empty: str
    states: dict[MessageState, str]


UNICODE: Final = Glyphs(
    online="●", away="○", asked="◌", blocked="⊘", typing="✎", verified="✓", alarm="▲", unread="•",
    bar="▎", line="─", down="↓", reply="↪", dot="·", ellipsis="…", full="━", empty="─",
    states={
        MessageState.QUEUED: "◷", MessageState.SENDING: "↗", MessageState.DELIVERED: "✓",
        MessageState.READ: "✓✓", MessageState.CANCELLED: "✗", MessageState.EXPIRED: "∅",
    },
)  # fmt: skip

ASCII: Final = Glyphs(
    online="*", away="o", asked="?", blocked="x", typing="~", verified="+", alarm="!", unread="*",
    bar="|", line="-", down="v", reply=">", dot="-", ellipsis="...", full="#", empty=".",
    states={
        MessageState.QUEUED: ".", MessageState.SENDING: ">", MessageState.DELIVERED: "+",
        MessageState.READ: "++", MessageState.CANCELLED: "x", MessageState.EXPIRED: "!",
    },
)  # fmt: skip

STATE_INKS: Final[dict[MessageState, Ink]] = {
    MessageState.QUEUED: "warn",
    MessageState.SENDING: "accent",
    MessageState.DELIVERED: "muted",
    MessageState.READ: "good",
    MessageState.CANCELLED: "muted",
    MessageState.EXPIRED: "bad",
}


def glyphs(ascii_only: bool) -> Glyphs:
    """The chosen set."""
    return ASCII if ascii_only else UNICODE

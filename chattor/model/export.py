"""What leaves by `export`, a page at a time."""

from msgspec import Struct

from chattor.model.ids import FriendId
from chattor.model.message import Message


class ExportPage(Struct, frozen=True, kw_only=True):
    """Some messages, conversation by conversation, oldest first; what their friends are called; where to go on."""

    messages: list[Message]
    names: dict[FriendId, str]
    cursor: str | None
    """None at the end."""

"""Answers as an agent reads them: peers' words stand in `untrusted_peer_text`, alone; ours in `text`."""

from typing import Any, Final

import msgspec

from chattor.model.channel import Post
from chattor.model.friend import Friend, Request, RequestDirection
from chattor.model.message import Direction, Message
from chattor.model.search import SearchHit

PEER: Final = "untrusted_peer_text"


def plain(value: object) -> Any:  # noqa: ANN401  whatever JSON can hold
    """A value of the Api as JSON holds it, its peers' words under their own name."""
    if isinstance(value, list | tuple):
        return [plain(one) for one in value]
    if isinstance(value, dict):
        return {key: plain(one) for key, one in value.items()}
    if not isinstance(value, msgspec.Struct):
        return msgspec.to_builtins(value)
    return _marked(value, msgspec.to_builtins(value))


def post(value: Post, *, own: bool) -> dict[str, Any]:
    """A post, whose author only its channel tells."""
    fields: dict[str, Any] = msgspec.to_builtins(value)
    return fields if own else _moved(fields, "text")


def _marked(value: msgspec.Struct, fields: Any) -> Any:  # noqa: ANN401  see plain
    match value:
        case Message(direction=Direction.IN):
            return _moved(fields, "text")
        case SearchHit():
            for piece in ("snippet", "matches"):  # said twice, and cut: the text is enough
                del fields[piece]
            return _moved(fields, "text") if value.direction is Direction.IN else fields
        case Request(direction=RequestDirection.INCOMING):
            return _moved(fields, "note")
        case Friend():
            return _moved(fields, "capabilities")
    return fields


def _moved(fields: dict[str, Any], name: str) -> dict[str, Any]:
    fields[PEER] = fields.pop(name)
    return fields

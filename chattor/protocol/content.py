"""What a message says, by kind (protocol §5): MessagePack arrays, decoded strictly. Hashed are the bytes sent."""

from typing import Annotated, Final

import msgspec
from msgspec import Meta

from chattor.errors import BadInput, ProtocolViolation, TextTooLong
from chattor.protocol.limits import EPHEMERAL_MAX, EPHEMERAL_MIN, REACTION_MAX, ROUND_MAX, TEXT_MAX
from chattor.protocol.wire import Listed
from chattor.text import is_emoji

MsgId = Annotated[bytes, Meta(min_length=16, max_length=16)]


class Text(msgspec.Struct, frozen=True, array_like=True, forbid_unknown_fields=True):
    """A text, maybe in answer to a message of either side, named by its 16-byte wire id."""

    text: str
    reply_to: bytes | None = None

    def __repr__(self) -> str:
        return "Text(…)"


class Edit(msgspec.Struct, frozen=True, array_like=True, forbid_unknown_fields=True):
    """The whole new text of a message of the same author."""

    target: MsgId
    text: str

    def __repr__(self) -> str:
        return "Edit(…)"


class Delete(msgspec.Struct, frozen=True, array_like=True, forbid_unknown_fields=True):
    """The text of a message of the same author is gone for good."""

    target: MsgId


class Reaction(msgspec.Struct, frozen=True, array_like=True, forbid_unknown_fields=True):
    """One emoji for a message of either side, in place of the former one; empty: none any more."""

    target: MsgId
    emoji: str

    def __repr__(self) -> str:
        return "Reaction(…)"


class Timer(msgspec.Struct, frozen=True, array_like=True, forbid_unknown_fields=True):
    """How long texts of either side live from now on, in seconds, 0 for ever; `round` counts such decisions."""

    seconds: Annotated[int, Meta(ge=0, le=EPHEMERAL_MAX)]
    round: Annotated[int, Meta(ge=0, le=ROUND_MAX)]


EDIT: Final = Listed(Edit)
DELETE: Final = Listed(Delete)
REACTION: Final = Listed(Reaction)
TIMER: Final = Listed(Timer)

_encode = msgspec.msgpack.Encoder().encode
_decode_text = msgspec.msgpack.Decoder(Text).decode


def measure(text: str) -> int:
    """Its size in bytes of UTF-8. Raises BadInput for what is no text: nothing, not UTF-8, a NUL."""
    try:
        size = len(text.encode())
    except UnicodeEncodeError as error:
        raise BadInput("the text is not valid UTF-8") from error
    if not text.strip():
        raise BadInput("the text is empty")
    if "\0" in text:
        raise BadInput("the text contains a NUL character")
    return size


def check_text(text: str) -> None:
    """Raise BadInput or TextTooLong for what may not be sent."""
    if (size := measure(text)) > TEXT_MAX:
        raise TextTooLong(f"the text has {size:,} bytes, {TEXT_MAX:,} are allowed")


def encode_text(content: Text) -> bytes:
    """The body of a text message."""
    return _encode(content)


def decode_text(body: bytes) -> Text:
    """Raises ProtocolViolation for what no honest sender sends."""
    try:
        content = _decode_text(body)
    except (msgspec.MsgspecError, UnicodeDecodeError) as error:
        raise ProtocolViolation("text message that does not decode") from error
    _check_size(content.text)
    if content.reply_to is not None and len(content.reply_to) != 16:
        raise ProtocolViolation("reply to no message id")
    return content


def decode_edit(body: bytes) -> Edit:
    """Raises ProtocolViolation for what no honest sender sends."""
    content = EDIT.decode(body)
    _check_size(content.text)
    return content


def decode_reaction(body: bytes) -> Reaction:
    """Raises ProtocolViolation for what no honest sender sends; whether it is an emoji is for the caller to see."""
    content = REACTION.decode(body)
    if len(content.emoji.encode()) > REACTION_MAX:
        raise ProtocolViolation("a reaction of a forbidden size")
    return content


def decode_timer(body: bytes) -> Timer:
    """Raises ProtocolViolation for what no honest sender sends."""
    content = TIMER.decode(body)
    if 0 < content.seconds < EPHEMERAL_MIN:
        raise ProtocolViolation("a timer nobody could read in")
    return content


def check_ttl(seconds: int) -> None:
    """Raise BadInput for a time no text may live."""
    if not EPHEMERAL_MIN <= seconds <= EPHEMERAL_MAX:
        raise BadInput("a text lives for 5 s to 365 d")


def check_emoji(emoji: str) -> None:
    """Raise BadInput for what is no single emoji of at most REACTION_MAX bytes."""
    if not is_emoji(emoji) or len(emoji.encode()) > REACTION_MAX:
        raise BadInput("a reaction is one emoji, or nothing to take it back")


def _check_size(text: str) -> None:
    if not text or len(text.encode()) > TEXT_MAX:
        raise ProtocolViolation("a text of a forbidden size")

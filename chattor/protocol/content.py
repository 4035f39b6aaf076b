"""What a message says, by kind (protocol §5): MessagePack arrays, decoded strictly. Hashed are the bytes sent."""

import msgspec

from chattor.errors import BadInput, ProtocolViolation, TextTooLong
from chattor.protocol.limits import TEXT_MAX


class Text(msgspec.Struct, frozen=True, array_like=True, forbid_unknown_fields=True):
    """A text, maybe in answer to a message of either side, named by its 16-byte wire id."""

    text: str
    reply_to: bytes | None = None

    def __repr__(self) -> str:
        return "Text(…)"


_encode = msgspec.msgpack.Encoder().encode
_decode_text = msgspec.msgpack.Decoder(Text).decode


def check_text(text: str) -> None:
    """Raise BadInput or TextTooLong for what may not be sent: nothing, too much, not UTF-8, a NUL."""
    try:
        size = len(text.encode())
    except UnicodeEncodeError as error:
        raise BadInput("the text is not valid UTF-8") from error
    if not text.strip():
        raise BadInput("the text is empty")
    if "\0" in text:
        raise BadInput("the text contains a NUL character")
    if size > TEXT_MAX:
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
    if not content.text or len(content.text.encode()) > TEXT_MAX:
        raise ProtocolViolation("text message of a forbidden size")
    if content.reply_to is not None and len(content.reply_to) != 16:
        raise ProtocolViolation("reply to no message id")
    return content

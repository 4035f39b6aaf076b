"""What becomes of messages (protocol §5): edits, deletions and reactions, made here or come from a friend.

They are items of their author's stream and arrive in his order, but what they are about may be missing: it was
buried, or a store was rolled back. So an edit makes the message it does not find, and a deletion is final: whatever
comes before or after it, the text never comes back.
"""

from chattor.errors import NotAllowed
from chattor.handlers import ephemeral, resolve, stream
from chattor.handlers.context import Ctx
from chattor.handlers.views import friend_id, message_view
from chattor.model.message import GIVEN_UP, Direction, Message, MessageState
from chattor.protocol.content import (
    DELETE,
    EDIT,
    REACTION,
    Delete,
    Edit,
    Reaction,
    check_emoji,
    check_text,
    decode_edit,
    decode_reaction,
)
from chattor.protocol.frames import Msg
from chattor.protocol.stream import Kind, Rest
from chattor.store.repos.events import Happened
from chattor.store.repos.friends import FriendRow
from chattor.store.repos.messages import MessageRow
from chattor.store.tx import Tx
from chattor.text import is_emoji, safe_text


def edit(tx: Tx, ctx: Ctx, name: str, text: str) -> Message:
    """Put another text in place of one of ours; the old one is gone. Raises BadInput, TextTooLong, NotAllowed."""
    check_text(text)
    row = _alive(resolve.own_message(tx, name))
    friend = resolve.addressee(tx, friend_id(row.friend))
    if text != row.text:
        tx.chain.bury(friend.id, row.msg_id)
        stream.write(tx, ctx, friend, Kind.EDIT, EDIT.encode(Edit(row.msg_id, text)), about=row.msg_id, ttl=row.ttl)
        tx.messages.rewrite(row.id, text)
        _tell(tx, ctx, row)
    return message_view(tx, resolve.message(tx, name))


def delete(tx: Tx, ctx: Ctx, name: str) -> Message:
    """Drop the text of one of our messages on both sides. Raises NotFound, NotAllowed.

    One whose time is over here may still wait to be read there, and goes there as well.
    """
    row = resolve.own_message(tx, name)
    friend = resolve.addressee(tx, friend_id(row.friend))
    if row.text is not None or row.expires_ms is not None:
        tx.chain.bury(friend.id, row.msg_id)
        stream.write(tx, ctx, friend, Kind.DELETE, DELETE.encode(Delete(row.msg_id)), about=row.msg_id)
        if row.state is MessageState.QUEUED:  # it never left, and never will
            tx.progress.settle(row.id, MessageState.CANCELLED, ctx.now)
            tx.emit(ctx.now, Happened.MESSAGE_STATE, friend=friend.id, message=row.id, detail=MessageState.CANCELLED)
        _erase(tx, ctx, row)
    return message_view(tx, resolve.message(tx, name))


def react(tx: Tx, ctx: Ctx, name: str, emoji: str) -> Message:
    """Say with one emoji what we think of a message of either side; "" takes it back. Raises BadInput, NotAllowed."""
    if emoji:
        check_emoji(emoji)
    row = _alive(resolve.message(tx, name))
    friend = resolve.addressee(tx, friend_id(row.friend))
    if emoji != tx.reactions.of(friend.id, row.msg_id).get(Direction.OUT, ""):
        tx.chain.bury_reactions(friend.id, row.msg_id)
        stream.write(tx, ctx, friend, Kind.REACTION, REACTION.encode(Reaction(row.msg_id, emoji)))
        tx.reactions.put(friend.id, row.msg_id, Direction.OUT, emoji)
        ephemeral.show(tx, ctx, [row])
        _tell(tx, ctx, row)
    return message_view(tx, row)


def take_edit(tx: Tx, ctx: Ctx, friend: FriendRow, item: Msg, rest: Rest) -> None:
    """A friend edits his own message. What is not here is made; what was deleted stays so."""
    content = decode_edit(rest.body)
    text = safe_text(content.text, multiline=True)
    row = tx.messages.by_wire(friend.id, Direction.IN, content.target)
    if row is not None:
        if row.text is not None:
            tx.messages.rewrite(row.id, text)
            _tell(tx, ctx, row)
    elif not tx.seen.is_deleted(friend.id, content.target):
        number = tx.messages.add_in(
            friend=friend.id,
            msg_id=content.target,
            seq=item.seq,
            body=text,
            reply_to=None,
            edited=True,
            sent_ms=rest.sent_ms,
            received_ms=ctx.now,
            ttl=rest.ttl,
        )
        tx.emit(ctx.now, Happened.MESSAGE_RECEIVED, friend=friend.id, message=number)


def take_deletion(tx: Tx, ctx: Ctx, friend: FriendRow, item: Msg, rest: Rest) -> None:
    """A friend deletes his own message, maybe before it came."""
    target = DELETE.decode(rest.body).target
    row = tx.messages.by_wire(friend.id, Direction.IN, target)
    if row is None:
        tx.seen.mark_deleted(friend.id, target)
    elif row.text is not None:
        _erase(tx, ctx, row)


def take_reaction(tx: Tx, ctx: Ctx, friend: FriendRow, item: Msg, rest: Rest) -> None:
    """A friend reacts to a message of either side. What is no emoji is nothing."""
    content = decode_reaction(rest.body)
    if content.emoji and not is_emoji(content.emoji):
        return
    tx.reactions.put(friend.id, content.target, Direction.IN, safe_text(content.emoji, multiline=False))
    number = tx.messages.number(friend.id, content.target)
    row = None if number is None else tx.messages.get(number)
    if row is not None and row.text is not None:
        _tell(tx, ctx, row)


def _alive(row: MessageRow) -> MessageRow:
    if row.direction is Direction.OUT and row.state in GIVEN_UP:
        raise NotAllowed(f"it was {row.state} and never arrived")
    if row.text is None:
        raise NotAllowed("it is gone")
    return row


def _erase(tx: Tx, ctx: Ctx, row: MessageRow) -> None:
    tx.messages.erase(row.id)
    ephemeral.forget_reactions(tx, row)
    _tell(tx, ctx, row)


def _tell(tx: Tx, ctx: Ctx, row: MessageRow) -> None:
    tx.emit(ctx.now, Happened.MESSAGE_CHANGED, friend=row.friend, message=row.id)

"""What was read and what is half written, the same for every face: the read marker, unread texts, drafts.

What a friend leaves here unread is bounded, or he could fill the disk of whoever is away. Beyond the bound nothing of
his stream is taken; it waits with him, until the marker moves on.
"""

from chattor.errors import BadInput
from chattor.handlers import ephemeral, presence, resolve
from chattor.handlers.context import Ctx
from chattor.handlers.relations import reload
from chattor.handlers.views import friend_view
from chattor.model.friend import Friend
from chattor.protocol.limits import DRAFT_MAX, UNREAD_MAX
from chattor.store.repos.events import Happened
from chattor.store.repos.friends import FriendRow
from chattor.store.tx import Tx

FULL = "too much is unread: nothing more of this friend is taken until you read"


def is_full(row: FriendRow) -> bool:
    """Whether nothing more of a friend's stream is taken for now."""
    return row.unread_bytes >= UNREAD_MAX


def count(tx: Tx, ctx: Ctx, row: FriendRow, size: int) -> None:
    """So many bytes of a friend's stream came; those that are too many are told of once."""
    tx.friends.update(row.id, unread_bytes=row.unread_bytes + size)
    if is_full(reload(tx, row)) and not is_full(row):
        tx.friends.update(row.id, notice=FULL)
        tx.emit(ctx.now, Happened.FRIEND_CHANGED, friend=row.id)


def read(tx: Tx, ctx: Ctx, name: str, upto: str | None) -> Friend:
    """Move our read marker to a message, or to the end; back is allowed, "" is before everything."""
    row = resolve.relation(tx, name)
    marker = _place(tx, row, upto)
    unread = tx.messages.unread(row.id, row.read_id)
    tx.friends.update(row.id, read_id=marker)
    if marker >= row.read_id:
        ephemeral.show_all(tx, ctx, row.id, marker)
        make_room(tx, row, marker)
    moved = reload(tx, row)
    if tx.messages.unread(row.id, marker) != unread or moved.notice != row.notice:
        tx.emit(ctx.now, Happened.FRIEND_CHANGED, friend=row.id)
    if marker > row.read_id and unread:
        presence.tell_read(tx, ctx, moved)
    return friend_view(tx, ctx, moved)


def draft(tx: Tx, ctx: Ctx, name: str, text: str | None) -> str:
    """The unsent text for a friend, replaced first if one is given. Raises BadInput for one that is too long."""
    row = resolve.relation(tx, name)
    if text is not None:
        if len(text) > DRAFT_MAX:
            raise BadInput(f"a draft has up to {DRAFT_MAX:,} characters, this one {len(text):,}")
        tx.friends.update(row.id, draft=text)
        tx.leave_residue()
    return tx.friends.draft(row.id)


def _place(tx: Tx, row: FriendRow, upto: str | None) -> int:
    """The number of the last message that is read, 0 for none."""
    if upto is None:
        return max(row.read_id, tx.messages.last_id(row.id))
    if not upto:
        return 0
    return resolve.message_with(tx, row, upto).id


def make_room(tx: Tx, row: FriendRow, marker: int) -> None:
    """What was read does not count any more; if nothing was taken till now, the next link brings it."""
    if not row.unread_bytes:
        return
    tx.friends.update(row.id, unread_bytes=tx.messages.unread_bytes(row.id, marker))
    if is_full(row) and not is_full(reload(tx, row)):
        tx.friends.update(row.id, notice=None if row.notice == FULL else row.notice)
        tx.hang_up(row.id, row.id_commit)

"""What the user does about friends: ask, answer, rename, remove, block, mute, verify."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Final

from chattor.config.duration import parse_duration
from chattor.crypto.safety import safety_number
from chattor.errors import BadFriendCode, BadInput, NotAllowed
from chattor.handlers import following, lookalikes, resolve, rotation
from chattor.handlers.context import Ctx
from chattor.handlers.relations import move, reload, tidy
from chattor.handlers.views import friend_id, friend_view, request_view
from chattor.model.address import OnionAddress
from chattor.model.friend import Friend, Request, RequestDirection, SafetyNumber
from chattor.protocol.friend_code import FriendCode, parse
from chattor.protocol.friendship import Local, State
from chattor.protocol.limits import NOTE_MAX
from chattor.store.repos.events import Happened
from chattor.store.repos.friends import FriendRow
from chattor.store.sql import Value
from chattor.store.tx import Tx
from chattor.text import safe_name, safe_text

_ORDER = (State.FRIEND, State.INCOMING, State.OUTGOING, State.BLOCKED)


@dataclass(frozen=True, slots=True, kw_only=True)
class AddFriend:
    """Ask the owner of CODE, under a local NAME, with a NOTE of at most 280 characters."""

    code: str
    name: str | None = None
    note: str = ""


def placeholder(onion_pk: bytes) -> str:
    """What somebody is called before a better name is known."""
    return f"friend {OnionAddress(onion_pk).short()}"


def add(tx: Tx, ctx: Ctx, command: AddFriend) -> Request:
    """Ask to be friends; answers an open incoming request of the same person. Raises BadFriendCode, NotAllowed."""
    code = parse(command.code, own=ctx.own.code)
    if any(guise.id_commit == code.id_commit for guise in ctx.own.guises):
        raise BadFriendCode("this is your own friend code, from before you changed your identity or address")
    note = checked_note(command.note)
    row = _known(tx, code)
    name = safe_name(command.name) if command.name else (row.name if row else placeholder(code.onion_pk))
    if row is None:
        row = tx.friends.add(
            state=State.NONE,
            name=name,
            note=note,
            asked_ms=ctx.now,
            onion_pk=code.onion_pk,
            id_commit=code.id_commit,
            knows=ctx.own.epoch,
        )
    incoming = row.state is State.INCOMING
    if row.state is State.NONE:
        tx.friends.update(row.id, note=note, asked_ms=ctx.now)
        if not tx.outbox.of(row.id):  # else our REMOVE must still come from whom he knew
            tx.friends.update(row.id, knows=ctx.own.epoch)
    tx.friends.forget_rejection(code.id_commit)
    moved = move(tx, ctx, reload(tx, row), Local.ADD)
    tx.friends.update(row.id, name=name)
    lookalikes.compare(tx, row.id, name)
    rotation.tell(tx, ctx, moved)
    return request_view(reload(tx, moved), RequestDirection.INCOMING if incoming else RequestDirection.OUTGOING)


def _known(tx: Tx, code: FriendCode) -> FriendRow | None:
    """The relation with a code's owner, if there is one."""
    row = tx.friends.by_commit(code.id_commit)
    if row != tx.friends.by_onion(code.onion_pk):
        raise BadFriendCode("this address is known under another identity; ask your friend for a new code")
    return row


def accept(tx: Tx, ctx: Ctx, name: str) -> Friend:
    """Accept an incoming request."""
    row = move(tx, ctx, resolve.request(tx, name, State.INCOMING), Local.ACCEPT)
    rotation.tell(tx, ctx, row)
    return friend_view(tx, ctx, row)


def reject(tx: Tx, ctx: Ctx, name: str) -> Request:
    """Refuse an incoming request; later ones of the same identity leave no trace."""
    asked = resolve.request(tx, name, State.INCOMING)
    row = move(tx, ctx, asked, Local.REJECT)
    answer = request_view(replace(row, note=asked.note), RequestDirection.INCOMING)
    tidy(tx, row)
    return answer


def cancel(tx: Tx, ctx: Ctx, name: str) -> Request:
    """Withdraw an outgoing request; the other side is told if it may have heard of it."""
    asked = resolve.request(tx, name, State.OUTGOING)
    row = move(tx, ctx, asked, Local.CANCEL)
    answer = request_view(replace(row, note=asked.note), RequestDirection.OUTGOING)
    tidy(tx, row)
    return answer


def rename(tx: Tx, ctx: Ctx, name: str, new: str) -> Friend:
    """Give a friend another local name."""
    row, new = resolve.relation(tx, name), safe_name(new)
    lookalikes.compare(tx, row.id, new)
    return _set(tx, ctx, row, name=new)


def remove(tx: Tx, ctx: Ctx, name: str, keep_history: bool) -> Friend:
    """End a friendship; the other side is told. The history goes with it unless kept.

    When the friendship ended before and its history was kept, that can be forgotten still.
    """
    row = resolve.relation(tx, name)
    if keep_history or row.state is not State.NONE:
        row = move(tx, ctx, row, Local.REMOVE)
    else:
        tx.emit(ctx.now, Happened.FRIEND_REMOVED, friend=row.id)
    if not keep_history:
        tx.messages.delete_all(row.id)
        tx.friends.update(row.id, draft="")
        tx.leave_residue()
        following.forget(tx, row)
    answer = friend_view(tx, ctx, row)
    tidy(tx, row)
    return answer


def block(tx: Tx, ctx: Ctx, name: str) -> Friend:
    """Close every link and refuse new ones; the other side is not told."""
    return friend_view(tx, ctx, move(tx, ctx, resolve.relation(tx, name), Local.BLOCK))


def unblock(tx: Tx, ctx: Ctx, name: str) -> Friend:
    """Let a blocked person ask again; the friendship is over."""
    row = move(tx, ctx, resolve.relation(tx, name), Local.UNBLOCK)
    answer = friend_view(tx, ctx, row)
    tidy(tx, row)
    return answer


@dataclass(frozen=True, slots=True)
class Option:
    """A per-friend option: its column, and what a value means there. `parse` raises ValueError with what fits."""

    column: str
    parse: Callable[[str], Value | bool]


def _switch(value: str) -> bool:
    if value not in ("on", "off"):
        raise ValueError("“on” or “off”")
    return value == "on"


def _maybe_switch(value: str) -> bool | None:
    if value not in ("on", "off", "default"):
        raise ValueError("“on”, “off” or “default”, which is as the settings say")
    return None if value == "default" else value == "on"


def _maybe_period(value: str) -> int | None:
    if value in ("never", "default"):
        return 0 if value == "never" else None
    try:
        return parse_duration(value)
    except ValueError:
        raise ValueError("“never”, “default”, which is as the settings say, or a duration such as 30d") from None


OPTIONS: Final = {
    "muted": Option("muted", _switch),
    "receipts": Option("receipts", _maybe_switch),
    "typing": Option("typing", _maybe_switch),
    "presence": Option("presence", _maybe_switch),
    "retention": Option("retention_s", _maybe_period),
}


def set_option(tx: Tx, ctx: Ctx, name: str, key: str, value: str) -> Friend:
    """Set one per-friend option. Raises BadInput for an unknown key or value."""
    option = OPTIONS.get(key)
    if option is None:
        raise BadInput(f"no per-friend option “{key[:40]}”; there is: {', '.join(OPTIONS)}")
    try:
        stored = option.parse(value)
    except ValueError as error:
        raise BadInput(f"{key} is {error}") from error
    return _set(tx, ctx, resolve.relation(tx, name), **{option.column: stored})


def acknowledge(tx: Tx, ctx: Ctx, name: str) -> Friend:
    """Take note of an alarm and of notices; sending works again."""
    return _set(tx, ctx, resolve.relation(tx, name), alarm=None, notice=None)


def verify(tx: Tx, ctx: Ctx, name: str, confirm: bool) -> SafetyNumber:
    """The safety number; with `confirm` the friend is marked verified. Raises NotAllowed before the first contact."""
    row = resolve.relation(tx, name)
    if row.ik_sig is None or row.ik_dh is None:
        raise NotAllowed(f"{row.name} has not shown an identity yet; wait for the first contact")
    if confirm and not row.verified:
        _set(tx, ctx, row, verified=True)
    own = ctx.own.shown(row.knows).identity  # what the friend compares with until he followed us
    return SafetyNumber(
        friend=friend_id(row.id),
        digits=safety_number((own.sig.public, own.dh.public), (row.ik_sig, row.ik_dh)),
        verified=confirm or row.verified,
    )


def listing(tx: Tx, ctx: Ctx) -> list[Friend]:
    """All relations that stand, friends first, then by name."""
    rows = [row for row in tx.friends.all() if row.state is not State.NONE]
    rows.sort(key=lambda row: (_ORDER.index(row.state), row.name.casefold(), row.id))
    return [friend_view(tx, ctx, row) for row in rows]


def show(tx: Tx, ctx: Ctx, name: str) -> Friend:
    """One relation. Raises NotFound, Ambiguous."""
    return friend_view(tx, ctx, resolve.relation(tx, name))


def requests(tx: Tx, ctx: Ctx) -> list[Request]:
    """Unanswered requests, oldest first. Whoever lists them has seen them: they are not evicted any more."""
    tx.friends.look_at_requests()
    rows = [row for row in tx.friends.all() if row.state in (State.INCOMING, State.OUTGOING)]
    return [request_view(row) for row in sorted(rows, key=lambda row: row.asked_ms)]


def _set(tx: Tx, ctx: Ctx, row: FriendRow, **columns: Value | bool) -> Friend:
    tx.friends.update(row.id, **columns)
    tx.emit(ctx.now, Happened.FRIEND_CHANGED, friend=row.id)
    return friend_view(tx, ctx, reload(tx, row))


def checked_note(note: str) -> str:
    """A note as it travels. Raises BadInput for one that is too long."""
    if len(note) > NOTE_MAX:
        raise BadInput(f"the note has {len(note)} characters, {NOTE_MAX} are allowed")
    return safe_text(note, multiline=False)

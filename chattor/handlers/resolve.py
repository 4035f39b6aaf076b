"""What FRIEND, MESSAGE, CHANNEL and POST name.

A FRIEND is named by an id, a name that fits exactly one, an onion address or a friend code, a CHANNEL by an id, a name
or OWNER/NAME; messages and posts have ids only.
"""

from chattor.errors import Ambiguous, AmbiguousChannel, BadFriendCode, ChannelRefused, NoChannel, NotAllowed, NotFound
from chattor.model.address import OnionAddress
from chattor.model.message import Direction
from chattor.protocol.channels import PostKind
from chattor.protocol.friend_code import parse
from chattor.protocol.friendship import State
from chattor.store.repos.channels import ChannelRow, PublisherRow
from chattor.store.repos.friends import FriendRow
from chattor.store.repos.messages import MessageRow
from chattor.store.repos.posts import PostRow
from chattor.store.tx import Tx


def relation(tx: Tx, friend: str) -> FriendRow:
    """The relation FRIEND names, in whatever state. Raises NotFound or Ambiguous."""
    found = _by_id(tx, friend) or _by_onion(tx, friend) or _by_code(tx, friend) or _by_name(tx, friend)
    if found is None:
        raise NotFound(f"no friend “{friend[:40]}”")
    return found


def friend(tx: Tx, name: str) -> FriendRow:
    """The relation FRIEND names, which must be a friend. Raises NotAllowed for a request or a blocked one."""
    row = relation(tx, name)
    if row.state is not State.FRIEND:
        raise NotAllowed(f"“{name[:40]}” is not a friend (state: {row.state})")  # not in words of a stranger's
    return row


def addressee(tx: Tx, name: str) -> FriendRow:
    """The friend FRIEND names, to whom we may send. Raises NotAllowed while an alarm stands."""
    return reachable(friend(tx, name))


def reachable(row: FriendRow) -> FriendRow:
    """A friend to whom we may send. Raises NotAllowed while an alarm stands."""
    if row.alarm is not None:
        raise NotAllowed(f"sending to {row.name} is stopped: {row.alarm}; acknowledge it first")
    return row


def request(tx: Tx, name: str, state: State) -> FriendRow:
    """The unanswered request FRIEND names. Raises NotFound for anything else."""
    row = relation(tx, name)
    if row.state is not state:
        raise NotFound(f"no {state} request “{name[:40]}” (state: {row.state})")
    return row


def message(tx: Tx, name: str) -> MessageRow:
    """The message an id names. Raises NotFound."""
    number = _number(name, "m")
    row = None if number is None else tx.messages.get(number)
    if row is None:
        raise NotFound(f"no message “{name[:40]}”")
    return row


def message_with(tx: Tx, friend: FriendRow, name: str) -> MessageRow:
    """Likewise, and it must be of the conversation with a friend. Raises NotFound, NotAllowed."""
    row = message(tx, name)
    if row.friend != friend.id:
        raise NotAllowed("that message belongs to another conversation")
    return row


def own_message(tx: Tx, name: str) -> MessageRow:
    """The message an id names, which must be ours. Raises NotFound, NotAllowed."""
    row = message(tx, name)
    if row.direction is not Direction.OUT:
        raise NotAllowed("it is not yours")
    return row


def friend_of(tx: Tx, owner: PublisherRow) -> FriendRow | None:
    """The owner of channels, if he is a friend."""
    row = tx.friends.by_commit(owner.id_commit)
    return row if row is not None and row.state is State.FRIEND else None


def channel(tx: Tx, name: str) -> ChannelRow:
    """The channel CHANNEL names: an id, OWNER/NAME, or a name; ours goes first. Raises NoChannel, AmbiguousChannel."""
    rows = _named(tx, name)
    if len(rows) > 1:
        raise AmbiguousChannel(f"{len(rows)} channels are called “{name[:40]}”")
    if not rows:
        raise NoChannel(f"no channel “{name[:40]}”")
    return rows[0]


def own_channel(tx: Tx, name: str) -> ChannelRow:
    """As `channel`, and it must be ours."""
    return _ours(channel(tx, name))


def others_channel(tx: Tx, name: str) -> ChannelRow:
    """As `channel`, among those we subscribed to."""
    rows = [row for row in _named(tx, name, own=False) if row.subscribed]
    if not rows:
        raise NoChannel(f"no subscription to “{name[:40]}”")
    if len(rows) > 1:
        raise AmbiguousChannel(f"{len(rows)} channels are called “{name[:40]}”")
    return rows[0]


def post(tx: Tx, name: str) -> PostRow:
    """The post an id names, which must be a text. Raises NoChannel."""
    number = _number(name, "p")
    row = None if number is None else tx.posts.get(number)
    if row is None or row.kind != PostKind.TEXT:
        raise NoChannel(f"no post “{name[:40]}”")
    return row


def own_post(tx: Tx, name: str) -> tuple[PostRow, ChannelRow]:
    """The post an id names, which must be a text of ours, and its channel. Raises NoChannel, ChannelRefused."""
    row = post(tx, name)
    found = tx.channels.get(row.channel)
    if found is None:
        raise LookupError(f"post {row.id} has no channel")
    return row, _ours(found)


def _number(name: str, letter: str) -> int | None:
    digits = name[1:]
    known = name[:1] == letter and digits.isascii() and digits.isdigit() and len(digits) < 18
    return int(digits) if known else None


def _by_id(tx: Tx, name: str) -> FriendRow | None:
    number = _number(name, "f")
    return None if number is None else tx.friends.get(number)


def _by_onion(tx: Tx, name: str) -> FriendRow | None:
    try:
        return tx.friends.by_onion(OnionAddress.parse(name).public_key)
    except ValueError:
        return None


def _by_code(tx: Tx, name: str) -> FriendRow | None:
    try:
        return tx.friends.by_commit(parse(name).id_commit)
    except BadFriendCode:
        return None


def _by_name(tx: Tx, name: str) -> FriendRow | None:
    """Friends first: a stranger chooses the name in his request and must not come between us and a friend."""
    wanted = name.casefold().strip()
    named = [row for row in tx.friends.all() if row.state is not State.NONE and row.name.casefold() == wanted]
    fitting = [row for row in named if row.state is State.FRIEND] or named
    if len(fitting) > 1:
        raise Ambiguous(f"{len(fitting)} friends are called “{name[:40]}”")
    return fitting[0] if fitting else None


def _named(tx: Tx, name: str, *, own: bool = True) -> list[ChannelRow]:
    number = _number(name, "c")
    if number is not None and (row := tx.channels.get(number)) is not None:
        return [row] if own or row.publisher is not None else []
    owner, slash, short = name.rpartition("/")
    rows = [row for row in tx.channels.all() if row.name.casefold() == short.casefold()]
    if slash:
        return [row for row in rows if _is_owned_by(tx, row, owner)]
    ours = [row for row in rows if own and row.publisher is None]
    subscribed = [row for row in rows if row.subscribed]  # never ours
    return ours or subscribed or [row for row in rows if row.publisher is not None]


def _ours(row: ChannelRow) -> ChannelRow:
    if row.publisher is not None:
        raise ChannelRefused("it is not your channel")
    return row


def _is_owned_by(tx: Tx, row: ChannelRow, name: str) -> bool:
    owner = None if row.publisher is None else tx.channels.publisher(row.publisher)
    if owner is None:
        return False
    address, said, friend = OnionAddress(owner.onion_pk), name.casefold(), friend_of(tx, owner)
    is_friend = friend is not None and (said == friend.name.casefold() or _number(said, "f") == friend.id)
    return name in (str(address), address.short()) or is_friend

"""FRIEND and MESSAGE parameters: an id, a name that fits exactly one friend, an onion address or a friend code."""

from chattor.errors import Ambiguous, BadFriendCode, NotAllowed, NotFound
from chattor.model.address import OnionAddress
from chattor.protocol.friend_code import parse
from chattor.protocol.friendship import State
from chattor.store.repos.friends import FriendRow
from chattor.store.repos.messages import MessageRow
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
        raise NotAllowed(f"{row.name} is not a friend (state: {row.state})")
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

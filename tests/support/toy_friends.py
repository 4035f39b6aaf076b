"""The toy node's friends: the relation table of the product, over a dict."""

import hashlib
from collections.abc import Callable
from typing import Final

from msgspec.structs import replace

from chattor.errors import Ambiguous, BadFriendCode, BadInput, NotAllowed, NotFound
from chattor.model.address import OnionAddress
from chattor.model.events import (
    FriendAdded,
    FriendChanged,
    FriendRemoved,
    FriendRequested,
    IdentityAlarm,
    PresenceChanged,
)
from chattor.model.friend import Friend, FriendState, Request, RequestDirection, SafetyNumber
from chattor.model.ids import FriendId
from chattor.model.status import Identity
from chattor.protocol.limits import NAME_MAX, NOTE_MAX
from tests.support.toy_log import ToyLog

OPTIONS: Final = {"receipts": {"on", "off"}, "presence": {"on", "off"}, "retention": {"forever", "30d", "365d"}}


def code_of(name: str) -> str:
    """The friend code of somebody: the right look, no real keys."""
    digest = hashlib.shake_256(name.encode()).digest(85)
    return "ct1" + "".join("023456789acdefghjklmnpqrstuvwxyz"[byte % 32] for byte in digest)


def onion_of(code: str) -> str:
    """The address behind a toy friend code."""
    return str(OnionAddress(hashlib.sha256(code.encode()).digest()))


class ToyFriends(ToyLog):
    """Adds, answers and ends friendships; `peer_*` is what the real node would hear from the other side."""

    def __init__(self, name: str) -> None:
        super().__init__()
        self._me = Identity(
            name=name, friend_code=code_of(name), onion=onion_of(code_of(name)), fingerprint=_fingerprint(name)
        )
        self._friends: dict[FriendId, Friend] = {}
        self._requests: dict[FriendId, Request] = {}
        self.options: dict[tuple[FriendId, str], str] = {}

    async def identity(self) -> Identity:
        """Who we are."""
        return self._me

    async def friends_list(self) -> list[Friend]:
        """Friends first, then by name."""
        return sorted(self._friends.values(), key=lambda one: (one.state is not FriendState.FRIEND, one.name))

    async def friends_requests(self) -> list[Request]:
        """Oldest first."""
        return sorted(self._requests.values(), key=lambda one: one.at)

    async def friends_add(self, code: str, name: str | None = None, note: str = "") -> Request:
        """Ask; a request that crosses theirs is a friendship."""
        code = _clean_code(code)
        if code == self._me.friend_code:
            raise BadFriendCode("this is your own friend code")
        if len(note) > NOTE_MAX:
            raise BadInput(f"a note has at most {NOTE_MAX} characters")
        known = next((one for one in self._friends.values() if one.onion == onion_of(code)), None)
        if known and known.state is FriendState.INCOMING:
            accepted = await self.friends_accept(known.id)
            return self._request(accepted, RequestDirection.OUTGOING, note)
        if known:
            raise NotAllowed(f"{known.name} is already in your list")
        friend = self._enter(FriendState.OUTGOING, _name(name) if name else onion_of(code)[:8], onion_of(code))
        return self._ask(friend, RequestDirection.OUTGOING, note)

    async def friends_accept(self, id: str) -> Friend:
        """INCOMING → FRIEND."""
        self._asked(id, RequestDirection.INCOMING)
        return self._befriend(FriendId(id))

    async def friends_reject(self, id: str) -> Request:
        """INCOMING → nothing."""
        return self._withdraw(self._asked(id, RequestDirection.INCOMING))

    async def friends_cancel(self, id: str) -> Request:
        """OUTGOING → nothing."""
        return self._withdraw(self._asked(id, RequestDirection.OUTGOING))

    async def friends_rename(self, friend: str, name: str) -> Friend:
        """Another local name."""
        clean = _name(name)
        return self._change(friend, lambda one: replace(one, name=clean))

    async def friends_remove(self, friend: str, keep_history: bool = True) -> Friend:
        """Forget a friend."""
        one = self.find(friend)
        if one.state is not FriendState.FRIEND:
            raise NotAllowed(f"{one.name} is not a friend")
        return self._forget(one)

    async def friends_block(self, friend: str) -> Friend:
        """Any state → BLOCKED."""
        one = self.find(friend)
        self._requests.pop(one.id, None)
        return self._change(one.id, lambda was: replace(was, state=FriendState.BLOCKED, online=False, typing=False))

    async def friends_unblock(self, friend: str) -> Friend:
        """BLOCKED → nothing."""
        one = self.find(friend)
        if one.state is not FriendState.BLOCKED:
            raise NotAllowed(f"{one.name} is not blocked")
        return self._forget(one)

    async def friends_mute(self, friend: str) -> Friend:
        """Silence."""
        return self._change(friend, lambda one: replace(one, muted=True))

    async def friends_unmute(self, friend: str) -> Friend:
        """Sound."""
        return self._change(friend, lambda one: replace(one, muted=False))

    async def friends_set(self, friend: str, key: str, value: str) -> Friend:
        """Keep an option of OPTIONS."""
        one = self.find(friend)
        if value not in OPTIONS.get(key, ()):
            raise BadInput(f"{key} cannot be {value}" if key in OPTIONS else f"there is no option {key}")
        self.options[one.id, key] = value
        return self._change(one.id, lambda was: was)

    async def friends_acknowledge(self, friend: str) -> Friend:
        """Clear the alarm."""
        return self._change(friend, lambda one: replace(one, alarm=None, note=None))

    async def friends_verify(self, friend: str, confirm: bool = False) -> SafetyNumber:
        """60 digits from both names' codes, the same on both sides."""
        one = self.find(friend)
        if confirm:
            one = self._change(one.id, lambda was: replace(was, verified=True))
        both = "".join(sorted((self._me.onion, one.onion)))
        digits = str(int.from_bytes(hashlib.sha512(both.encode()).digest(), "big"))[:60]
        groups = " ".join(digits[at : at + 5] for at in range(0, 60, 5))
        return SafetyNumber(friend=one.id, digits=groups, verified=one.verified)

    def peer_asks(self, name: str, note: str = "") -> Request:
        """A stranger's request arrives."""
        return self._ask(
            self._enter(FriendState.INCOMING, name, onion_of(code_of(name))), RequestDirection.INCOMING, note
        )

    def peer_accepts(self, id: str) -> Friend:
        """Whom we asked says yes."""
        self._asked(id, RequestDirection.OUTGOING)
        return self._befriend(FriendId(id))

    def peer_shows(self, friend: str, *, online: bool, typing: bool = False) -> None:
        """A friend comes, goes or types."""
        one = self.find(friend)
        seen = one.last_seen if online else self.now()
        self._friends[one.id] = replace(one, online=online, typing=typing, last_seen=seen)
        self.whisper(
            lambda cursor, at: PresenceChanged(cursor=cursor, at=at, friend=one.id, online=online, typing=typing)
        )

    def peer_alarms(self, friend: str, reason: str) -> None:
        """A friend's identity does not match any more."""
        one = self._change(friend, lambda was: replace(was, alarm=reason))
        self.emit(lambda cursor, at: IdentityAlarm(cursor=cursor, at=at, friend=one.id, reason=reason))

    def friend(self, name: str) -> Friend:
        """A ready friendship, made the short way."""
        return self._befriend(self.peer_asks(name).id)

    def find(self, friend: str) -> Friend:
        """By id, unique name, onion or friend code."""
        if friend in self._friends:
            return self._friends[FriendId(friend)]
        fits = [
            one for one in self._friends.values() if friend in (one.name, one.onion) or onion_of(friend) == one.onion
        ]
        if not fits:
            raise NotFound(f"no friend {friend!r}")
        if len(fits) > 1:
            raise Ambiguous(f"{len(fits)} friends are called {friend!r}")
        return fits[0]

    def _enter(self, state: FriendState, name: str, onion: str) -> Friend:
        new = FriendId(f"f{self.next_id()}")
        self._friends[new] = Friend(
            id=new, name=name, onion=onion, state=state, online=False, typing=False, verified=False,
            muted=False, unread=0, last_seen=None,
        )  # fmt: skip
        return self._friends[new]

    def _ask(self, friend: Friend, direction: RequestDirection, note: str) -> Request:
        request = self._requests[friend.id] = self._request(friend, direction, note)
        self.emit(lambda cursor, at: FriendRequested(cursor=cursor, at=at, friend=friend.id, request=request))
        return request

    def _request(self, friend: Friend, direction: RequestDirection, note: str) -> Request:
        return Request(
            id=friend.id, direction=direction, name=friend.name, note=note, onion=friend.onion,
            state=friend.state, at=self.now(),
        )  # fmt: skip

    def _asked(self, id: str, direction: RequestDirection) -> Request:
        request = self._requests.get(FriendId(id))
        if request is None or request.direction is not direction:
            raise NotFound(f"no {direction} request {id!r}")
        return request

    def _befriend(self, id: FriendId) -> Friend:
        del self._requests[id]
        friend = self._friends[id] = replace(self._friends[id], state=FriendState.FRIEND)
        self.emit(lambda cursor, at: FriendAdded(cursor=cursor, at=at, friend=id, detail=friend))
        return friend

    def _withdraw(self, request: Request) -> Request:
        return replace(request, state=self._forget(self._friends[request.id]).state)

    def _forget(self, friend: Friend) -> Friend:
        self._requests.pop(friend.id, None)
        del self._friends[friend.id]
        self.emit(lambda cursor, at: FriendRemoved(cursor=cursor, at=at, friend=friend.id))
        return replace(friend, state=FriendState.NONE)

    def _change(self, friend: str, change: Callable[[Friend], Friend]) -> Friend:
        one = self.find(friend)
        self._friends[one.id] = change(one)
        self.emit(lambda cursor, at: FriendChanged(cursor=cursor, at=at, friend=one.id))
        return self._friends[one.id]


def _clean_code(code: str) -> str:
    clean = code.strip().removeprefix("chattor:").replace("-", "").lower()
    if len(clean) != 88 or not clean.startswith("ct1"):
        raise BadFriendCode("a friend code has 88 characters and starts with ct1")
    return clean


def _name(name: str) -> str:
    if not 1 <= len(name.strip()) <= NAME_MAX:
        raise BadInput(f"a name has 1 to {NAME_MAX} characters")
    return name.strip()


def _fingerprint(name: str) -> str:
    digest = hashlib.sha256(name.encode()).hexdigest()[:32]
    return " ".join(digest[at : at + 4] for at in range(0, 32, 4))

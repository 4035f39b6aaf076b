"""`reduce(view, happening) -> view`: every change of what is shown, as a pure function.

A happening is an event of the node or an answer to something the interface asked. What an event does not carry is
marked stale, and the session looks it up again; the reducer itself waits for nothing and looks nothing up.
"""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, Final

from chattor.model import events
from chattor.model.friend import Friend, FriendState, Request
from chattor.model.ids import FriendId, MessageId
from chattor.model.message import Message, MessageState, Sent
from chattor.model.status import Identity, Status
from chattor.tui import thread
from chattor.tui.view import EVERYTHING, Part, Thread, View


@dataclass(frozen=True, slots=True, kw_only=True)
class IdentityLoaded:
    """Who we are."""

    identity: Identity


@dataclass(frozen=True, slots=True, kw_only=True)
class StatusLoaded:
    """One look at the node."""

    status: Status


@dataclass(frozen=True, slots=True, kw_only=True)
class FriendsLoaded:
    """All relations."""

    friends: tuple[Friend, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class RequestsLoaded:
    """All unanswered requests."""

    requests: tuple[Request, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """These parts are being looked up: what happens from now on makes them stale again."""

    parts: frozenset[Part]


@dataclass(frozen=True, slots=True, kw_only=True)
class Opened:
    """The user went to a conversation, or to none."""

    friend: FriendId | None


@dataclass(frozen=True, slots=True, kw_only=True)
class PageLoaded:
    """A page of history: the newest, or the one before a message. `first` if nothing is older."""

    friend: FriendId
    messages: tuple[Message, ...]
    before: MessageId | None
    first: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class MessageSent:
    """Our own message is on disk."""

    sent: Sent
    text: str
    at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class ReadDone:
    """Our read marker stands at the end of a conversation."""

    friend: FriendId


@dataclass(frozen=True, slots=True, kw_only=True)
class Attended:
    """The user looks at the end of the open conversation, or no longer does."""

    attending: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class NodeLost:
    """The node we spoke to has stopped."""


@dataclass(frozen=True, slots=True, kw_only=True)
class NodeFound:
    """We speak to a node again."""


Happening = (
    events.Event
    | IdentityLoaded
    | StatusLoaded
    | FriendsLoaded
    | RequestsLoaded
    | Asked
    | Opened
    | PageLoaded
    | MessageSent
    | ReadDone
    | Attended
    | NodeLost
    | NodeFound
)


def reduce(view: View, happening: Happening) -> View:
    """The view after it; the same object if nothing changed."""
    rule = _RULES.get(type(happening))
    after = rule(view, happening) if rule else view
    return stale(after, *_MAKES_STALE.get(type(happening), ()))


def stale(view: View, *parts: Part) -> View:
    """The view with parts to be looked up again."""
    return view if view.stale.issuperset(parts) else replace(view, stale=view.stale.union(parts))


def _friends(view: View, it: FriendsLoaded) -> View:
    view = replace(view, friends=it.friends)
    if view.thread and view.open is None:
        view = replace(view, thread=None)
    answered = {one.id for one in view.friends if one.state in (FriendState.FRIEND, FriendState.BLOCKED)}
    return stale(view, Part.REQUESTS) if any(one.id in answered for one in view.requests) else view


def _status(view: View, it: StatusLoaded) -> View:
    return replace(view, tor=it.status.tor, waiting=it.status.outbox)


def _opened(view: View, it: Opened) -> View:
    if it.friend == (view.thread.friend if view.thread else None):
        return view
    return replace(view, thread=Thread(friend=it.friend) if it.friend else None, attending=False)


def _page(view: View, it: PageLoaded) -> View:
    if view.thread is None or view.thread.friend != it.friend:
        return view
    if it.before:
        return replace(view, thread=thread.older(view.thread, it.messages, it.before, first=it.first))
    unread = view.open.unread if view.open else 0
    return replace(view, thread=thread.newest(view.thread, it.messages, first=it.first, unread=unread))


def _sent(view: View, it: MessageSent) -> View:
    view = view.with_friend(it.sent.friend, last_message_at=it.at)
    if view.thread is None or view.thread.friend != it.sent.friend:
        return view
    return replace(view, thread=thread.written(view.thread, it.sent, it.text, it.at))


def _received(view: View, it: events.MessageReceived) -> View:
    one = view.friend(it.friend)
    if one is None or it.message is None:
        return stale(view, Part.FRIENDS, Part.THREAD)
    after = view.with_friend(it.friend, unread=one.unread + 1, typing=False, last_message_at=it.at)
    if view.thread is None or view.thread.friend != it.friend:
        return after
    if view.thread.index(it.id) is not None:
        return view
    unseen = 0 if view.attending else one.unread + 1
    return replace(after, thread=thread.received(view.thread, it.message, unseen=unseen))


def _moved(view: View, it: events.MessageStateChanged) -> View:
    if view.thread is None or view.thread.friend != it.friend:
        return view
    changed = thread.changed(view.thread, it.id, it.state)
    return replace(view, thread=changed) if changed else stale(view, Part.THREAD)


def _expired(view: View, it: events.Expired) -> View:
    if view.thread is None or view.thread.friend != it.friend:
        return view
    changed = thread.changed(view.thread, it.id, MessageState.EXPIRED, gone=True)
    return replace(view, thread=changed) if changed else view


def _presence(view: View, it: events.PresenceChanged) -> View:
    one = view.friend(it.friend)
    seen = it.at if one and one.online and not it.online else one.last_seen if one else None
    return view.with_friend(it.friend, online=it.online, typing=it.typing, last_seen=seen)


def _attended(view: View, it: Attended) -> View:
    return view if view.attending == it.attending else replace(view, attending=it.attending)


_RULES: Final[dict[type, Callable[[View, Any], View]]] = {
    IdentityLoaded: lambda view, it: replace(view, identity=it.identity),
    StatusLoaded: _status,
    FriendsLoaded: _friends,
    RequestsLoaded: lambda view, it: replace(view, requests=it.requests),
    Asked: lambda view, it: replace(view, stale=view.stale - it.parts),
    Opened: _opened,
    PageLoaded: _page,
    MessageSent: _sent,
    ReadDone: lambda view, it: view.with_friend(it.friend, unread=0),
    Attended: _attended,
    NodeLost: lambda view, _: replace(view, lost=True),
    NodeFound: lambda view, _: replace(view, lost=False),
    events.MessageReceived: _received,
    events.MessageStateChanged: _moved,
    events.Expired: _expired,
    events.PresenceChanged: _presence,
    events.TorStateChanged: lambda view, it: replace(view, tor=it.tor),
}
_MAKES_STALE: Final[dict[type, tuple[Part, ...]]] = {
    NodeFound: tuple(EVERYTHING),
    events.Gap: tuple(EVERYTHING),
    events.MessageReceived: (Part.FRIENDS,),
    events.MessageStateChanged: (Part.STATUS,),
    events.Expired: (Part.STATUS, Part.THREAD),
    events.FriendRequested: (Part.FRIENDS, Part.REQUESTS),
    events.FriendAdded: (Part.FRIENDS, Part.REQUESTS),
    events.FriendRemoved: (Part.FRIENDS, Part.REQUESTS),
    events.FriendChanged: (Part.FRIENDS,),
    events.IdentityAlarm: (Part.FRIENDS,),
}

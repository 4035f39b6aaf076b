"""`reduce(view, update) -> view`: every change of what is shown, as a pure function.

What an event does not carry is marked stale, and the session looks it up again; the reducer itself waits for nothing
and looks nothing up.
"""

from collections.abc import Callable
from typing import Any, Final

from msgspec.structs import replace

from chattor.model import events
from chattor.model.friend import Friend, FriendState
from chattor.model.ids import FriendId
from chattor.model.message import MessageState
from chattor.tui import thread
from chattor.tui.updates import (
    ApprovalsLoaded,
    Asked,
    Attended,
    ChannelsLoaded,
    FeedLoaded,
    FeedOpened,
    FriendsLoaded,
    IdentityLoaded,
    MessageSent,
    NewerLoaded,
    NodeFound,
    NodeLocked,
    NodeLost,
    Opened,
    PageLoaded,
    ReadDone,
    RequestsLoaded,
    StatusLoaded,
    Update,
    WindowLoaded,
)
from chattor.tui.view import EVERYTHING, Feed, Part, Thread, View

LATELY: Final = 2_000
"""Messages: a page that was looked up while the event was on its way is shorter, and lies at the end."""


def reduce(view: View, update: Update) -> View:
    """The view after it; the same object if nothing changed."""
    rule = _RULES.get(type(update))
    after = rule(view, update) if rule else view
    return stale(after, *_MAKES_STALE.get(type(update), ()))


def stale(view: View, *parts: Part) -> View:
    """The view with parts to be looked up again."""
    return view if view.stale.issuperset(parts) else replace(view, stale=view.stale.union(parts))


def _friends(view: View, it: FriendsLoaded) -> View:
    if view.friends and _names(view.friends) != _names(it.friends):
        view = stale(view, Part.CHANNELS)  # they are called after their owners
    view = replace(view, friends=it.friends)
    if view.thread and view.open is None:
        view = replace(view, thread=None)
    answered = {one.id for one in view.friends if one.state in (FriendState.FRIEND, FriendState.BLOCKED)}
    return stale(view, Part.REQUESTS) if any(one.id in answered for one in view.requests) else view


def _names(friends: tuple[Friend, ...]) -> set[tuple[FriendId, str]]:
    return {(one.id, one.name) for one in friends}


def _status(view: View, it: StatusLoaded) -> View:
    lasting = next((one for one in it.status.outages if one.ended is None), None)
    return replace(view, tor=it.status.tor, waiting=it.status.outbox, outage=lasting)


def _opened(view: View, it: Opened) -> View:
    if view.feed is None and it.friend == (view.thread.friend if view.thread else None):
        return view
    return replace(view, thread=Thread(friend=it.friend) if it.friend else None, feed=None, attending=False)


def _channels(view: View, it: ChannelsLoaded) -> View:
    after = replace(view, channels=it.channels)
    return replace(after, feed=None) if view.channel and after.channel is None else after


def _feed_opened(view: View, it: FeedOpened) -> View:
    if view.feed and view.feed.channel == it.channel:
        return view
    return replace(view, feed=Feed(channel=it.channel), thread=None, attending=False)


def _feed(view: View, it: FeedLoaded) -> View:
    if view.feed is None or view.feed.channel != it.channel:
        return view
    return replace(view, feed=Feed(channel=it.channel, posts=it.posts, loaded=True))


def _page(view: View, it: PageLoaded) -> View:
    if view.thread is None or view.thread.friend != it.friend:
        return view
    if it.before:
        return replace(view, thread=thread.older(view.thread, it.messages, it.before, first=it.first))
    unread = view.open.unread if view.open else 0
    return replace(view, thread=thread.newest(view.thread, it.messages, first=it.first, unread=unread))


def _window(view: View, it: WindowLoaded) -> View:
    if view.thread is None or view.thread.friend != it.friend:
        return view
    return replace(view, thread=thread.around(view.thread, it.messages, it.target, first=it.first, last=it.last))


def _newer(view: View, it: NewerLoaded) -> View:
    if view.thread is None or view.thread.friend != it.friend:
        return view
    return replace(view, thread=thread.newer(view.thread, it.messages, it.after, last=it.last))


def _sent(view: View, it: MessageSent) -> View:
    view = view.with_friend(it.sent.friend, last_message_at=it.at)
    if view.thread is None or view.thread.friend != it.sent.friend:
        return view
    return replace(view, thread=thread.written(view.thread, it.sent, it.text, it.at, it.reply_to))


def _received(view: View, it: events.MessageReceived) -> View:
    one = view.friend(it.friend)
    if one is None or it.message is None:
        return stale(view, Part.FRIENDS, Part.THREAD)
    after = view.with_friend(it.friend, unread=one.unread + 1, typing=False, last_message_at=it.at)
    if view.thread is None or view.thread.friend != it.friend:
        return after
    if view.thread.index(it.id, within=LATELY) is not None:
        return view
    unseen = 0 if view.attending else one.unread + 1
    return replace(after, thread=thread.received(view.thread, it.message, unseen=unseen))


def _moved(view: View, it: events.MessageStateChanged) -> View:
    if view.thread is None or view.thread.friend != it.friend:
        return view
    changed = thread.changed(view.thread, it.id, it.state)
    return replace(view, thread=changed) if changed else stale(view, Part.THREAD)


def _changed(view: View, it: events.MessageChanged) -> View:
    if view.thread is None or view.thread.friend != it.friend or it.message is None:
        return view
    changed = thread.replaced(view.thread, it.message)
    return replace(view, thread=changed) if changed else view


def _expired(view: View, it: events.Expired) -> View:
    if view.thread is None or view.thread.friend != it.friend:
        return view
    changed = thread.changed(view.thread, it.id, MessageState.EXPIRED, gone=True)
    return replace(view, thread=changed) if changed else view


def _presence(view: View, it: events.PresenceChanged) -> View:
    one = view.friend(it.friend)
    seen = it.at if one and one.online and not it.online else one.last_seen if one else None
    return view.with_friend(it.friend, online=it.online, typing=it.typing, last_seen=seen, activity=it.activity)


def _attended(view: View, it: Attended) -> View:
    return view if view.attending == it.attending else replace(view, attending=it.attending)


_RULES: Final[dict[type, Callable[[View, Any], View]]] = {
    IdentityLoaded: lambda view, it: replace(view, identity=it.identity),
    StatusLoaded: _status,
    FriendsLoaded: _friends,
    RequestsLoaded: lambda view, it: replace(view, requests=it.requests),
    ApprovalsLoaded: lambda view, it: replace(view, approvals=it.approvals),
    ChannelsLoaded: _channels,
    FeedOpened: _feed_opened,
    FeedLoaded: _feed,
    Asked: lambda view, it: replace(view, stale=view.stale - it.parts),
    Opened: _opened,
    PageLoaded: _page,
    WindowLoaded: _window,
    NewerLoaded: _newer,
    MessageSent: _sent,
    ReadDone: lambda view, it: view.with_friend(it.friend, unread=0),
    Attended: _attended,
    NodeLost: lambda view, _: replace(view, lost=True),
    NodeLocked: lambda view, _: View(tor=view.tor, locked=True),
    NodeFound: lambda view, _: replace(view, lost=False, locked=False),
    events.MessageReceived: _received,
    events.MessageStateChanged: _moved,
    events.MessageChanged: _changed,
    events.Expired: _expired,
    events.PresenceChanged: _presence,
    events.TorStateChanged: lambda view, it: replace(view, tor=it.tor),
    events.Unreachable: lambda view, it: replace(view, outage=None if it.outage and it.outage.ended else it.outage),
}
_MAKES_STALE: Final[dict[type, tuple[Part, ...]]] = {
    NodeFound: tuple(EVERYTHING),
    events.Gap: tuple(EVERYTHING),
    events.MessageReceived: (Part.FRIENDS,),
    events.MessageStateChanged: (Part.STATUS,),
    events.MessageChanged: (Part.THREAD,),
    events.Expired: (Part.STATUS, Part.THREAD),
    events.FriendRequested: (Part.FRIENDS, Part.REQUESTS),
    events.FriendAdded: (Part.FRIENDS, Part.REQUESTS),
    events.FriendRemoved: (Part.FRIENDS, Part.REQUESTS),
    events.FriendChanged: (Part.FRIENDS,),
    events.IdentityAlarm: (Part.FRIENDS,),
    events.ApprovalChanged: (Part.APPROVALS,),
    events.PostReceived: (Part.CHANNELS, Part.FEED),
    events.ChannelChanged: (Part.CHANNELS, Part.FEED),
}

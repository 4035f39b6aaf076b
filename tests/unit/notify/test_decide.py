"""What is worth a notification, and in which words: one table."""

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any

import pytest

from chattor.config.settings import NotificationSettings
from chattor.model.agent import Action, Approval, ApprovalState
from chattor.model.channel import Post
from chattor.model.events import (
    ApprovalChanged,
    Event,
    FriendAdded,
    FriendRequested,
    Gap,
    IdentityAlarm,
    MessageReceived,
    PostReceived,
    PresenceChanged,
)
from chattor.model.friend import Friend, FriendState, Request, RequestDirection
from chattor.model.ids import ApprovalId, ChannelId, Cursor, FriendId, MessageId, PostId
from chattor.model.message import Direction, Message, MessageState
from chattor.notify.decide import TEXT_MAX, Around, Notification, decide
from tests.support.hostile import HOSTILE

AT = datetime(2026, 3, 1, tzinfo=UTC)
ADA, BEN, NEWS = FriendId("f1"), FriendId("f2"), ChannelId("c1")
EVENT: dict[str, Any] = {"cursor": Cursor("1"), "at": AT}
DEFAULT = NotificationSettings()


def friend(id: FriendId, name: str, *, muted: bool = False) -> Friend:
    return Friend(
        id=id, name=name, onion="", state=FriendState.FRIEND, online=True, typing=False, verified=False,
        muted=muted, unread=0, last_seen=None,
    )  # fmt: skip


def message(text: str | None = "meet me at eight", by: FriendId = ADA, ttl: int | None = None) -> MessageReceived:
    this = MessageId("m1")
    found = Message(
        id=this, friend=by, direction=Direction.IN, text=text, state=MessageState.DELIVERED, seq=1, reply_to=None,
        edited=False, reactions={}, sent_at=AT, received_at=AT, expires_at=None, ttl=ttl,
    )  # fmt: skip
    return MessageReceived(**EVENT, friend=by, id=this, message=found)


def post(text: str | None = "we have moved", by: FriendId | None = ADA) -> PostReceived:
    this = PostId("p1")
    found = Post(id=this, channel=NEWS, seq=1, text=text, created_at=AT, seen_by=None, retracted=False)
    return PostReceived(**EVENT, channel=NEWS, id=this, friend=by, post=found)


def request(direction: RequestDirection = RequestDirection.INCOMING, name: str = "dave") -> FriendRequested:
    this = FriendId("f3")
    asks = Request(id=this, direction=direction, name=name, note="hi", onion="", state=FriendState.INCOMING, at=AT)
    return FriendRequested(**EVENT, friend=this, request=asks)


def wish(state: ApprovalState = ApprovalState.PENDING) -> ApprovalChanged:
    this = ApprovalId("a1")
    asked = Approval(
        id=this, agent="helper", action=Action.SEND, friend=BEN, recipient="ben", text="hi", at=AT, state=state
    )
    return ApprovalChanged(**EVENT, id=this, approval=asked)


ADDED = FriendAdded(**EVENT, friend=BEN, detail=friend(BEN, "ben"))
ALARM = IdentityAlarm(**EVENT, friend=ADA, reason="another identity answered")
GONE = MessageReceived(**EVENT, friend=ADA, id=MessageId("m1"), message=None)
KNOWN = (friend(ADA, "ada"), friend(BEN, "ben"))
MUTED = (friend(ADA, "ada", muted=True), friend(BEN, "ben"))
AWAY = Around(friends=KNOWN, front=ADA)
THERE = Around(friends=KNOWN, front=ADA, focused=True)
ELSEWHERE = Around(friends=KNOWN, front=BEN, focused=True)
IN_CHANNEL = Around(friends=KNOWN, front=NEWS, focused=True)
LOCKED = Around(friends=KNOWN, locked=True)
NAME = NotificationSettings(content="name", posts=True)
TEXT = NotificationSettings(content="text", posts=True)
OFF = NotificationSettings(enabled=False)
SILENT = None

TABLE: Sequence[tuple[Event, Around, NotificationSettings, str | None]] = [
    # by default only that something came
    (message(), AWAY, DEFAULT, "New message"),
    (request(), AWAY, DEFAULT, "New friend request"),
    (ADDED, AWAY, DEFAULT, "New friend"),
    (ALARM, AWAY, DEFAULT, "Identity alarm"),
    (wish(), AWAY, DEFAULT, "An agent waits for your word"),
    # a name, or the text too, if asked for
    (message(), AWAY, NAME, "New message from ada"),
    (message(), AWAY, TEXT, "New message from ada | meet me at eight"),
    (request(), AWAY, NAME, "New friend request from dave"),
    (request(), AWAY, TEXT, "New friend request from dave | hi"),
    (ADDED, AWAY, TEXT, "New friend: ben"),
    (ALARM, AWAY, NAME, "Identity alarm about ada"),
    (ALARM, AWAY, TEXT, "Identity alarm about ada | another identity answered"),
    (wish(), AWAY, TEXT, "An agent waits for your word: helper"),
    (message(by=FriendId("f9")), AWAY, NAME, "New message"),
    # what vanishes is not given to a desktop that keeps it; a locked profile tells nothing
    (message(ttl=300), AWAY, TEXT, "New message from ada"),
    (message(), LOCKED, TEXT, "New message"),
    (ALARM, LOCKED, TEXT, "Identity alarm"),
    # the chat in front of a user who looks at it is never told of; all others are
    (message(), THERE, TEXT, SILENT),
    (message(), ELSEWHERE, NAME, "New message from ada"),
    (message(by=BEN), THERE, DEFAULT, "New message"),
    (request(), THERE, DEFAULT, SILENT),
    (ADDED, THERE, DEFAULT, SILENT),
    (ALARM, THERE, DEFAULT, SILENT),
    (wish(), THERE, TEXT, SILENT),
    # muted, but an alarm is not from the friend
    (message(), Around(friends=MUTED), TEXT, SILENT),
    (message(by=BEN), Around(friends=MUTED), DEFAULT, "New message"),
    (post(), Around(friends=MUTED), NAME, SILENT),
    (ALARM, Around(friends=MUTED), NAME, "Identity alarm about ada"),
    # posts, if asked for
    (post(), AWAY, DEFAULT, SILENT),
    (post(), AWAY, NAME, "New post by ada"),
    (post(), AWAY, TEXT, "New post by ada | we have moved"),
    (post(by=None), AWAY, NAME, "New post"),
    (post(), IN_CHANNEL, NAME, SILENT),
    (post(text=None), AWAY, NAME, SILENT),
    # off, gone, ours, and what is no news
    (message(), AWAY, OFF, SILENT),
    (ALARM, AWAY, OFF, SILENT),
    (wish(ApprovalState.DENIED), AWAY, TEXT, SILENT),
    (GONE, AWAY, TEXT, SILENT),
    (message(text=None), AWAY, TEXT, SILENT),
    (request(RequestDirection.OUTGOING), AWAY, NAME, SILENT),
    (PresenceChanged(**EVENT, friend=ADA, online=True, typing=False), AWAY, TEXT, SILENT),
    (Gap(**EVENT), AWAY, TEXT, SILENT),
]


def words(notification: Notification | None) -> str | None:
    if notification is None:
        return None
    return " | ".join(filter(None, (notification.headline, notification.text)))


@pytest.mark.parametrize(("event", "around", "wanted", "expected"), TABLE)
def test_what_is_told(event: Event, around: Around, wanted: NotificationSettings, expected: str | None) -> None:
    assert words(decide(event, around, wanted)) == expected


def test_only_an_alarm_is_urgent() -> None:
    told = [decide(event, AWAY, DEFAULT) for event in (ALARM, message(), request(), ADDED)]
    assert [one.urgent for one in told if one] == [True, False, False, False]


def test_without_names_one_stands_for_everybody() -> None:
    def abouts(wanted: NotificationSettings) -> set[str]:
        told = [decide(message(by=by), AWAY, wanted) for by in (ADA, BEN)]
        return {one.about for one in told if one}

    assert len(abouts(DEFAULT)) == 1
    assert len(abouts(NAME)) == 2


@pytest.mark.parametrize("payload", HOSTILE.values(), ids=HOSTILE)
def test_nothing_hostile_is_in_a_notification(payload: str) -> None:
    around = Around(friends=(friend(ADA, payload),))
    for event in (message(payload * 50), post(payload), request(name=payload)):
        told = decide(event, around, TEXT)
        assert told is not None
        assert (told.headline + told.text).isprintable() or "\u200d" in payload
        assert not set(told.headline + told.text) & {"\x1b", "\a", "\n", "\u202e", "\x9c", "\x9d"}
        assert len(told.text) <= TEXT_MAX
        assert len(told.headline) <= 80

"""`decide(event, around, wanted) -> Notification | None`: what is worth a notification, and in which words. Pure.

A notification can be read by whoever looks at the screen, and some desktops keep it. So it tells neither who wrote nor
what, unless the user wants that; of texts that vanish never more than who; of a locked profile nothing.
"""

from collections.abc import Callable
from typing import Any, Final

from msgspec import Struct

from chattor.config.settings import NotificationSettings
from chattor.model.agent import ApprovalState
from chattor.model.events import (
    ApprovalChanged,
    Event,
    FriendAdded,
    FriendRequested,
    IdentityAlarm,
    MessageReceived,
    PostReceived,
)
from chattor.model.friend import Friend, RequestDirection
from chattor.model.ids import ChannelId, FriendId
from chattor.text import safe_text

TITLE: Final = "chattor"
TEXT_MAX: Final = 160
"""Characters of what somebody wrote: what a notification has room for."""
NOTHING: Final = "nothing"
TEXT: Final = "text"


class Notification(Struct, frozen=True, kw_only=True):
    """What to say; both lines are safe to print."""

    headline: str
    text: str = ""
    """What was written, if that may be told."""
    about: str
    """Of notifications about the same thing, one is enough for a burst."""
    urgent: bool = False


class Around(Struct, frozen=True, kw_only=True):
    """Where the user is, and whom he knows."""

    friends: tuple[Friend, ...] = ()
    front: FriendId | ChannelId | None = None
    """What is open in the window."""
    focused: bool = False
    """The user looks at the window."""
    locked: bool = False

    def sees(self, place: FriendId | ChannelId) -> bool:
        """Does it happen before his eyes?"""
        return self.focused and self.front == place

    def friend(self, id: FriendId | None) -> Friend | None:
        """By id."""
        return next((one for one in self.friends if one.id == id), None)


def decide(event: Event, around: Around, wanted: NotificationSettings) -> Notification | None:
    """The notification an event is worth, if any."""
    rule = _RULES.get(type(event))
    return rule(event, around, wanted) if rule and wanted.enabled else None


def concerns(event: object) -> bool:
    """Whether it can be worth one at all."""
    return type(event) in _RULES


def _message(event: MessageReceived, around: Around, wanted: NotificationSettings) -> Notification | None:
    one, message = around.friend(event.friend), event.message
    if message is None or message.text is None or _is_muted(one) or around.sees(event.friend):
        return None
    text = "" if message.ttl else message.text
    return _worded("New message", "from", _name(one), text, f"message {event.friend}", _told(around, wanted))


def _post(event: PostReceived, around: Around, wanted: NotificationSettings) -> Notification | None:
    one, post = around.friend(event.friend), event.post
    if not wanted.posts or post is None or post.text is None or _is_muted(one) or around.sees(event.channel):
        return None
    return _worded("New post", "by", _name(one), post.text, f"post {event.channel}", _told(around, wanted))


def _request(event: FriendRequested, around: Around, wanted: NotificationSettings) -> Notification | None:
    request = event.request
    if request is None or request.direction is not RequestDirection.INCOMING or around.focused:
        return None  # the window says so itself
    name, about = _safe(request.name), f"request {event.friend}"
    return _worded("New friend request", "from", name, request.note, about, _told(around, wanted))


def _added(event: FriendAdded, around: Around, wanted: NotificationSettings) -> Notification | None:
    if event.detail is None or around.focused:
        return None
    return _worded("New friend:", "", _safe(event.detail.name), "", f"added {event.friend}", _told(around, wanted))


def _alarm(event: IdentityAlarm, around: Around, wanted: NotificationSettings) -> Notification | None:
    """Not from a friend but about him, so muting him does not silence it."""
    if around.focused:
        return None
    name = _name(around.friend(event.friend))
    about = f"alarm {event.friend}"
    return _worded("Identity alarm", "about", name, event.reason, about, _told(around, wanted), urgent=True)


def _wish(event: ApprovalChanged, around: Around, wanted: NotificationSettings) -> Notification | None:
    """Its words are nobody's yet: they are shown where they are decided."""
    wish = event.approval
    if wish is None or wish.state is not ApprovalState.PENDING or around.focused:
        return None
    name, about = _safe(wish.agent), f"approval {event.id}"
    return _worded("An agent waits for your word:", "", name, "", about, _told(around, wanted))


_RULES: Final[dict[type, Callable[[Any, Around, NotificationSettings], Notification | None]]] = {
    MessageReceived: _message,
    PostReceived: _post,
    FriendRequested: _request,
    FriendAdded: _added,
    IdentityAlarm: _alarm,
    ApprovalChanged: _wish,
}


def _told(around: Around, wanted: NotificationSettings) -> str:
    return NOTHING if around.locked else wanted.content


def _worded(
    what: str, link: str, name: str, text: str, about: str, content: str, *, urgent: bool = False
) -> Notification:
    """As much as `content` allows; where nobody is named, one notification stands for everybody."""
    if content == NOTHING:
        return Notification(headline=what.rstrip(":"), about=about.partition(" ")[0], urgent=urgent)
    headline = " ".join(filter(None, (what, link, name))) if name else what.rstrip(":")
    return Notification(
        headline=headline, text=_safe(text, TEXT_MAX) if content == TEXT else "", about=about, urgent=urgent
    )


def _is_muted(one: Friend | None) -> bool:
    return one is not None and one.muted


def _name(one: Friend | None) -> str:
    return "" if one is None else _safe(one.name)


def _safe(text: str, limit: int = 40) -> str:
    return safe_text(text, multiline=False, limit=limit)

"""What happens, in lines. Events that come together are told together: three messages delivered are one line."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from contextlib import suppress
from typing import Any

from chattor.errors import NotFound
from chattor.model.events import (
    Event,
    Expired,
    FriendAdded,
    FriendChanged,
    FriendRemoved,
    FriendRequested,
    Gap,
    IdentityAlarm,
    MessageChanged,
    MessageReceived,
    MessageStateChanged,
    PostReceived,
    PresenceChanged,
    TorStateChanged,
    Unreachable,
)
from chattor.model.friend import FriendState, RequestDirection
from chattor.model.ids import FriendId
from chattor.model.message import Direction, MessageState
from chattor.model.status import TorPhase
from chattor.plain import words
from chattor.plain.desk import Desk
from chattor.words import doing, outage

_PEOPLE = (FriendAdded, FriendChanged, FriendRequested, IdentityAlarm, MessageReceived)


class News:
    """The friends' side."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk
        self._voice = desk.voice
        self.tor = TorPhase.OFF
        """As it was last told."""
        self._rules: dict[type, Callable[[Any], Iterable[str]]] = {
            MessageReceived: self._received,
            MessageChanged: self._changed,
            FriendRequested: self._requested,
            FriendAdded: self._added,
            FriendRemoved: self._removed,
            IdentityAlarm: self._alarm,
            PostReceived: self._posted,
            PresenceChanged: self._present,
            TorStateChanged: self._tor_moved,
            Unreachable: self._unreachable,
            Gap: self._missed,
        }

    async def lines(self, events: Sequence[Event]) -> list[str]:
        """What to say of them."""
        if any(isinstance(event, _PEOPLE) for event in events):
            await self._desk.look()
        said = [line for event in events for line in self._one(event)]
        said += await self._over([event for event in events if isinstance(event, Expired)])
        said += self._states([event for event in events if isinstance(event, MessageStateChanged)])
        if any(isinstance(event, FriendRemoved) for event in events):
            await self._desk.look()
        return said

    def _one(self, event: Event) -> Iterable[str]:
        rule = self._rules.get(type(event))
        return rule(event) if rule else ()

    def _received(self, event: MessageReceived) -> Iterable[str]:
        if event.message is None or event.message.text is None:
            return
        self._desk.show(event.message)
        self._desk.unseen.add(event.friend)
        answered = self._desk.shown(event.message.reply_to)
        yield words.message(event.message, self._desk.name(event.friend), self._voice, answered=answered)

    def _changed(self, event: MessageChanged) -> Iterable[str]:
        """Only of what was said here, and only what differs."""
        now, before = event.message, self._desk.shown(event.id)
        if now is None or before is None:
            return
        self._desk.show(now)
        if now.text != before.text:
            by = "you" if now.direction is Direction.OUT else self._name(event.friend)
            yield f"Changed by {by}: “{words.excerpt(before)}” is now: {words.text(now)}"
        elif now.reactions != before.reactions:
            signs = ", ".join(f"{words.one_line(emoji)} {len(by)}" for emoji, by in now.reactions.items())
            yield f"Reactions to “{words.excerpt(now)}”: {signs or 'none any more'}."

    async def _over(self, events: Sequence[Expired]) -> list[str]:
        """The time of a text ended, which nobody needs to be told; or one of ours became too old to be sent."""
        groups: dict[FriendId, list[str | None]] = {}
        for event in events:
            self._desk.forget(event.id)
            with suppress(NotFound):
                (one,) = await self._desk.api.history(event.friend, limit=1, around=event.id)
                if one.state is MessageState.EXPIRED and one.text is not None:
                    groups.setdefault(event.friend, []).append(one.text)
        return self._all_at(MessageState.EXPIRED, groups)

    def _requested(self, event: FriendRequested) -> Iterable[str]:
        if event.request and event.request.direction is RequestDirection.INCOMING:
            yield words.request(event.request, self._voice)

    def _added(self, event: FriendAdded) -> Iterable[str]:
        if event.detail:
            yield f"{self._voice.name(event.detail.name)} is your friend now. /open {words.one_line(event.detail.name)}"

    def _removed(self, event: FriendRemoved) -> Iterable[str]:
        one = self._desk.friends.get(event.friend)
        if one is not None and one.state is FriendState.FRIEND:
            yield f"{self._name(event.friend)} is not your friend any more."

    def _alarm(self, event: IdentityAlarm) -> Iterable[str]:
        about = f" about {self._name(event.friend)}" if event.friend else ""
        until = f" until you acknowledge it: chattor friends acknowledge {event.friend}" if event.friend else ""
        yield f"Alarm{about}: {words.one_line(event.reason, 200)}. Sending is stopped{until}."

    def _posted(self, event: PostReceived) -> Iterable[str]:
        if event.post is not None and event.post.text is not None:
            by = f" by {self._name(event.friend)}" if event.friend else ""
            yield f"{self._voice.at(event.post.created_at)} new post{by}: {words.whole(event.post.text)}"

    def _present(self, event: PresenceChanged) -> Iterable[str]:
        if self._desk.present(event.friend, event.online, event.activity) and event.friend == self._desk.to:
            yield f"{self._name(event.friend)} is {doing(event.activity) if event.online else 'offline'}."

    def _tor_moved(self, event: TorStateChanged) -> Iterable[str]:
        is_news = event.tor.phase is not self.tor and event.tor.phase in (TorPhase.READY, TorPhase.FAILED)
        self.tor = event.tor.phase
        if is_news:
            yield words.tor(event.tor)

    def _unreachable(self, event: Unreachable) -> Iterable[str]:
        if event.outage:
            yield outage(event.outage, self._voice.now(), self._voice.zone)

    def _missed(self, _: Gap) -> Iterable[str]:
        yield "More happened than is kept: /unread tells what is new."

    def _states(self, events: Iterable[MessageStateChanged]) -> Iterable[str]:
        groups: dict[MessageState, dict[FriendId, list[str | None]]] = {}
        for event in events:
            if words.is_said(event.state):
                shown = self._desk.shown(event.id)
                texts = groups.setdefault(event.state, {}).setdefault(event.friend, [])
                texts.append(shown.text if shown else None)
        return [line for state, friends in groups.items() for line in self._all_at(state, friends)]

    def _all_at(self, state: MessageState, friends: Mapping[FriendId, Sequence[str | None]]) -> list[str]:
        return [words.states(self._desk.name(one), state, texts, self._voice) for one, texts in friends.items()]

    def _name(self, id: FriendId) -> str:
        return self._voice.name(self._desk.name(id))

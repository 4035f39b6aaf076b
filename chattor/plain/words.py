"""What is said: values in, whole lines out. Pure.

Nothing others wrote can pass for a line of ours: it is cleaned, and every further line of it begins with a bar.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, tzinfo
from typing import Final

from chattor import words
from chattor.model.friend import NOTE_MAX, Friend, FriendState, Request, RequestDirection
from chattor.model.message import Direction, Message, MessageState, OutboxEntry
from chattor.model.search import SearchHit
from chattor.model.status import Status, TorStatus
from chattor.text import safe_text

_BAR: Final = "\n  | "
_EXCERPT: Final = 40  # characters
_REASON: Final = 200  # characters
_STATES: Final = {
    MessageState.DELIVERED: "Delivered to",
    MessageState.READ: "Read by",
    MessageState.EXPIRED: "Given up, too old, to",
    MessageState.CANCELLED: "Taken back, to",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Voice:
    """How to say it: the time it is, the reader's zone, and whether names may stand out."""

    now: Callable[[], datetime]
    zone: tzinfo | None = None
    color: bool = False

    def at(self, moment: datetime) -> str:
        """`14:02`, and the day if it is not today."""
        return words.moment(moment, self.now(), self.zone)

    def name(self, text: str) -> str:
        """Somebody's name."""
        clean = one_line(text)
        return f"\x1b[1m{clean}\x1b[0m" if self.color else clean


def one_line(text: str, limit: int = _EXCERPT) -> str:
    """Somebody's words within a line of ours."""
    return safe_text(text, multiline=False, limit=limit)


def whole(text: str) -> str:
    """All of somebody's words at the end of a line of ours."""
    return safe_text(text, multiline=True).replace("\n", _BAR)


def message(one: Message, friend: str, voice: Voice, *, answered: Message | None = None) -> str:
    """`14:02 Ada: hello`; a state only for ours."""
    who = voice.name(friend) if one.direction is Direction.IN else "you"
    answering = f", answering “{excerpt(answered)}”" if answered else ", answering" if one.reply_to else ""
    marks = [*(["edited"] if one.edited else []), *([one.state.value] if one.direction is Direction.OUT else [])]
    after = f" ({', '.join(marks)})" if marks else ""
    return f"{voice.at(one.sent_at)} {who}{answering}: {text(one)}{after}{_reactions(one)}"


def text(one: Message) -> str:
    """What stands there."""
    if one.text is not None:
        return whole(one.text)
    return "(expired)" if one.has_expired else "(deleted)"


def excerpt(one: Message) -> str:
    """Its beginning, to tell which is meant."""
    return "a message that is gone" if one.text is None else one_line(one.text)


def _reactions(one: Message) -> str:
    return "".join(f" [{one_line(emoji)} {len(by)}]" for emoji, by in one.reactions.items())


def history(messages: Sequence[Message], friend: str, voice: Voice) -> list[str]:
    """A page, oldest first, each with the id by which it can be answered."""
    by_id = {one.id: one for one in messages}
    said = [
        f"{one.id} {message(one, friend, voice, answered=by_id.get(one.reply_to) if one.reply_to else None)}"
        for one in messages
    ]
    return said or [f"Nothing was said with {voice.name(friend)} yet."]


def states(friend: str, state: MessageState, texts: Sequence[str | None], voice: Voice) -> str:
    """`Delivered to Ada: hello`, or how many."""
    begin = f"{_STATES[state]} {voice.name(friend)}"
    if len(texts) > 1:
        return f"{begin}: {len(texts)} messages."
    return f"{begin}: {one_line(texts[0])}" if texts[0] is not None else f"{begin}: an earlier message."


def is_said(state: MessageState) -> bool:
    """Whether a message that got so far is worth a line."""
    return state in _STATES


def queued(entry: OutboxEntry | None, friend: Friend, voice: Voice) -> str:
    """Why a message has not gone out at once."""
    where = "" if friend.online else f": {voice.name(friend.name)} is offline"
    again = f", tried again at {voice.at(entry.next_attempt_at)}" if entry and entry.next_attempt_at else ""
    return f"Queued{where}{again}."


def outbox(entries: Sequence[OutboxEntry], names: Callable[[str], str], voice: Voice) -> list[str]:
    """What waits, and why."""
    if not entries:
        return ["Nothing waits: everything you wrote has been delivered."]
    return [_waiting(one, names, voice) for one in entries]


def _waiting(one: OutboxEntry, names: Callable[[str], str], voice: Voice) -> str:
    why = f", {one_line(one.reason, _REASON)}" if one.reason else ""
    again = f", tried again at {voice.at(one.next_attempt_at)}" if one.next_attempt_at else ""
    said = one_line(one.text) if one.text is not None else "a text that is gone"
    return f"To {voice.name(names(one.friend))}, {one.state.value}{why}{again}: {said}"


def person(one: Friend, voice: Voice) -> str:
    """`Ada: online, verified, 2 unread`."""
    return f"{voice.name(one.name)}: {', '.join(_facts(one, voice))}"


def _facts(one: Friend, voice: Voice) -> Iterable[str]:
    yield words.presence(one, voice.at)
    if one.state is FriendState.FRIEND:
        yield "verified" if one.verified else "not verified"
    if one.state is FriendState.INCOMING:
        yield "see /requests"
    if one.agent:
        yield f"an agent for {', '.join(map(one_line, one.capabilities))}" if one.capabilities else "an agent"
    if one.muted:
        yield "muted"
    if one.unread:
        yield f"{one.unread} unread"
    if one.alarm:
        yield f"sending is stopped: {one_line(one.alarm, _REASON)}"


def requests(found: Sequence[Request], voice: Voice) -> list[str]:
    """Both directions."""
    return [request(one, voice) for one in found] or ["Nobody asks, and nobody was asked."]


def request(one: Request, voice: Voice) -> str:
    """Who asks, and how to answer."""
    if one.direction is RequestDirection.OUTGOING:
        return f"You asked {voice.name(one.name)} {voice.at(one.at)}; no answer yet."
    note = f" Note: {one_line(one.note, NOTE_MAX)}" if one.note else ""
    notice = f" Mind: {one_line(one.notice, _REASON)}." if one.notice else ""
    return (
        f"{voice.name(one.name)} asks to be your friend, {voice.at(one.at)}. "
        f"/accept {one.id} or /reject {one.id}.{notice}{note}"
    )


def hit(one: SearchHit, names: Callable[[str], str], voice: Voice) -> str:
    """Where it was said, by whom, and the words around it."""
    place = f"in {one_line(one.channel)}" if one.channel else f"with {voice.name(names(one.friend or ''))}"
    by = "you" if one.direction is Direction.OUT else "a stranger" if one.friend is None else names(one.friend)
    return f"{voice.at(one.sent_at)} {place}, {voice.name(by)}: {one_line(one.snippet, _REASON)}"


def tor(status: TorStatus) -> str:
    """`Tor is connecting 45 %: loading relay descriptors`."""
    detail = "" if status.ready or not status.detail else f": {one_line(status.detail, _REASON)}"
    return f"{words.tor(status)}{detail}."


def state(status: Status) -> str:
    """How it stands in one line."""
    waits = {0: "nothing waits", 1: "one message waits"}.get(status.outbox, f"{status.outbox} messages wait")
    return f"{status.online} of {status.friends} friends online, {status.unread} unread, {waits} to be delivered."

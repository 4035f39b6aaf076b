"""What an agent may do: each call is looked up, counted and logged; what it does stands under its grant.

Words of a friend may carry orders. Once an agent was given somebody's words, whatever it sends to anybody else waits
for a human: the sources it heard are kept with the grant, and no new connection clears them.
"""

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final, TypeVar, cast

from msgspec.structs import replace

from chattor.api import Batch
from chattor.errors import BadInput, ChattorError, NotAllowed, NotGranted, QuotaExceeded
from chattor.handlers import approvals, friends, messaging, publishing, reading, resolve
from chattor.handlers.context import Ctx
from chattor.handlers.views import moment
from chattor.model.activity import Activity
from chattor.model.agent import Action, Approval, Scope
from chattor.model.channel import Post
from chattor.model.events import FriendAdded, MessageChanged, MessageReceived, PresenceChanged
from chattor.model.friend import Friend, FriendState, Request
from chattor.model.message import Message, Sent
from chattor.model.search import SearchHit
from chattor.protocol import channels as posts
from chattor.protocol.content import check_text, check_ttl
from chattor.protocol.friend_code import parse
from chattor.protocol.friendship import State
from chattor.store.repos.agents import AgentRow
from chattor.store.repos.approvals import Wish
from chattor.store.tx import Tx
from chattor.text import safe_name

T = TypeVar("T")
QUOTAS: Final = ((200, 86_400_000, "day"), (10, 60_000, "minute"))
"""How often in how many milliseconds an agent may do what counts."""
COUNTED_KEPT: Final = 10_000  # lines of the log: 50 days of a full quota
OTHERS_KEPT: Final = 2_000
STRANGER: Final = 0
"""The source that is no friend."""
_ID: Final = re.compile(r"[fcm][0-9]{1,17}")


@dataclass(frozen=True, slots=True)
class Rule:
    """What a method needs, what in its parameters says whom it is about, and whether it counts."""

    scope: Scope | None = None
    subject: str = ""
    counted: bool = False


RULES: Final[Mapping[str, Rule]] = {
    "status": Rule(),
    "identity": Rule(),
    "approvals_list": Rule(),
    "friends_list": Rule(Scope.READ),
    "friends_show": Rule(Scope.READ, "friend"),
    "friends_requests": Rule(Scope.READ),
    "history": Rule(Scope.READ, "friend"),
    "search": Rule(Scope.READ, "friend"),
    "recv": Rule(Scope.READ),
    "consumers_ack": Rule(Scope.READ),
    "events": Rule(Scope.READ),
    "read": Rule(Scope.READ, "friend"),
    "channels_list": Rule(Scope.READ),
    "channels_feed": Rule(Scope.READ, "channel"),
    "channels_read": Rule(Scope.READ, "channel"),
    "draft": Rule(Scope.DRAFT, "friend", counted=True),
    "send": Rule(None, "friend", counted=True),
    "channels_publish": Rule(None, "channel", counted=True),
    "friends_add": Rule(None, "", counted=True),
    "friends_accept": Rule(None, "id", counted=True),
    "activity_set": Rule(Scope.ACTIVITY, "", counted=True),
}
"""Everything else is never an agent's."""


@dataclass(frozen=True, slots=True)
class Admission:
    """A line in the log, and why the call goes no further, if it does not."""

    call: int
    refusal: ChattorError | None


def admit(tx: Tx, ctx: Ctx, agent: int, attribute: str, arguments: Mapping[str, Any]) -> Admission:
    """Write a call down before anything of it is done, and judge it. Raises NotGranted once the grant is over."""
    row = _live(tx, agent)
    rule = RULES.get(attribute)
    subject = "" if rule is None else str(arguments.get(rule.subject) or "")
    refusal = _refusal(tx, ctx, row, attribute, rule, subject)
    counted = rule is not None and rule.counted and not isinstance(refusal, QuotaExceeded)
    call = tx.agents.begin_call(
        agent,
        at_ms=ctx.now,
        method=attribute.replace("_", ".", 1),
        subject=subject if _ID.fullmatch(subject) else "",
        outcome="begun" if refusal is None else refusal.code,
        counted=counted,
    )
    tx.agents.prune_calls(agent, counted=counted, keep=COUNTED_KEPT if counted else OTHERS_KEPT)
    return Admission(call, refusal)


def settle(tx: Tx, ctx: Ctx, agent: int, call: int, outcome: str, told: Iterable[str]) -> None:
    """Write down how a call went, and whose words its answer carries, before the answer leaves."""
    hear(tx, ctx, agent, told)
    tx.agents.end_call(call, outcome)


def hear(tx: Tx, ctx: Ctx, agent: int, told: Iterable[str]) -> None:
    """An agent is about to be given the words of these friends and channels. Raises NotGranted once it is over."""
    _live(tx, agent)
    for name in told:
        source = _source(tx, name)
        if source is not None:
            tx.agents.add_source(agent, source)


def sources(value: object) -> Iterator[str]:
    """Whose words an answer carries: ids of friends and of channels."""
    match value:
        case list():
            for one in value:
                yield from sources(one)
        case Batch():
            yield from sources(value.events)
        case MessageReceived() | MessageChanged():
            yield from sources(value.message)
        case Message() if value.text is not None:
            yield value.friend
        case SearchHit():
            yield value.channel or value.friend or ""
        case Request():
            yield value.id
        case Post():
            yield value.channel


def veiled(value: T) -> T:
    """An answer as an agent gets it, without words it did not ask for.

    Of what friends do it gets the state; what strangers call themselves stands in their requests only.
    """
    match value:
        case Friend(state=FriendState.INCOMING):
            return cast("T", replace(value, name=""))
        case Approval(action=Action.ACCEPT):
            return cast("T", replace(value, recipient=""))
        case Friend(activity=Activity() as activity):
            return cast("T", replace(value, activity=replace(activity, words="")))
        case PresenceChanged(activity=Activity() as activity):
            return cast("T", replace(value, activity=replace(activity, words="")))
        case FriendAdded():
            return cast("T", replace(value, detail=veiled(value.detail)))
        case list():
            return cast("T", [veiled(one) for one in value])
    return value


def check_words(tx: Tx, ctx: Ctx, agent: int, words: str) -> None:
    """Words beside a state go to all friends at once, and no human sees them before. Raises NotGranted."""
    _live(tx, agent)
    if words and tx.agents.sources(agent):
        raise NotGranted("after other people's words a state goes without any")


def send(tx: Tx, ctx: Ctx, agent: int, command: messaging.SendText) -> Sent | Approval:
    """Send to a friend on the grant; after other people's words a human looks at it first. Raises NotGranted."""
    friend = resolve.friend(tx, command.friend)
    _live(tx, agent)
    if friend.id not in tx.agents.sends_to(agent):
        raise NotGranted(f"the grant does not name {command.friend}")
    if not tx.agents.sources(agent) - {friend.id}:
        return messaging.send_text(tx, ctx, command)
    check_text(command.text)
    if (before := messaging.sent_before(tx, friend, command)) is not None:
        return before
    if command.ttl is not None:
        check_ttl(command.ttl)
    resolve.reachable(friend)
    target = None if command.reply_to is None else resolve.message_with(tx, friend, command.reply_to).id
    wish = Wish(
        action=Action.SEND,
        friend=friend.id,
        text=command.text,
        reply_to=target,
        ttl=command.ttl,
        priority=command.priority,
        key=command.key,
    )
    return approvals.ask(tx, ctx, agent, wish)


def publish(tx: Tx, ctx: Ctx, agent: int, command: publishing.Publish) -> object:
    """Post in a channel of ours if the grant says so and nobody's words were heard; else a human is asked."""
    if _is_free(tx, agent, Scope.PUBLISH):
        return publishing.publish(tx, ctx, command)
    posts.check_text(command.text)
    channel = resolve.own_channel(tx, command.channel)
    return approvals.ask(tx, ctx, agent, Wish(action=Action.PUBLISH, channel=channel.id, text=command.text))


def add(tx: Tx, ctx: Ctx, agent: int, command: friends.AddFriend) -> object:
    """Ask somebody to be friends, likewise: a note is words that leave."""
    if _is_free(tx, agent, Scope.ADD):
        return friends.add(tx, ctx, command)
    code = parse(command.code, own=ctx.own.code).encode()
    name = safe_name(command.name) if command.name else None
    wish = Wish(action=Action.ADD, code=code, name=name, text=friends.checked_note(command.note))
    return approvals.ask(tx, ctx, agent, wish)


def accept(tx: Tx, ctx: Ctx, agent: int, name: str) -> Approval:
    """Who becomes a friend is always a human's word."""
    _live(tx, agent)
    row = resolve.request(tx, name, State.INCOMING)
    return approvals.ask(tx, ctx, agent, Wish(action=Action.ACCEPT, friend=row.id))


def draft(tx: Tx, ctx: Ctx, agent: int, name: str, text: str | None) -> str:
    """Leave an unsent text where there is none; what a human began is neither read nor replaced."""
    _live(tx, agent)
    if text is None:
        raise NotGranted("an agent leaves drafts and does not read them")
    row = resolve.friend(tx, name)
    if tx.friends.draft(row.id):
        raise NotAllowed("there is a draft already")
    return reading.draft(tx, ctx, name, text)


def _is_free(tx: Tx, agent: int, scope: Scope) -> bool:
    return scope in _live(tx, agent).scopes and not tx.agents.sources(agent)


def _live(tx: Tx, agent: int) -> AgentRow:
    row = next((row for row in tx.agents.live() if row.id == agent), None)
    if row is None:
        raise NotGranted("the grant was revoked")
    return row


def _refusal(tx: Tx, ctx: Ctx, row: AgentRow, attribute: str, rule: Rule | None, subject: str) -> ChattorError | None:
    if rule is None:
        return NotGranted(f"no agent may call {attribute.replace('_', '.', 1)}")
    if rule.counted and (exceeded := _exceeded(tx, ctx, row)) is not None:
        return exceeded
    if rule.scope is not None and rule.scope not in row.scopes:
        return NotGranted(f"the grant does not hold “{rule.scope}”")
    if subject and not _ID.fullmatch(subject):
        return BadInput("an agent names friends, requests and channels by their ids")
    return None


def _exceeded(tx: Tx, ctx: Ctx, row: AgentRow) -> QuotaExceeded | None:
    for limit, window, word in QUOTAS:
        times = tx.agents.counted(row.id, ctx.now - window, ctx.now)
        if len(times) >= limit:
            again = moment(times[-limit] + window).isoformat(timespec="seconds").replace("+00:00", "Z")
            return QuotaExceeded(f"{limit} things a {word} are allowed, the next one at {again}")
    return None


def _source(tx: Tx, name: str) -> int | None:
    """The friend whose words these are, STRANGER, or None if they are ours."""
    if name.startswith("f"):
        return int(name[1:])
    channel = tx.channels.get(int(name[1:])) if name.startswith("c") else None
    if channel is None:
        return STRANGER
    owner = None if channel.publisher is None else tx.channels.publisher(channel.publisher)
    if owner is None:
        return None
    friend = resolve.friend_of(tx, owner)
    return STRANGER if friend is None else friend.id

"""The human form of every value a verb answers with: lines of text, made from the same value as the JSON.

`names` are the friends' names by id, for values that only carry ids.
"""

from collections.abc import Iterator, Mapping, Sequence

from msgspec import Struct

from chattor.api import Batch
from chattor.cli.output import Ink, block, cell, fields, table, when, width
from chattor.model.events import Event, FriendRequested, IdentityAlarm, MessageReceived, MessageStateChanged
from chattor.model.friend import Friend, FriendState, Request, SafetyNumber
from chattor.model.ids import FriendId
from chattor.model.message import Direction, Message, MessageState, OutboxEntry, Sent
from chattor.model.status import Identity, Status

_EXCERPT = 40  # characters of a text in a table


class Page(Struct, frozen=True):
    """How to show: styles, and the names of friends."""

    ink: Ink
    names: Mapping[FriendId, str]

    def name(self, id: FriendId) -> str:
        """A friend's name, or his id if he is gone."""
        return cell(self.names.get(id, id))


def nothing(_: object, __: Page) -> Iterator[str]:
    """For verbs that have nothing to say to a person."""
    return iter(())


def facts(value: Mapping[str, str], page: Page) -> Iterator[str]:
    """One fact a line."""
    return fields([(name, cell(text, 4_096)) for name, text in value.items()], page.ink)


def status(value: Status, page: Page) -> Iterator[str]:
    """One look at the node."""
    tor = value.tor
    progress = "ready" if tor.ready else f"{tor.phase} {tor.percent} %  {cell(tor.detail, 200)}".rstrip()
    return fields(
        [
            ("profile", cell(value.profile)),
            ("onion", cell(value.onion, 62)),
            ("tor", progress),
            ("reachable", "yes" if value.reachable else "no"),
            ("friends", f"{value.friends}, {value.online} online"),
            ("unread", str(value.unread)),
            ("outbox", str(value.outbox)),
            ("version", f"{cell(value.version)}, process {value.pid}"),
        ],
        page.ink,
    )


def identity(value: Identity, page: Page) -> Iterator[str]:
    """Who we are."""
    return fields(
        [
            ("name", cell(value.name)),
            ("friend code", value.friend_code),
            ("onion", value.onion),
            ("fingerprint", value.fingerprint),
        ],
        page.ink,
    )


def friends(value: Sequence[Friend], page: Page) -> Iterator[str]:
    """One row a friend; what must be acknowledged stands below."""
    rows = [
        [one.id, cell(one.name), ", ".join(_facts(one)), str(one.unread or ""), when(one.last_seen)] for one in value
    ]
    yield from table(["ID", "NAME", "STATE", "UNREAD", "LAST SEEN"], rows, page.ink)
    for one in value:
        if one.alarm:
            yield page.ink.red(f"! {cell(one.name)}: {cell(one.alarm, 200)}")
        elif one.note:
            yield f"* {cell(one.name)}: {cell(one.note, 200)}"


def friend(value: Friend, page: Page) -> Iterator[str]:
    """The row of one friend."""
    return friends([value], page)


def requests(value: Sequence[Request], page: Page) -> Iterator[str]:
    """One row a request."""
    rows = [[one.id, one.state, cell(one.name), when(one.at), cell(one.note, 280)] for one in value]
    return table(["ID", "STATE", "NAME", "AT", "NOTE"], rows, page.ink)


def request(value: Request, page: Page) -> Iterator[str]:
    """The row of one request."""
    return requests([value], page)


def safety(value: SafetyNumber, page: Page) -> Iterator[str]:
    """Sixty digits in two lines, and whether they were compared."""
    groups = value.digits.split()
    yield " ".join(groups[:6])
    yield " ".join(groups[6:])
    yield page.ink.dim("verified" if value.verified else "not verified: compare the digits, then add --confirm")


def sent(value: Sent, page: Page) -> Iterator[str]:
    """What became of a message."""
    return table(["ID", "STATE"], [[value.id, value.state]], page.ink)


def history(value: Sequence[Message], page: Page) -> Iterator[str]:
    """A conversation, one message a row, its text last."""
    rows = [[one.id, when(one.sent_at), _who(one, page), _state(one), ""] for one in value]
    heads = ["ID", "TIME", "FROM", "STATE", "TEXT"]
    indent = sum(max(map(width, column)) + 2 for column in zip(heads, *rows, strict=True)) - 6
    for row, one in zip(rows, value, strict=True):
        row[-1] = block(_text(one), indent)
    return table(heads, rows, page.ink)


def outbox(value: Sequence[OutboxEntry], page: Page) -> Iterator[str]:
    """What waits, and why."""
    rows = [
        [
            one.id, page.name(one.friend), one.state, str(one.attempts), when(one.next_attempt_at),
            cell(one.reason), cell(one.text or "", _EXCERPT),
        ]
        for one in value
    ]  # fmt: skip
    return table(["ID", "FRIEND", "STATE", "TRIES", "NEXT TRY", "WHY", "TEXT"], rows, page.ink)


def entry(value: OutboxEntry, page: Page) -> Iterator[str]:
    """The row of one waiting message."""
    return outbox([value], page)


def message(value: Message, page: Page) -> Iterator[str]:
    """The row of one message."""
    return history([value], page)


def batch(value: Batch, page: Page) -> Iterator[str]:
    """Events, one a row, and the cursor to go on with."""
    rows = [[one.cursor, when(one.at), _tag(one), _subject(one, page), _detail(one)] for one in value.events]
    yield from table(["CURSOR", "AT", "EVENT", "FRIEND", "DETAIL"], rows, page.ink)
    yield page.ink.dim(f"cursor {value.cursor}")


def _facts(one: Friend) -> Iterator[str]:
    yield one.state
    if one.state is FriendState.FRIEND:
        yield "typing" if one.typing else "online" if one.online else "away"
    if one.verified:
        yield "verified"
    if one.muted:
        yield "muted"


def _who(one: Message, page: Page) -> str:
    return "you" if one.direction is Direction.OUT else page.name(one.friend)


def _state(one: Message) -> str:
    return one.state if one.direction is Direction.OUT else ""


def _text(one: Message) -> str:
    if one.text is None:
        return "(expired)" if one.state is MessageState.EXPIRED else "(deleted)"
    reply = f"(re {one.reply_to}) " if one.reply_to else ""
    reactions = "".join(f" [{emoji} {len(by)}]" for emoji, by in one.reactions.items())
    return f"{reply}{one.text}{' (edited)' if one.edited else ''}{reactions}"


def _tag(event: Event) -> str:
    return str(event.__struct_config__.tag)


def _subject(event: Event, page: Page) -> str:
    known: FriendId | None = getattr(event, "friend", None)
    return "" if known is None else page.name(known)


def _detail(event: Event) -> str:
    if isinstance(event, MessageReceived):
        return cell(event.message.text or "" if event.message else "", 200)
    if isinstance(event, MessageStateChanged):
        return f"{event.id} {event.state}"
    if isinstance(event, FriendRequested):
        return cell(event.request.note if event.request else "", 280)
    if isinstance(event, IdentityAlarm):
        return cell(event.reason, 200)
    return ""

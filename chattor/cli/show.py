"""The human form of every value a verb answers with: lines of text, made from the same value as the JSON.

`names` are the friends' names by id, for values that only carry ids.
"""

import json
from collections.abc import Iterator, Mapping, Sequence

from msgspec import Struct

from chattor.api import Batch
from chattor.cli.outage import outage
from chattor.cli.output import Ink, block, cell, fields, table, texts, when
from chattor.model.activity import Activity
from chattor.model.events import (
    ApprovalChanged,
    Event,
    FriendRequested,
    IdentityAlarm,
    MessageChanged,
    MessageReceived,
    MessageStateChanged,
)
from chattor.model.friend import NOTE_MAX
from chattor.model.ids import ChannelId, FriendId
from chattor.model.message import Direction, Message, OutboxEntry, Priority, Sent
from chattor.model.search import SearchHit
from chattor.model.settings import Setting
from chattor.model.status import FormerAddress, Identity, Status
from chattor.words import doing

_EXCERPT = 40  # characters of a text in a table


class Page(Struct, frozen=True):
    """How to show: styles, and the names of friends and channels."""

    ink: Ink
    names: Mapping[FriendId | ChannelId, str]

    def name(self, id: FriendId | ChannelId) -> str:
        """The name of a friend or a channel, or the id if it is gone."""
        return cell(self.names.get(id, id))


def nothing(_: object, __: Page) -> Iterator[str]:
    """For verbs that have nothing to say to a person."""
    return iter(())


def facts(value: Mapping[str, str], page: Page) -> Iterator[str]:
    """One fact a line."""
    return fields([(name, cell(text, 4_096)) for name, text in value.items()], page.ink)


def indented(value: object, _: Page) -> Iterator[str]:
    """JSON for people."""
    return iter(json.dumps(value, indent=2).splitlines())


def status(value: Status, page: Page) -> Iterator[str]:
    """One look at the node."""
    tor = value.tor
    detail = cell(tor.detail, 200)
    stands = "ready" if tor.ready else f"{tor.phase} {tor.percent} %"
    progress = f"{stands}  {detail}".rstrip()
    return fields(
        [
            ("profile", cell(value.profile)),
            ("onion", cell(value.onion, 62)),
            ("tor", progress),
            ("reachable", "yes" if value.reachable else "no"),
            ("friends", f"{value.friends}, {value.online} online"),
            ("unread", str(value.unread)),
            ("outbox", str(value.outbox)),
            *([("activity", doing(value.activity))] if value.activity else []),
            *([("former", f"{value.former} addresses left and still answered")] if value.former else []),
            *(("unreachable", outage(one)) for one in value.outages),
            ("version", f"{cell(value.version)}, process {value.pid}"),
        ],
        page.ink,
    )


def activity(value: Activity | None, page: Page) -> Iterator[str]:
    """What friends see that we do."""
    return fields([("activity", "none" if value is None else doing(value))], page.ink)


def identity(value: Identity, page: Page) -> Iterator[str]:
    """Who we are."""
    return fields(
        [
            ("name", cell(value.name)),
            ("friend code", value.friend_code),
            ("onion", value.onion),
            ("fingerprint", value.fingerprint),
            *([("agent", abilities(value.capabilities))] if value.agent else []),
            *(("former", _left(one)) for one in value.former),
            *(
                [("closed", "only friends reach you; nobody new can use this code while tor.friends_only is on")]
                if value.friends_only
                else []
            ),
        ],
        page.ink,
    )


def _left(one: FormerAddress) -> str:
    waits = f", and until {one.waiting} more have followed" if one.waiting else ""
    return f"{one.onion}  ({one.left} left; answered until {when(one.until)}{waits})"


def abilities(words: Sequence[str]) -> str:
    """What an agent says it can do."""
    return ", ".join(map(cell, words)) or "yes"


def draft(value: str, page: Page) -> Iterator[str]:
    """A text as it was left; nothing if there is none."""
    del page
    return iter([block(value, 0)] if value else [])


def sent(value: Sent, page: Page) -> Iterator[str]:
    """What became of a message."""
    return table(["ID", "STATE"], [[value.id, value.state]], page.ink)


def history(value: Sequence[Message], page: Page) -> Iterator[str]:
    """A conversation, one message a row, its text last."""
    rows = [([one.id, when(one.sent_at), _who(one, page), _state(one)], _text(one)) for one in value]
    return texts(["ID", "TIME", "FROM", "STATE", "TEXT"], rows, page.ink)


def hits(value: Sequence[SearchHit], page: Page) -> Iterator[str]:
    """What was found, one message or post a row, the found words standing out."""
    rows = [[one.id, when(one.sent_at), _place(one, page), _by(one, page), _found(one, page)] for one in value]
    return table(["ID", "TIME", "WITH", "FROM", "TEXT"], rows, page.ink)


def outbox(value: Sequence[OutboxEntry], page: Page) -> Iterator[str]:
    """What waits, and why."""
    rows = [
        [
            one.id, page.name(one.friend), _urgency(one), str(one.attempts), when(one.next_attempt_at),
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


def settings(value: Sequence[Setting], page: Page) -> Iterator[str]:
    """One setting a row."""
    rows = [[one.key, cell(_listed(one.value)), cell(_listed(one.default)), cell(one.help, 200)] for one in value]
    return table(["KEY", "VALUE", "DEFAULT", "MEANING"], rows, page.ink)


def _listed(value: str) -> str:
    """A list has an entry a line."""
    return ", ".join(value.splitlines())


def setting(value: Setting, page: Page) -> Iterator[str]:
    """The row of one setting."""
    return settings([value], page)


def _urgency(one: OutboxEntry) -> str:
    return one.state if one.priority is Priority.NORMAL else f"{one.state}, {one.priority}"


def _who(one: Message, page: Page) -> str:
    return "you" if one.direction is Direction.OUT else page.name(one.friend)


def _place(one: SearchHit, page: Page) -> str:
    return page.name(one.channel) if one.channel else _person(one, page)


def _by(one: SearchHit, page: Page) -> str:
    return "you" if one.direction is Direction.OUT else _person(one, page)


def _person(one: SearchHit, page: Page) -> str:
    return "a stranger" if one.friend is None else page.name(one.friend)


def _found(one: SearchHit, page: Page) -> str:
    """The snippet. It is clean already, but by whom, if it came over the socket?"""
    pieces, done = [], 0
    for start, end in one.matches:
        pieces += [cell(one.snippet[done:start], 200), page.ink.bold(cell(one.snippet[start:end], 200))]
        done = end
    return "".join([*pieces, cell(one.snippet[done:], 200)])


def _state(one: Message) -> str:
    return one.state if one.direction is Direction.OUT else ""


def _text(one: Message) -> str:
    if one.text is None:
        return "(expired)" if one.has_expired else "(deleted)"
    reply = f"(re {one.reply_to}) " if one.reply_to else ""
    reactions = "".join(f" [{emoji} {len(by)}]" for emoji, by in one.reactions.items())
    return f"{reply}{one.text}{' (edited)' if one.edited else ''}{reactions}"


def _tag(event: Event) -> str:
    return str(event.__struct_config__.tag)


def _subject(event: Event, page: Page) -> str:
    known: FriendId | None = getattr(event, "friend", None)
    return "" if known is None else page.name(known)


def _detail(event: Event) -> str:
    if isinstance(event, MessageReceived | MessageChanged):
        return cell(event.message.text or "" if event.message else "", 200)
    if isinstance(event, MessageStateChanged):
        return f"{event.id} {event.state}"
    if isinstance(event, FriendRequested):
        return cell(event.request.note if event.request else "", NOTE_MAX)
    if isinstance(event, ApprovalChanged):
        return f"{event.id} {event.approval.state if event.approval else ''}".rstrip()
    if isinstance(event, IdentityAlarm):
        return cell(event.reason, 200)
    return ""

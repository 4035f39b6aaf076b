"""The human form of friends, requests and safety numbers."""

from collections.abc import Iterator, Sequence

from chattor.cli.output import cell, fields, table, when
from chattor.cli.show import Page, abilities
from chattor.config.duration import duration
from chattor.model.friend import NOTE_MAX, Friend, FriendState, Request, SafetyNumber
from chattor.words import doing


def friends(value: Sequence[Friend], page: Page) -> Iterator[str]:
    """One row a friend; what must be acknowledged stands below."""
    rows = [
        [one.id, cell(one.name), ", ".join(_facts(one)), str(one.unread or ""), when(one.last_seen)] for one in value
    ]
    yield from table(["ID", "NAME", "STATE", "UNREAD", "LAST SEEN"], rows, page.ink)
    yield from _warnings(value, page)


def _warnings(value: Sequence[Friend], page: Page) -> Iterator[str]:
    for one in value:
        if one.alarm:
            yield page.ink.red(f"! {cell(one.name)}: {cell(one.alarm, 200)}")
        elif one.note:
            yield f"* {cell(one.name)}: {cell(one.note, 200)}"


def friend(value: Friend, page: Page) -> Iterator[str]:
    """The row of one friend."""
    return friends([value], page)


def friend_options(value: Friend, page: Page) -> Iterator[str]:
    """What is set for one friend; `default` is as the settings say."""
    muted = "on" if value.muted else "off"
    return fields([("muted", muted), *((key, cell(text)) for key, text in value.options.items())], page.ink)


def person(value: Friend, page: Page) -> Iterator[str]:
    """All about one friend."""
    vanish = "off" if value.ephemeral is None else duration(value.ephemeral)
    facts = [
        ("id", value.id),
        ("name", cell(value.name)),
        ("onion", cell(value.onion, 62)),
        ("state", ", ".join(_facts(value))),
        ("unread", str(value.unread)),
        ("last seen", when(value.last_seen)),
        ("ephemeral", vanish),
        *([("agent", abilities(value.capabilities))] if value.agent else []),
    ]
    yield from fields([*facts, *((key, cell(text)) for key, text in value.options.items())], page.ink)
    yield from _warnings([value], page)


def requests(value: Sequence[Request], page: Page) -> Iterator[str]:
    """One row a request."""
    rows = [[one.id, one.state, cell(one.name), when(one.at), cell(one.note, NOTE_MAX)] for one in value]
    yield from table(["ID", "STATE", "NAME", "AT", "NOTE"], rows, page.ink)
    for one in value:
        if one.notice:
            yield f"* {cell(one.name)}: {cell(one.notice, 200)}"


def request(value: Request, page: Page) -> Iterator[str]:
    """The row of one request."""
    return requests([value], page)


def safety(value: SafetyNumber, page: Page) -> Iterator[str]:
    """Sixty digits in two lines, and whether they were compared."""
    groups = value.digits.split()
    yield " ".join(groups[:6])
    yield " ".join(groups[6:])
    yield page.ink.dim("verified" if value.verified else "not verified: compare the digits, then add --confirm")


def _facts(one: Friend) -> Iterator[str]:
    yield one.state
    if one.agent:
        yield "agent"
    if one.state is FriendState.FRIEND:
        yield "typing" if one.typing else "online" if one.online else "away"
    if one.activity is not None:
        yield doing(one.activity)
    if one.verified:
        yield "verified"
    if one.muted:
        yield "muted"
    if one.ephemeral is not None:
        yield f"texts vanish after {duration(one.ephemeral)}"

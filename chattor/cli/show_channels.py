"""The human form of channels and posts."""

from collections.abc import Iterator, Sequence

from chattor.cli.output import cell, table, texts, when
from chattor.cli.show import Page
from chattor.model.channel import Channel, Post
from chattor.words import unsaid


def channels(value: Sequence[Channel], page: Page) -> Iterator[str]:
    """One row a channel; what is wrong stands below."""
    rows = [
        [
            one.id, cell(one.name), cell(one.owner), one.access, _standing(one), str(one.posts),
            str(one.unread or ""), when(one.last_sync),
        ]
        for one in value
    ]  # fmt: skip
    yield from table(["ID", "NAME", "OWNER", "ACCESS", "", "POSTS", "UNREAD", "LAST SYNC"], rows, page.ink)
    for one in value:
        if one.alarm:
            yield page.ink.red(f"! {cell(one.owner)}/{cell(one.name)}: {cell(one.alarm, 200)}")
        elif one.note:
            yield f"* {cell(one.owner)}/{cell(one.name)}: {cell(one.note, 200)}"


def channel(value: Channel, page: Page) -> Iterator[str]:
    """The row of one channel."""
    return channels([value], page)


def feed(value: Sequence[Post], page: Page) -> Iterator[str]:
    """Posts, one a row, their text last; what is missing between them is said where it is missing."""
    rows = [([one.id, when(one.created_at), _seen(one)], _text(one)) for one in value]
    return texts(["ID", "TIME", "SEEN BY", "TEXT"], rows, page.ink)


def post(value: Post, page: Page) -> Iterator[str]:
    """The row of one post."""
    return feed([value], page)


def _standing(one: Channel) -> str:
    return "yours" if one.own else "subscribed" if one.subscribed else "offered"


def _seen(one: Post) -> str:
    return "" if one.seen_by is None else str(one.seen_by)


def _text(one: Post) -> str:
    marks = "(contradicts another post of the same number) " if one.contradicted else ""
    gap = f"\n({one.gap} missing before this one)" if one.gap else ""
    return f"{marks}{f'({unsaid(one)})' if one.text is None else one.text}{gap}"

"""Conversations as Markdown (CommonMark) that nobody's words can rearrange: every text is an escaped quote."""

import re
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Final

from chattor.model.export import ExportPage
from chattor.model.ids import FriendId
from chattor.model.message import Direction, Message
from chattor.text import safe_text

_ACTIVE: Final = re.compile(r"[\\`*_{}\[\]<>#&|~!$^]")
_OPENS: Final = re.compile(r"([-+=:]|\d{1,9}(?=[.)]))")
"""What begins a list, a rule or the underline of a heading."""
_BLANKS: Final = re.compile(r"[ \t]+")


class Markdown:
    """Page after page; a heading wherever a conversation begins."""

    def __init__(self) -> None:
        self._friend: FriendId | None = None

    def lines(self, page: ExportPage) -> Iterator[str]:
        """The lines of a page."""
        for message in page.messages:
            name = escaped(page.names.get(message.friend, "") or message.friend)
            if message.friend != self._friend:
                self._friend = message.friend
                yield from ("", f"# {name}")
            author = "me" if message.direction is Direction.OUT else name
            yield from ("", f"**{author}**, {_time(message.sent_at)}{_remarks(message)}", "")
            yield from _quote(message)


def escaped(line: str) -> str:
    """One line of somebody's words as Markdown that shows them as they are."""
    safe = _ACTIVE.sub(r"\\\g<0>", safe_text(line, multiline=False))
    blank = _BLANKS.match(safe)
    if blank:
        safe = "\u00a0" * blank.end() + safe[blank.end() :]
    opening = _OPENS.match(safe)
    if opening:
        end = opening.end()
        safe = f"{safe[:end]}\\{safe[end:]}" if safe[0].isdigit() else f"\\{safe}"
    return safe


def _quote(message: Message) -> Iterator[str]:
    if message.text is None:
        yield "> *(not here any more)*" if message.ttl is None else "> *(of limited time)*"
        return
    for line in message.text.split("\n"):
        yield f"> {escaped(line)}  ".rstrip() + "  " if line else ">"


def _remarks(message: Message) -> str:
    words = [message.state.value] if message.direction is Direction.OUT else []
    if message.edited:
        words.append("edited")
    words += [f"{escaped(emoji)} {len(by)}" for emoji, by in message.reactions.items()]
    return f" ({', '.join(words)})" if words else ""


def _time(moment: datetime) -> str:
    return moment.astimezone(UTC).strftime("%Y-%m-%d %H:%M UTC")

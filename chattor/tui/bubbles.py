"""From messages to rows of text: day and unread dividers, names, quotes, states. Pure; nothing is drawn here."""

from collections.abc import Sequence
from datetime import date, datetime, timedelta, tzinfo
from typing import Final

from msgspec import Struct
from msgspec.structs import replace
from rich.cells import cell_len

from chattor.model.ids import MessageId
from chattor.model.message import ME, Direction, Message
from chattor.text import safe_text
from chattor.tui import when
from chattor.tui.glyphs import STATE_INKS, Glyphs
from chattor.tui.ink import Ink, Piece, clip, fit, width
from chattor.tui.view import Thread
from chattor.tui.wrap import Wrapped, estimate, wrap

RUN: Final = timedelta(minutes=5)  # messages of one author within it stand under one name
TEXT_WIDTH_MAX: Final = 104  # cells; longer rows are hard to read
LINES_MAX: Final = 200  # lines of one message that are shown; the others are counted
QUOTE_MAX: Final = 120  # characters of the quoted message that are looked at
_MARGIN: Final = 3  # the bar, a space, and one free cell at the right


class Look(Struct, frozen=True, kw_only=True):
    """What the rows depend on beside the messages."""

    glyphs: Glyphs
    zone: tzinfo | None
    today: date
    me: str
    friend: str


class Entry(Struct, frozen=True, kw_only=True):
    """A message and what stands above it."""

    message: Message
    day: date | None
    fresh: int
    """The unread divider comes first and says this number; 0: none."""
    opens: bool
    """The author's name comes first."""
    quote: str | None


class BubbleRow(Struct, frozen=True):
    """Pieces to draw, the text to copy from them, and how the next row goes on (see `Wrapped`)."""

    pieces: tuple[Piece, ...]
    plain: str = ""
    joined: str | None = None
    is_quote: bool = False


def entries(thread: Thread, start: int, stop: int, look: Look) -> list[Entry]:
    """The entries of `thread.messages[start:stop]`."""
    known: dict[MessageId, Message] = {}
    if any(message.reply_to for message in thread.messages[start:stop]):
        known = {message.id: message for message in thread.messages}
    return [_entry(thread, at, known, look) for at in range(start, stop)]


def guess_height(entry: Entry, cells: int) -> int:
    """About how many rows the entry takes."""
    text = estimate(entry.message.text or "", _text_cells(cells))
    above = 2 * (entry.day is not None) + 2 * bool(entry.fresh) + 2 * entry.opens + bool(entry.quote)
    return text + above + bool(entry.message.reactions)


def rows(entry: Entry, cells: int, look: Look, left: str = "") -> list[BubbleRow]:
    """All rows of an entry in a column of so many cells; `left` is what is left of its time (`time_left`)."""
    above: list[BubbleRow] = []
    if entry.day is not None:
        above += _divider(when.day_words(entry.day, look.today), "muted", cells, look)
    if entry.fresh:
        above += _divider(f"{entry.fresh} new", "accent", cells, look)
    mine = entry.message.direction is Direction.OUT
    bar: Piece = (look.glyphs.bar + " ", "mine" if mine else "theirs")
    if entry.opens:
        above += [BubbleRow(()), _head(entry, bar, cells, look)]
    if entry.quote is not None:
        quote = clip(f"{look.glyphs.reply} {entry.quote}", _text_cells(cells), look.glyphs.ellipsis)
        above.append(replace(_row(bar, quote, "muted"), is_quote=True))
    return above + _text(entry.message, bar, cells, look, left) + _reactions(entry.message, bar, cells, look)


def time_left(message: Message, now: datetime) -> str:
    """How long its text will still be there, in words; empty if for ever, or if it is gone."""
    return when.left(message.expires_at, now) if message.expires_at and message.text is not None else ""


def _entry(thread: Thread, at: int, known: dict[MessageId, Message], look: Look) -> Entry:
    message = thread.messages[at]
    before = thread.messages[at - 1] if at else None
    today = when.day(message.sent_at, look.zone)
    new_day = before is None or when.day(before.sent_at, look.zone) != today
    fresh = thread.fresh if message.id == thread.divider else 0
    follows = (
        before is not None
        and before.direction is message.direction
        and timedelta(0) <= message.sent_at - before.sent_at < RUN
    )
    return Entry(
        message=message,
        day=today if new_day else None,
        fresh=fresh,
        opens=new_day or bool(fresh) or not follows,
        quote=_quote(message, known, look) if message.reply_to else None,
    )


def _quote(message: Message, known: dict[MessageId, Message], look: Look) -> str:
    target = known.get(message.reply_to) if message.reply_to else None
    if target is None:
        return "an earlier message"
    author = look.me if target.direction is Direction.OUT else look.friend
    return f"{author}: {safe_text((target.text or 'deleted')[:QUOTE_MAX], multiline=False)}"


def _divider(words: str, ink: Ink, cells: int, look: Look) -> list[BubbleRow]:
    words = f" {words} "
    side = max(0, cells - 1 - cell_len(words))
    left, right = look.glyphs.line * (side // 2), look.glyphs.line * (side - side // 2)
    edge: Ink = "line" if ink == "muted" else ink
    return [BubbleRow(()), BubbleRow(((left, edge), (words, ink), (right, edge)))]


def _head(entry: Entry, bar: Piece, cells: int, look: Look) -> BubbleRow:
    mine = entry.message.direction is Direction.OUT
    time = when.clock(entry.message.sent_at, look.zone)
    name = clip(look.me if mine else look.friend, _text_cells(cells) - len(time) - 2, look.glyphs.ellipsis)
    return BubbleRow((bar, (name, bar[1]), ("  " + time, "muted")), f"{bar[0]}{name}  {time}")


def _text(message: Message, bar: Piece, cells: int, look: Look, left: str) -> list[BubbleRow]:
    if message.text is None:
        gone = "this message has expired" if message.has_expired else "this message was deleted"
        lines, ink = [Wrapped(gone)], "muted"
    else:
        lines, ink = wrap(safe_text(message.text, multiline=True, max_lines=LINES_MAX), _text_cells(cells)), "text"
    done = [_row(bar, line.text, "muted" if ink == "muted" else "text", line.joined) for line in lines]
    marks = _marks(message, look, left)
    return _with_marks(done, marks, bar, _text_cells(cells)) if marks else done


def _marks(message: Message, look: Look, left: str) -> list[Piece]:
    marks: list[Piece] = [("edited", "muted")] if message.edited else []
    if left:
        marks.append((f"vanishes {left}" if left == "now" else f"vanishes in {left}", "accent"))
    if message.direction is Direction.OUT:
        ink = STATE_INKS[message.state]
        marks.append((f"{look.glyphs.states[message.state]} {message.state.value}", ink))
    return [piece for mark in marks for piece in (("  ", "muted"), mark)][1:]


def _reactions(message: Message, bar: Piece, cells: int, look: Look) -> list[BubbleRow]:
    """One row under the text; ours are told apart by a word, not by a colour alone."""
    if not message.reactions:
        return []
    shown = [f"{safe_text(emoji, multiline=False)}{_count(by)}" for emoji, by in message.reactions.items()]
    return [_row(bar, clip("  ".join(shown), _text_cells(cells), look.glyphs.ellipsis), "accent")]


def _count(by: Sequence[str]) -> str:
    words = " you" if ME in by else ""
    return f"{words} +{len(by) - 1}" if words and len(by) > 1 else words


def _with_marks(done: list[BubbleRow], marks: Sequence[Piece], bar: Piece, cells: int) -> list[BubbleRow]:
    """The marks right of the last row, or under it if there is no room."""
    last, marks = done[-1], fit(marks, cells)
    room = cells + cell_len(bar[0]) - width(last.pieces) - width(marks)
    if room < 2:
        last, done = _row(bar, "", "text"), [*done, last]
        room = cells - width(marks)
    return [*done[:-1], BubbleRow((*last.pieces, (" " * max(0, room), "text"), *marks), last.plain)]


def _row(bar: Piece, text: str, ink: Ink, joined: str | None = None) -> BubbleRow:
    return BubbleRow((bar, (text, ink)), bar[0] + text, joined)


def _text_cells(cells: int) -> int:
    return max(8, min(cells, TEXT_WIDTH_MAX) - _MARGIN)

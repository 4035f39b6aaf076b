"""A channel as lines: its posts as rows, its header, what stands where one would write. Pure."""

from dataclasses import dataclass
from datetime import date, tzinfo
from typing import Final

from rich.cells import cell_len

from chattor.model.channel import Access, Channel, Post
from chattor.text import safe_text
from chattor.tui import when
from chattor.tui.glyphs import Glyphs
from chattor.tui.ink import Ink, Piece, Pieces
from chattor.tui.view import Feed
from chattor.tui.widgets.rows import Row
from chattor.tui.wrap import Wrapped, wrap
from chattor.words import unsaid

TEXT_WIDTH_MAX: Final = 104  # cells; longer rows are hard to read
LINES_MAX: Final = 200  # lines of one post that are shown; the others are counted
_MARGIN: Final = 5  # edges, the bar, a space, and one free cell at the right


@dataclass(frozen=True, slots=True, kw_only=True)
class FeedLook:
    """What the rows depend on beside the posts."""

    glyphs: Glyphs
    zone: tzinfo | None
    today: date
    cells: int


def title(one: Channel) -> str:
    """`public` of ours, `ada/public` of others'."""
    name = safe_text(one.name, multiline=False)
    return name if one.own else f"{safe_text(one.owner, multiline=False)}/{name}"


def standing(one: Channel) -> str:
    """Whose it is, and who may read it."""
    whose = "yours" if one.own else "subscribed" if one.subscribed else "offered"
    return f"{whose}, {'public' if one.access is Access.PUBLIC else 'for friends only'}"


def header(one: Channel, glyphs: Glyphs) -> list[Piece]:
    """What is open, in one line."""
    dot: Piece = (f" {glyphs.dot} ", "muted")
    left: list[Piece] = [(" # ", "accent"), (title(one), "strong"), dot, (standing(one), "muted")]
    return left + ([dot, (f"{glyphs.alarm} contradicts itself", "bad")] if one.alarm else [])


def notice(one: Channel, glyphs: Glyphs) -> Pieces:
    """Under the posts: what is wrong with the channel, and who writes here."""
    if one.alarm:
        return [(f"{glyphs.alarm} {safe_text(one.alarm, multiline=False)}", "bad")]
    if one.note:
        return [(f"Not fetched: {safe_text(one.note, multiline=False)}", "warn")]
    if one.own:
        return ()
    return [(f"Only {safe_text(one.owner, multiline=False)} writes here.", "muted")]


def empty(one: Channel | None) -> Pieces:
    """What stands there instead of no posts."""
    if one is None:
        return ()
    if one.own:
        return [("Nothing is posted yet. What you write here goes to whoever reads this channel.", "muted")]
    if one.last_sync is None:
        return [("Nothing was fetched yet; its owner is asked when both of you are online.", "muted")]
    return [("Its owner has posted nothing yet.", "muted")]


def rows(feed: Feed, one: Channel, look: FeedLook) -> list[Row]:
    """Oldest first; days, and what is missing, stand between the posts."""
    made: list[Row] = []
    before: date | None = None
    for post in feed.posts:
        day = when.day(post.created_at, look.zone)
        above = [_divider(when.day_words(day, look.today), look)] if day != before else []
        if post.gap:
            above.append(_divider(f"{look.glyphs.alarm} {_missing(post.gap)}", look, "warn"))
        before = day
        made += [*above, Row(None, (((), ()),)), Row(post.id, _lines(post, one, look))]
    return made


def _missing(gap: int) -> str:
    return "one post is missing here" if gap == 1 else f"{gap} posts are missing here"


def _divider(words: str, look: FeedLook, ink: Ink = "muted") -> Row:
    words = f" {words} "
    side = max(0, look.cells - _MARGIN - cell_len(words))
    left, right = look.glyphs.line * (side // 2), look.glyphs.line * (side - side // 2)
    return Row(None, (((), ()), ([(left, "line"), (words, ink), (right, "line")], ())))


def _lines(post: Post, one: Channel, look: FeedLook) -> tuple[tuple[Pieces, Pieces], ...]:
    bar: Piece = (look.glyphs.bar + " ", "mine" if one.own else "theirs")
    time = "  " + when.clock(post.created_at, look.zone)
    head: list[Piece] = [bar, (safe_text(one.owner, multiline=False), bar[1]), (time, "muted")]
    seen: list[Piece] = []
    if post.seen_by is not None and post.text is not None:
        seen.append((f"seen by {post.seen_by}", "good" if post.seen_by else "muted"))
    lines: list[tuple[Pieces, Pieces]] = [(head, seen)]
    if post.contradicted:
        words = f"{look.glyphs.alarm} another post claims this place: its owner, or a copy of them, said two things"
        lines += [([bar, (row.text, "bad")], ()) for row in wrap(words, _text_cells(look))]
    said, ink = _said(post, look)
    return (*lines, *(([bar, (row.text, ink)], ()) for row in said))


def _said(post: Post, look: FeedLook) -> tuple[list[Wrapped], Ink]:
    if post.text is None:
        return wrap(unsaid(post), _text_cells(look)), "muted"
    return wrap(safe_text(post.text, multiline=True, max_lines=LINES_MAX), _text_cells(look)), "text"


def _text_cells(look: FeedLook) -> int:
    return max(8, min(look.cells, TEXT_WIDTH_MAX) - _MARGIN)

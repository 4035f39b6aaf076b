"""Search as you type; Enter goes to the message in its conversation."""

from typing import Final

from textual.app import ComposeResult
from textual.containers import Vertical
from textual.timer import Timer

from chattor.errors import ChattorError
from chattor.model.ids import FriendId
from chattor.model.search import SearchHit
from chattor.text import safe_text
from chattor.tui import when
from chattor.tui.ink import Piece
from chattor.tui.modals.chooser import Chooser
from chattor.tui.shell import Shell, shell
from chattor.tui.widgets.plain import Field, Plain
from chattor.tui.widgets.rows import Row, RowList
from chattor.words import sentence

TYPED: Final = 0.12  # s without a key before the store is asked
SHOWN: Final = 50  # hits
HELP: Final = 'words  "a phrase"  begin*  from:NAME  in:CHANNEL  before:2026-01-31  after:2026-01-01'


class Search(Chooser[SearchHit]):
    """The hit that was picked, or None. With a friend only his conversation is searched."""

    def __init__(self, query: str = "", friend: FriendId | None = None) -> None:
        super().__init__()
        self._query = query
        self._friend = friend
        self._hits: dict[str, SearchHit] = {}
        self._timer: Timer | None = None

    def compose(self) -> ComposeResult:
        """A line to write in above the hits."""
        one = self.shell.view.friend(self._friend)
        where = f"Search in {safe_text(one.name, multiline=False)}" if one else "Search everywhere"
        with Vertical(classes="picker"):
            field = Field(id="query", hint=where, limit=256)
            field.value = self._query
            yield field
            yield RowList(id="list", empty=[(HELP, "muted")])
            yield Plain("", id="problem", classes="problem")

    @property
    def shell(self) -> Shell:
        """The application."""
        return shell(self)

    def on_mount(self) -> None:
        """What was given with the command is looked for at once."""
        self.query_one("#problem", Plain).say("")
        if self._query:
            self._look_up()

    def on_input_changed(self, event: Field.Changed) -> None:
        """A moment after the last key."""
        if self._timer:
            self._timer.stop()
        self._query = event.value.strip()
        self._timer = self.set_timer(TYPED, self._look_up)

    def on_input_submitted(self) -> None:
        """Enter goes there."""
        self._pick(self.rows.cursor)

    def on_row_list_chosen(self, event: RowList.Chosen) -> None:
        """So does a click."""
        self._pick(event.key)

    def _pick(self, key: str | None) -> None:
        if key is not None and key in self._hits:
            self.dismiss(self._hits[key])

    def _look_up(self) -> None:
        if self._query:
            self.shell.attempt(self._search(self._query), self._failed)
        else:
            self._show([], [(HELP, "muted")])

    async def _search(self, query: str) -> None:
        hits = await self.shell.session.api.search(query, friend=self._friend, limit=SHOWN)
        if self.is_attached and query == self._query:
            self._show(hits, [("Nothing found.", "muted")])

    def _show(self, hits: list[SearchHit], empty: list[Piece]) -> None:
        self._hits = {hit.id: hit for hit in hits}
        self.query_one("#problem", Plain).say("")
        self.rows.say_when_empty(empty)
        self.rows.show([self._row(hit) for hit in hits], hits[0].id if hits else None)

    def _failed(self, error: ChattorError) -> None:
        if self.is_attached:
            self.query_one("#problem", Plain).say(sentence(error))

    def _row(self, hit: SearchHit) -> Row:
        one = self.shell.view.friend(hit.friend)
        name = safe_text(one.name, multiline=False) if one else "a stranger" if hit.channel else "a friend who is gone"
        who = f"you to {name}" if hit.direction == "out" else name
        if hit.channel:
            who = f"a post by {'you' if hit.direction == 'out' else name}"
        at = when.age(hit.sent_at, self.shell.now(), self.shell.options.zone)
        return Row(hit.id, (([(who, "strong")], [(at, "muted")]), (_marked(hit), ())))


def _marked(hit: SearchHit) -> list[Piece]:
    """The snippet with what was found in another ink; every piece is cleaned by itself."""
    pieces: list[Piece] = [("  ", "text")]
    at = 0
    for start, end in hit.matches:
        pieces += [(_safe(hit.snippet[at:start]), "muted"), (_safe(hit.snippet[start:end]), "accent")]
        at = end
    return [*pieces, (_safe(hit.snippet[at:]), "muted")]


def _safe(text: str) -> str:
    return safe_text(text, multiline=False)

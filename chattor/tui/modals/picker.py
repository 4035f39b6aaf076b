"""Write a few letters, choose from what fits: friends, commands, themes. The list is the caller's; nothing waits."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from textual.app import ComposeResult
from textual.containers import Vertical

from chattor.tui.fuzzy import rank
from chattor.tui.ink import Piece, Pieces
from chattor.tui.modals.chooser import Chooser
from chattor.tui.widgets.plain import Field
from chattor.tui.widgets.rows import Row, RowList


@dataclass(frozen=True, slots=True, kw_only=True)
class Item:
    """One thing to pick. `text` is what the letters are looked for in, and what is shown after the sign.

    Words are looked for in `help` and in `also`, too, which is not shown.
    """

    key: str
    text: str
    sign: Piece | None = None
    help: str = ""
    also: str = ""
    right: Pieces = ()


class Picker(Chooser[str]):
    """The key of what was picked, or None. With an empty query the items stand in the order given."""

    def __init__(self, hint: str, items: Sequence[Item], cursor: str | None = None) -> None:
        super().__init__()
        self._hint = hint
        self._items = items
        self._first = cursor

    def compose(self) -> ComposeResult:
        """A line to write in above the list."""
        with Vertical(classes="picker"):
            yield Field(id="query", hint=self._hint, limit=64)
            yield RowList(id="list", empty=[("Nothing fits.", "muted")])

    def on_mount(self) -> None:
        """Everything, at first."""
        self._show("")

    def on_input_changed(self, event: Field.Changed) -> None:
        """Fewer letters, more items."""
        self._show(event.value)

    def on_input_submitted(self, event: Field.Submitted) -> None:
        """Enter picks."""
        picked = self.picked if self.picked is not None else self.other(event.value.strip())
        if picked is not None:
            self.dismiss(picked)

    def other(self, written: str) -> str | None:
        """What to pick when nothing in the list fits what was written; None: nothing."""
        del written
        return None

    @property
    def picked(self) -> str | None:
        """What Enter would pick."""
        return self.rows.cursor

    def on_row_list_chosen(self, event: RowList.Chosen) -> None:
        """So does a click."""
        self.dismiss(event.key)

    def _show(self, query: str) -> None:
        found = rank(query, self._items, lambda item: item.text, lambda item: f"{item.also} {item.help}")
        cursor = self._first if not query else found[0].key if found else None
        self.rows.show([_row(item) for item in found], cursor)


class Previews(Picker):
    """Whatever the cursor comes to is shown at once; whoever opened it goes back if nothing is picked."""

    def __init__(self, hint: str, items: Sequence[Item], cursor: str, show: Callable[[str], object]) -> None:
        super().__init__(hint, items, cursor)
        self._preview = show
        self._shown: str | None = cursor

    def on_row_list_moved(self) -> None:
        """By a key."""
        self._look()

    def on_input_changed(self, event: Field.Changed) -> None:
        """By a letter, which may leave another one first in the list."""
        del event
        self.call_next(self._look)

    def _look(self) -> None:
        if self.picked is not None and self.picked != self._shown:
            self._shown = self.picked
            self._preview(self.picked)


def _row(item: Item) -> Row:
    left: list[Piece] = [item.sign] if item.sign else []
    left.append((item.text, "text"))
    if item.help:
        left.append((f"  {item.help}", "muted"))
    return Row(item.key, ((left, item.right),))

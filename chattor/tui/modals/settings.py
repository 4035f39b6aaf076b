"""Every setting with its meaning, found by its words; Enter changes one, in settings.toml, where comments stay."""

from textual.app import ComposeResult

from chattor.model.settings import Setting
from chattor.text import safe_text
from chattor.tui import key_settings
from chattor.tui.ink import Ink, Piece
from chattor.tui.modals.ask import Ask
from chattor.tui.modals.dialog import Dialog
from chattor.tui.modals.picker import Item, Picker
from chattor.tui.widgets.plain import Choice, Field
from chattor.tui.widgets.rows import EDGES, Row, RowList
from chattor.tui.wrap import wrap

VALUE_MAX = 256  # characters
ENTRY_MAX = 1_000
QUERY_MAX = 64
ADD = "add"
INDENT = EDGES + 2  # cells
FIRST = ("terminal", "notifications", "privacy", "lock", "history")
"""Sections people come for; the others follow as they are."""


class SettingsList(Dialog[None]):
    """What can be chosen is chosen from a list, anything else is written."""

    title_words = "Settings"
    first_focus = "#query"

    def __init__(self) -> None:
        super().__init__()
        self._settings: dict[str, Setting] = {}

    def body(self) -> ComposeResult:
        """A line to search with above the list."""
        yield Field(id="query", hint="Search", limit=QUERY_MAX)
        yield RowList(id="list", empty=[("Nothing fits.", "muted")])

    def choices(self) -> ComposeResult:
        """Leave, or change the chosen one."""
        yield Choice("Close", id="close")
        yield Choice("Change", id="change", classes="main")

    def on_show(self) -> None:
        """Look them up."""
        self.attempt(self._look_up())

    def on_input_changed(self) -> None:
        """Fewer letters, more settings."""
        self._show()

    def on_input_submitted(self) -> None:
        """Enter changes what the cursor is on."""
        self.chosen("change")

    def action_scroll_body(self, rows: int) -> None:
        """Up and down go through the list, while the letters keep the focus."""
        self.query_one(RowList).action_move(rows)

    def on_row_list_chosen(self, event: RowList.Chosen) -> None:
        """Enter changes it."""
        self._change(self._settings[event.key])

    def chosen(self, _id: str) -> None:
        """So does the button."""
        cursor = self.query_one(RowList).cursor
        if cursor is not None:
            self._change(self._settings[cursor])

    def _change(self, one: Setting) -> None:
        def given(value: str | None) -> None:
            if value is not None and value != one.value:
                self.attempt(self._set(one.key, value))

        choices = self.shell.shelf.names() if one.key == "terminal.theme" else one.choices
        if one.many:
            self._change_list(one)
        elif choices:
            items = [
                Item(key=choice, text=choice, right=[("default", "muted")] if choice == one.default else ())
                for choice in choices
            ]
            self.shell.push_screen(Picker(one.key, items, cursor=one.value), given)
        else:
            text = f"{one.help} Left empty: {_words(one.default)}."
            self.shell.push_screen(Ask(one.key, text, "Set", one.value, VALUE_MAX, may_be_empty=True), given)

    def _change_list(self, one: Setting) -> None:
        """Enter takes an entry out; the first line asks for another."""
        entries = one.value.splitlines()

        def added(entry: str | None) -> None:
            if entry:
                self.attempt(self._set(one.key, "\n".join([*entries, entry])))

        def picked(place: str | None) -> None:
            if place == ADD:
                self.shell.push_screen(Ask(one.key, one.help, "Add", "", ENTRY_MAX), added)
            elif place is not None:
                left = [entry for number, entry in enumerate(entries) if str(number) != place]
                self.attempt(self._set(one.key, "\n".join(left)))

        items = [Item(key=ADD, text="Add one", help="What you choose below is taken out.")]
        items += [Item(key=str(number), text=_words(entry)) for number, entry in enumerate(entries)]
        self.shell.push_screen(Picker(one.key, items), picked)

    async def _set(self, key: str, value: str) -> None:
        key_settings.check(key, value)
        changed = await self.shell.session.api.settings_set(key, value)
        self.shell.obey(changed)
        await self._look_up()

    async def _look_up(self) -> None:
        found = {one.key: one for one in sorted(await self.shell.session.api.settings_list(), key=_place)}
        keys = key_settings.key_settings(self.shell.keymap, found["terminal.keys"].value)
        known = {one.key: one for one in keys}
        self._settings = {key: one for key, one in found.items() if key not in known} | known
        if self.is_attached:
            self._show()

    def on_resize(self) -> None:
        """Meanings are wrapped to the width."""
        self._show()

    def _show(self) -> None:
        rows = self.query_one(RowList)
        cells = max(16, rows.size.width - INDENT)
        wanted = self.query_one("#query", Field).value.lower().split()
        fitting = (one for one in self._settings.values() if all(word in _searched(one) for word in wanted))
        rows.show([_row(one, cells) for one in fitting])


def _place(one: Setting) -> int:
    section = one.key.partition(".")[0]
    return FIRST.index(section) if section in FIRST else len(FIRST)


def _searched(one: Setting) -> str:
    return " ".join((one.key, one.help, one.value, *one.choices)).lower()


def _words(value: str) -> str:
    return safe_text(value, multiline=False) or "not set"


def _row(one: Setting, cells: int) -> Row:
    ink: Ink = "muted" if one.value == one.default else "accent"
    meaning = f"{one.help} Holds from the next start on." if one.restart else one.help
    meaning += f" Default: {_words(one.default)}." if one.value != one.default else ""
    lines: list[tuple[list[Piece], list[Piece]]] = [([(one.key, "strong")], [(_words(one.value), ink)])]
    lines += [([(f"  {line.text}", "muted")], []) for line in wrap(meaning, cells)]
    return Row(one.key, tuple(lines))

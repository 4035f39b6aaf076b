"""Where messages and posts are written. Enter sends; Shift+Enter, Ctrl+J, Alt+Enter begin a line; a paste never sends.

What is written belongs to the friend or channel it was begun for: `bind` puts one text away and another in place.
"""

from typing import Final

from textual import events
from textual.binding import Binding
from textual.content import Content
from textual.message import Message
from textual.reactive import var
from textual.strip import Strip
from textual.widgets import TextArea

from chattor.model.ids import ChannelId, FriendId
from chattor.model.message import TEXT_MAX
from chattor.text import safe_text
from chattor.tui.bindings import bindings
from chattor.tui.input_history import InputHistory
from chattor.tui.keytable import Place
from chattor.tui.shell import shell
from chattor.tui.suggesting import Find, Offers, Suggesting

COUNT_FROM: Final = 14_000  # bytes; from here on the counter is shown
PASTE_MAX: Final = 4 * TEXT_MAX  # characters; no more is kept as a draft, and the clipboard still has it

Addressee = FriendId | ChannelId
_OFFERS: Final = {"up", "down", "tab", "enter", "escape"}
_TMUX_SHIFT_ENTER: Final = "shift+\r"  # with modifyOtherKeys; no binding can name it
_MARKING: Final = (
    ("ctrl+shift+", "left", "cursor_word_left"),
    ("ctrl+shift+", "right", "cursor_word_right"),
    ("shift+", "home", "cursor_line_start"),
    ("shift+", "end", "cursor_line_end"),
    ("shift+", "up", "cursor_up"),
    ("shift+", "down", "cursor_down"),
    ("shift+", "left", "cursor_left"),
    ("shift+", "right", "cursor_right"),
)


class Composer(TextArea, inherit_bindings=False):
    """A text area of one to eight rows; TextArea's own keys would stand before commands that are on the same ones."""

    BINDINGS = [
        *bindings(Place.WRITING),
        *bindings(Place.EDITING),
        *(Binding(f"{name}{key}", f"{action}(True)", show=False) for name, key, action in _MARKING),
    ]

    offered: var[tuple[Offers, int] | None] = var(None)
    """What could be meant, and which of it is chosen."""

    class Submitted(Message):
        """Enter was pressed."""

        def __init__(self, to: Addressee, text: str) -> None:
            super().__init__()
            self.to = to
            self.text = text

    class Written(Message):
        """The text changed by hand."""

        def __init__(self, to: Addressee, text: str) -> None:
            super().__init__()
            self.to = to
            self.text = text

    class SelectWanted(Message):
        """Up in an empty composer: to the messages."""

    class PasteRefused(Message):
        """Too much for one message: nothing was inserted. `words` say so."""

        def __init__(self, length: int) -> None:
            super().__init__()
            self.words = f"The paste has {length:,} characters; a text has at most {PASTE_MAX:,}. Nothing was inserted."

    def __init__(self, find: Find, *, id: str | None = None) -> None:
        super().__init__(id=id, compact=True, highlight_cursor_line=False, tab_behavior="focus", disabled=True)
        self.cursor_blink = False
        self.to: Addressee | None = None
        self._suggesting = Suggesting(find)
        self._history = InputHistory()

    def bind(self, to: Addressee | None, text: str, hint: str) -> None:
        """From now on what is written is for `to`; `text` was begun before."""
        if to != self.to:
            self.to = to
            self._load(text)
        self.placeholder = Content(hint)
        self.disabled = to is None

    def put_back(self, to: Addressee, text: str) -> bool:
        """Text that was kept or could not be sent, before what was written since; False if we are not bound to it."""
        if to != self.to:
            return False
        if text and text != self.text:
            self._load(f"{text}\n{self.text}" if self.text else text)
        return True

    @property
    def size_in_bytes(self) -> int:
        """As UTF-8."""
        return len(self.text.encode(errors="replace"))

    def _load(self, text: str) -> None:
        with self.prevent(TextArea.Changed):
            self.load_text(safe_text(text, multiline=True))
        self.move_cursor(self.document.end)
        self._look()

    def action_submit(self) -> None:
        """Hand the text over, unless there is none; what is typed from now on is another message."""
        text = self.text
        if self.to and text.strip():
            self._load("")
            self._history.add(self.to, text)
            self.post_message(self.Submitted(self.to, text))

    def replace_by(self, to: Addressee, text: str) -> None:
        """Another text instead of what stands here, if we are bound to them."""
        if to == self.to:
            self._load(text)

    def action_sent(self, by: int) -> None:
        """What was sent from here before, or after that."""
        if self.to and (text := self._history.step(self.to, by, self.text)) is not None:
            self.rewrite(self.to, text)

    def rewrite(self, to: Addressee, text: str) -> bool:
        """Another text, as if it were written by hand; False if we are not bound to them."""
        if to != self.to:
            return False
        clean = safe_text(text, multiline=True)
        self.move_cursor(self.replace(clean, (0, 0), self.document.end).end_location)
        return True

    def forget(self) -> None:
        """What was sent is not to be fetched again."""
        self._history.forget()

    def action_cursor_up(self, select: bool = False) -> None:
        """Up; from an empty composer to the messages."""
        if self.text:
            super().action_cursor_up(select)
        else:
            self.post_message(self.SelectWanted())

    def action_choose(self) -> None:
        """To the messages, whatever is written."""
        self.post_message(self.SelectWanted())

    def action_newline(self) -> None:
        """Break the line here."""
        self.move_cursor(self.replace("\n", *self.selection).end_location)

    # What could be meant

    def _look(self) -> None:
        """Look at what stands before the cursor; a key that may mean an offer looks first, whatever is under way."""
        row, column = self.cursor_location
        if self.has_focus and self.selection.is_empty:
            self._suggesting.look(self.document.get_line(row)[:column], row)
        else:
            self._suggesting.forget()
        self._show_offers()

    def _show_offers(self) -> None:
        self.offered = (self._suggesting.now, self._suggesting.at) if self._suggesting.now else None

    def take(self, text: str) -> None:
        """Put it where its beginning was typed."""
        if found := self._suggesting.now:
            row, column = self.cursor_location
            self.move_cursor(self.replace(text, (row, found.start), (row, column)).end_location)

    def _means_offer(self, key: str) -> bool:
        """Whether a key was for what is offered; it is carried out then."""
        self._look()
        suggesting = self._suggesting
        if suggesting.chosen is None:
            return False
        if key in ("up", "down"):
            suggesting.move(1 if key == "down" else -1)
        elif key == "escape":
            suggesting.wave_away()
        elif key == "tab" or (key == "enter" and suggesting.enter_takes):
            self.take(suggesting.chosen.text)
        else:
            return False
        self._show_offers()
        return True

    def watch_has_focus(self, _has_focus: bool) -> None:
        """Nothing is offered to whoever is elsewhere."""
        super().watch_has_focus(_has_focus)
        self._look()

    def on_text_area_selection_changed(self) -> None:
        """The cursor moved."""
        self._look()

    async def _on_key(self, event: events.Key) -> None:
        """At once, not by way of the bindings: what is typed right behind Enter belongs to the next message."""
        keys = shell(self).keymap.keys
        if event.key in _OFFERS and self._means_offer(event.key):
            self._stop(event)
        elif event.key in keys["send"]:
            self._stop(event)
            self.action_submit()
        elif event.key in keys["newline"] or event.key == _TMUX_SHIFT_ENTER:
            self._stop(event)
            self.action_newline()
        elif event.key == "enter":
            event.prevent_default()  # TextArea would begin a line

    @staticmethod
    def _stop(event: events.Key) -> None:
        event.stop()
        event.prevent_default()

    async def _on_paste(self, event: events.Paste) -> None:
        """Most terminals, tmux among them, end the lines of what they paste as Enter would: by CR."""
        event.stop()
        event.prevent_default()
        text = safe_text(event.text.replace("\r\n", "\n").replace("\r", "\n"), multiline=True)
        if len(self.text) + len(text) > PASTE_MAX:
            self.post_message(self.PasteRefused(len(text)))
            return
        await super()._on_paste(events.Paste(text))

    def render_line(self, y: int) -> Strip:
        """Without any room there is nothing to draw; TextArea would fail to wrap its hint."""
        return super().render_line(y) if self.content_size.width > 0 else Strip.blank(self.size.width)

    def on_text_area_changed(self, event: TextArea.Changed) -> None:
        """Tell it under our own name, with whom it is for."""
        event.stop()
        if self.to:
            self.post_message(self.Written(self.to, self.text))

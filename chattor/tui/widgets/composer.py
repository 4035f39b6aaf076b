"""Where messages are written. Enter sends; Shift+Enter, Ctrl+J and Alt+Enter begin a new line; a paste never sends.

What is written belongs to the friend it was begun for: `bind` puts one friend's text away and another's in place.
"""

from typing import Final

from textual import events
from textual.binding import Binding
from textual.content import Content
from textual.message import Message
from textual.strip import Strip
from textual.widgets import TextArea

from chattor.model.ids import FriendId
from chattor.text import safe_text

TEXT_MAX: Final = 16_000  # bytes of UTF-8; protocol.limits.TEXT_MAX is the same number
COUNT_FROM: Final = 14_000  # bytes; from here on the counter is shown
PASTE_MAX: Final = 4 * TEXT_MAX  # characters; more is refused, the clipboard still has it

# TextArea would take Enter as a new line; a tmux with modifyOtherKeys says Shift+Enter as a key no binding can name.
_DOES: Final = {"enter": "submit", "shift+\r": "newline"}


class Composer(TextArea):
    """A text area of one to eight rows."""

    BINDINGS = [
        Binding("enter", "submit", "Send", id="send"),
        Binding("ctrl+j,shift+enter,alt+enter,ctrl+enter", "newline", "New line", id="newline"),
        Binding("ctrl+k", "app.do('jump')", "Jump"),  # not TextArea's "delete to the end of the line"
        Binding("pageup", "screen.scroll_history(-1)", "Page up", show=False),
        Binding("pagedown", "screen.scroll_history(1)", "Page down", show=False),
    ]

    class Submitted(Message):
        """Enter was pressed."""

        def __init__(self, friend: FriendId, text: str) -> None:
            super().__init__()
            self.friend = friend
            self.text = text

    class Written(Message):
        """The text changed by hand."""

        def __init__(self, friend: FriendId, text: str) -> None:
            super().__init__()
            self.friend = friend
            self.text = text

    class PasteRefused(Message):
        """Too much for one message."""

        def __init__(self, length: int) -> None:
            super().__init__()
            self.length = length

    def __init__(self, *, id: str | None = None) -> None:
        super().__init__(id=id, compact=True, highlight_cursor_line=False, tab_behavior="focus")
        self.cursor_blink = False
        self.friend: FriendId | None = None

    def bind(self, friend: FriendId | None, text: str, hint: str) -> None:
        """From now on what is written is for `friend`; `text` was begun before."""
        if friend != self.friend:
            self.friend = friend
            self._load(text)
        self.placeholder = Content(hint)
        self.disabled = friend is None

    def put_back(self, friend: FriendId, text: str) -> bool:
        """Text that was kept or could not be sent, before what was written since; False if he is not bound."""
        if friend != self.friend:
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

    def action_submit(self) -> None:
        """Hand the text over, unless there is none; what is typed from now on is another message."""
        text = self.text
        if self.friend and text.strip():
            self._load("")
            self.post_message(self.Submitted(self.friend, text))

    def action_newline(self) -> None:
        """Break the line here."""
        self.move_cursor(self.replace("\n", *self.selection).end_location)

    async def _on_key(self, event: events.Key) -> None:
        if event.key in _DOES:
            event.stop()
            event.prevent_default()
            await self.run_action(_DOES[event.key])

    async def _on_paste(self, event: events.Paste) -> None:
        event.stop()
        event.prevent_default()
        if len(event.text) > PASTE_MAX:
            self.post_message(self.PasteRefused(len(event.text)))
            return
        await super()._on_paste(events.Paste(safe_text(event.text, multiline=True)))

    def render_line(self, y: int) -> Strip:
        """Without any room there is nothing to draw; TextArea would fail to wrap its hint."""
        return super().render_line(y) if self.content_size.width > 0 else Strip.blank(self.size.width)

    def on_text_area_changed(self, event: TextArea.Changed) -> None:
        """Tell it under our own name, with the friend it is for."""
        event.stop()
        if self.friend:
            self.post_message(self.Written(self.friend, self.text))

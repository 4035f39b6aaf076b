"""Paste a friend code and ask. What is wrong with the code is said in place, with what to do."""

from textual.app import ComposeResult

from chattor.model.friend import NOTE_MAX
from chattor.text import NAME_MAX
from chattor.tui.modals.dialog import Dialog
from chattor.tui.widgets.plain import Choice, Field, Plain

CODE_MAX = 4096  # characters taken from a paste; the node looks at 128 and says what is wrong


class AddFriend(Dialog[None]):
    """Asks, then closes; the request is then in the sidebar."""

    title_words = "Add a friend"

    def __init__(self, code: str = "") -> None:
        super().__init__()
        self._code = code
        self.first_focus = "#name" if code else "#code"

    def body(self) -> ComposeResult:
        """Code, name, note."""
        yield Plain("Friend code — 88 characters, it starts with ct1", classes="label")
        code = Field(id="code", hint="ct1…", limit=CODE_MAX)
        code.value = self._code
        yield code
        yield Plain("Name — how you will call them; only you see it", classes="label")
        yield Field(id="name", hint="can be left out", limit=NAME_MAX)
        yield Plain("", id="count", classes="label")
        yield Field(id="note", hint="can be left out: who you are, where you met", limit=NOTE_MAX)

    def choices(self) -> ComposeResult:
        """Leave, or ask."""
        yield Choice("Cancel", id="close")
        yield Choice("Send request", id="send", classes="main")

    def on_mount(self) -> None:
        """Nothing is written yet."""
        self._count("")

    def on_input_changed(self, event: Field.Changed) -> None:
        """The counter of the note; a changed code is no longer wrong."""
        if event.input.id == "note":
            self._count(event.value)
        else:
            self.problem("")

    def on_input_submitted(self, event: Field.Submitted) -> None:
        """Enter goes on, and asks from the last field."""
        if event.input.id == "note" or (event.input.id == "code" and self._code):
            self.chosen("send")
        else:
            self.focus_next()

    def chosen(self, _id: str) -> None:
        """Ask."""
        self.attempt(self._send())

    async def _send(self) -> None:
        code, name, note = (self.query_one(f"#{field}", Field).value.strip() for field in ("code", "name", "note"))
        request = await self.shell.session.api.friends_add(code, name or None, note)
        self.shell.notify(f"{request.name} will be asked as soon as both of you are online.")
        if self.is_attached:
            self.dismiss(None)

    def _count(self, note: str) -> None:
        self.query_one("#count", Plain).say(f"Note — goes with the request, {len(note)} of {NOTE_MAX}")

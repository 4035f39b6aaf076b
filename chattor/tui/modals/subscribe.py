"""Read a channel of somebody: a friend by name, or anybody by code. What is wrong is said in place."""

from textual.app import ComposeResult

from chattor.text import NAME_MAX
from chattor.tui.feed import title
from chattor.tui.modals.dialog import Dialog
from chattor.tui.widgets.plain import Choice, Field, Plain

CODE_MAX = 4096  # characters taken from a paste; the node says what is wrong with it
USUAL = "public"


class Subscribe(Dialog[None]):
    """Asks, then opens the channel."""

    title_words = "Subscribe to a channel"

    def __init__(self, code: str = "") -> None:
        super().__init__()
        self._code = code
        self.first_focus = "#channel" if code else "#code"

    def body(self) -> ComposeResult:
        """Code and channel."""
        yield Plain("Whose — a friend's name, or a friend code, which starts with ct1", classes="label")
        code = Field(id="code", limit=CODE_MAX)
        code.value = self._code
        yield code
        yield Plain("Channel — every owner has one that is called public", classes="label")
        channel = Field(id="channel", limit=NAME_MAX)
        channel.value = USUAL
        yield channel
        yield Plain("You need not be friends, and a stranger does not learn who reads.", classes="muted")

    def choices(self) -> ComposeResult:
        """Leave, or subscribe."""
        yield Choice("Cancel", id="close")
        yield Choice("Subscribe", id="subscribe", classes="main")

    def on_input_changed(self) -> None:
        """What was changed is no longer wrong."""
        self.problem("")

    def on_input_submitted(self, event: Field.Submitted) -> None:
        """Enter goes on, and asks from the last field."""
        if event.input.id == "channel":
            self.chosen("subscribe")
        else:
            self.focus_next()

    def chosen(self, _id: str) -> None:
        """Ask."""
        self.attempt(self._subscribe())

    async def _subscribe(self) -> None:
        code, name = (self.query_one(f"#{field}", Field).value.strip() for field in ("code", "channel"))
        one = await self.shell.session.api.channels_subscribe(code, name or USUAL)
        self.shell.notify(f"You read {title(one)}; it is fetched whenever its owner can be reached.")
        if self.is_attached:
            self.dismiss(None)
        self.shell.open_feed(one.id)

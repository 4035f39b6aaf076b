"""The application: finds the node, leads through the screens, runs commands, leaves tidily.

`run(gateway, options)` is the one entry; the command line calls it. The gateway decides whether the node runs here or
in a daemon; nothing here can tell the difference, but for the question asked on leaving.
"""

from collections.abc import Sequence
from pathlib import Path
from typing import Final

from rich.text import Text
from textual import events
from textual.binding import Binding
from textual.filter import LineFilter
from textual.screen import Screen

from chattor.api import Gateway
from chattor.errors import ChattorError
from chattor.model.ids import FriendId
from chattor.text import safe_text
from chattor.tui.announce import announce
from chattor.tui.commands import BY_NAME, Command
from chattor.tui.deeds import Deeds, fits
from chattor.tui.guard import Guard
from chattor.tui.keys import teach_alt
from chattor.tui.modals.quitting import quitting
from chattor.tui.options import Options
from chattor.tui.paste import keep_pastes_whole
from chattor.tui.screens.connecting import Connecting
from chattor.tui.screens.first_code import FirstCode
from chattor.tui.screens.main import Main
from chattor.tui.screens.unlock import Unlock
from chattor.tui.screens.welcome import Welcome
from chattor.tui.session import Desk
from chattor.tui.shell import Happened, Shell, sentence
from chattor.tui.theme import DEFAULT
from chattor.tui.typeahead import Typeahead, Typed

GUARD: Final = Guard()
LOOK_AT_THEME: Final = 2.0  # s between looks at the user's theme files


class ChattorApp(Shell):
    """One window on one node."""

    CSS_PATH = Path(__file__).with_name("styles") / "chattor.tcss"
    TITLE = "chattor"
    BINDINGS = [Binding("ctrl+q", "leave", "Quit", id="quit", priority=True)]
    ENABLE_COMMAND_PALETTE = False  # ours is made from the one table; Textual's offers a screenshot
    HORIZONTAL_BREAKPOINTS = [(0, "-narrow"), (60, "-normal"), (100, "-wide")]
    VERTICAL_BREAKPOINTS = [(0, "-short"), (16, "-tall")]

    def __init__(self, gateway: Gateway, options: Options) -> None:
        super().__init__(gateway, options)
        self._deeds = Deeds(self, self)
        self._typeahead = Typeahead(self)
        self._leaving = False

    def get_line_filters(self) -> Sequence[LineFilter]:
        """Ours comes first: what the others see is safe already."""
        return [GUARD, *super().get_line_filters()]

    async def on_event(self, event: events.Event) -> None:
        """Keys pass the gate of `Typeahead`, one effect at a time."""
        if isinstance(event, Typed) and not event.is_forwarded:
            if not self._typeahead.hold(event):
                await self._hand_out(event)
        else:
            await super().on_event(event)

    async def _hand_out(self, event: Typed | None) -> None:
        while event:
            await super().on_event(event)
            if self._typeahead.closed:
                self.run_worker(self._wait_for_effect(), group="keys")
                return
            event = self._typeahead.next()

    async def _wait_for_effect(self) -> None:
        await self._typeahead.effect()
        self.call_next(self._go_on)

    async def _go_on(self) -> None:
        await self._hand_out(self._typeahead.next())

    def on_mount(self) -> None:
        """Dress, then look what is there."""
        if not self.wear(self.options.theme):
            self.wear(DEFAULT)
        self.set_interval(LOOK_AT_THEME, self.wear_again)
        self.attempt(self._arrive(), self._stranded)

    # The way through the screens

    async def _arrive(self) -> None:
        state = await self.gateway.probe()
        if state.running:
            self.begin(Desk(api=await self.gateway.attach(), hosting=False))
            self.enter()
        else:
            self._show(Unlock() if state.exists else Welcome())

    def _show(self, screen: Screen[None]) -> None:
        """Instead of the one before; Textual's own first screen stays below, it cannot be replaced."""
        if len(self.screen_stack) > 1:
            self.switch_screen(screen)
        else:
            self.push_screen(screen)

    def _stranded(self, error: ChattorError) -> None:
        """Nothing can be shown without a node: say why on the terminal and go."""
        self.exit(return_code=error.exit_code, message=Text(safe_text(f"chattor: {sentence(error)}", multiline=False)))

    def unlocked(self, desk: Desk) -> None:
        """The profile is open: watch Tor come up."""
        self.begin(desk)
        self._show(Connecting())

    def created(self, desk: Desk) -> None:
        """The profile is new: show the code."""
        self.begin(desk)
        self._show(FirstCode())

    def enter(self) -> None:
        """To the main screen."""
        if not any(isinstance(screen, Main) for screen in self.screen_stack):
            self._show(Main(self.session))

    # What happens

    def on_happened(self, event: Happened) -> None:
        """Some of it is worth a toast; Textual calls the shell's own handler, which shows the rest."""
        for happening in event.happenings:
            if said := announce(happening, self.view):
                self.notify(said.words, severity=said.severity)

    # What is asked

    def open_chat(self, friend: FriendId) -> None:
        """To a conversation."""
        self._deeds.open(friend)

    def run_command(self, command: Command, argument: str = "") -> None:
        """By its name in the table, if it makes sense now."""
        if fits(command, self.view):
            deed = getattr(self._deeds, command.name)
            deed(argument) if command.argument else deed()
        else:
            self.notify(f"/{command.name} needs another conversation: {command.help}.", severity="warning")

    def action_do(self, name: str) -> None:
        """From a key."""
        self.run_command(BY_NAME[name])

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Keys of commands that make no sense now are neither shown nor taken."""
        if action == "do" and isinstance(name := parameters[0], str):
            return fits(BY_NAME[name], self.view)
        return super().check_action(action, parameters)

    def action_leave(self) -> None:
        """Quit; the question is only asked when the node would end with us."""
        if self._leaving:
            return
        if self.has_session and self.session.hosting and not self.view.lost:
            self.push_screen(quitting(self.view.waiting, self.gateway.profile), self._answered)
        else:
            self._answered(True)

    def _answered(self, sure: bool | None) -> None:
        if sure:
            self._leaving = True
            self.notify("Closing…")
            self.attempt(self._leave(), self._stranded)

    async def action_quit(self) -> None:
        """Textual's way out is ours."""
        self.action_leave()

    async def _leave(self) -> None:
        for screen in self.screen_stack:
            if isinstance(screen, Main):
                await screen.put_away()
        await self.gateway.close()
        self.exit(return_code=0)


def run(gateway: Gateway, options: Options | None = None) -> int:
    """Run the interface until the user leaves; the exit code of the process."""
    options = options or Options()
    teach_alt()
    keep_pastes_whole()
    app = ChattorApp(gateway, options)
    app.run(mouse=options.mouse)
    return app.return_code or 0

"""The application: finds the node, leads through the screens, runs commands, leaves tidily.

`run(gateway, options)` is the one entry; the command line calls it. The gateway decides whether the node runs here or
in a daemon; nothing here can tell the difference, but for the question asked on leaving.

What a window on a node that runs does not show at once is imported where it is first needed: dialogs and the screens
before the main one were a third of its start.
"""

from collections.abc import Sequence
from dataclasses import replace
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Final

from rich.text import Text
from textual import events
from textual.filter import LineFilter
from textual.screen import ModalScreen, Screen

from chattor.api import Gateway
from chattor.config.settings import NotificationSettings
from chattor.errors import ChattorError
from chattor.model.ids import ChannelId, FriendId
from chattor.notify.decide import Around
from chattor.notify.notifier import Notifier, Outlets, wanted_of
from chattor.text import safe_text
from chattor.tui.ascii_only import AsciiOnly
from chattor.tui.bindings import binding
from chattor.tui.cells import count_each
from chattor.tui.commands import BY_NAME, Command
from chattor.tui.fits import fits
from chattor.tui.guard import Guard
from chattor.tui.keys import teach_alt
from chattor.tui.navigation import Navigation
from chattor.tui.options import Options
from chattor.tui.paste import keep_pastes_whole
from chattor.tui.plain_emoji import PlainEmoji
from chattor.tui.screens.main import Main
from chattor.tui.session import Desk
from chattor.tui.shell import Shell, Updated
from chattor.tui.theme_shelf import DEFAULT
from chattor.tui.toasts import around, toast
from chattor.tui.typeahead import Typeahead, Typed
from chattor.tui.updates import NodeLocked
from chattor.words import sentence

if TYPE_CHECKING:
    from chattor.tui.command_handlers import CommandHandlers

GUARD: Final = Guard()
ASCII_ONLY: Final = AsciiOnly()
PLAIN_EMOJI: Final = PlainEmoji()
STOPPED: Final = "chattor: the node that ran in this window was asked to stop."
WIPED: Final = "chattor: the profile was deleted. Copies in backups or snapshots stay, sealed by the passphrase."
LOOK_AT_IDLE: Final = 5.0  # s between looks at how long nobody was here
LOOK_AT_THEME: Final = 2.0  # s between looks at the user's theme files


class ChattorApp(Shell):
    """One window on one node."""

    CSS_PATH = Path(__file__).with_name("styles") / "chattor.tcss"
    TITLE = "chattor"
    BINDINGS = [replace(binding("quit", "leave"), priority=True)]
    ENABLE_COMMAND_PALETTE = False  # ours is made from the one table; Textual's offers a screenshot
    HORIZONTAL_BREAKPOINTS = [(0, "-narrow"), (60, "-normal"), (100, "-wide")]
    VERTICAL_BREAKPOINTS = [(0, "-short"), (16, "-tall")]

    def __init__(self, gateway: Gateway, options: Options) -> None:
        super().__init__(gateway, options)
        self._navigation = Navigation(self)
        self._typeahead = Typeahead(self)
        self._leaving = False
        self._touched_at = options.clock.monotonic()
        self._notifier = Notifier(self._look_around, Outlets(self._write, options.environment).tell)

    def get_line_filters(self) -> Sequence[LineFilter]:
        """Ours comes first: what the others see is safe already."""
        ours: list[LineFilter] = [GUARD]
        ours += [ASCII_ONLY] if self.options.ascii else []
        ours += [PLAIN_EMOJI] if self.options.plain_emoji else []
        return [*ours, *super().get_line_filters()]

    async def on_event(self, event: events.Event) -> None:
        """Keys pass the gate of `Typeahead`, one effect at a time; whatever the user does tells that he is here."""
        if isinstance(event, events.InputEvent | events.Paste):
            self._touched_at = self.options.clock.monotonic()
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

    def on_load(self) -> None:
        """Dress."""
        if not self.wear(self.options.theme):
            self.wear(DEFAULT)

    def on_mount(self) -> None:
        """Look what is there."""
        self.use_keys(self.options.keys, self.options.own_keys)
        self.set_interval(LOOK_AT_THEME, self.wear_again)
        self.set_interval(LOOK_AT_IDLE, self.look_at_idle)
        self.attempt(self._arrive(), self._stranded)

    # The way through the screens

    async def _arrive(self) -> None:
        state = await self.gateway.probe()
        if state.running:
            self.begin(Desk(api=await self.gateway.attach(), hosting=False))
            self.enter()
        else:
            from chattor.tui.screens.unlock import Unlock
            from chattor.tui.screens.welcome import Welcome

            self._show(Unlock() if state.exists else Welcome())

    def _show(self, screen: Screen[None]) -> None:
        """Instead of the one before; Textual's own first screen stays below, it cannot be replaced.

        It fits the terminal from the beginning: Textual would style and draw it before it looks how large that is.
        """
        steps = ((self.size.width, self.HORIZONTAL_BREAKPOINTS), (self.size.height, self.VERTICAL_BREAKPOINTS))
        fitting = (max(step for step in each if step[0] <= cells)[1] for cells, each in steps)
        screen.set_class(True, *fitting, update=False)
        if len(self.screen_stack) > 1:
            self.switch_screen(screen)
        else:
            self.push_screen(screen)

    def _stranded(self, error: ChattorError) -> None:
        """Nothing can be shown without a node: say why on the terminal and go."""
        self.exit(return_code=error.exit_code, message=Text(f"chattor: {sentence(error)}"))

    def begin(self, desk: Desk) -> None:
        """From now on this is our node; if it is hosted here, whoever asks it to stop asks us to leave."""
        super().begin(desk)
        self.run_worker(self._notifier.run(), group="follow", exit_on_error=False)
        if desk.hosting:
            self.run_worker(self._until_asked_to_stop(), group="follow", exit_on_error=False)

    async def _until_asked_to_stop(self) -> None:
        await self.gateway.asked_to_stop()
        self._leaving = True
        await self._leave(STOPPED)

    def unlocked(self, desk: Desk) -> None:
        """The profile is open: watch Tor come up."""
        from chattor.tui.screens.connecting import Connecting

        self.begin(desk)
        self._show(Connecting())

    def created(self, desk: Desk) -> None:
        """The profile is new: show the code."""
        from chattor.tui.screens.first_code import FirstCode

        self.begin(desk)
        self._show(FirstCode())

    def enter(self) -> None:
        """To the main screen."""
        if not any(isinstance(screen, Main) for screen in self.screen_stack):
            self._show(Main(self.session))

    # What happens

    def on_updated(self, event: Updated) -> None:
        """Some is worth a toast or a notification; Textual calls the shell's own handler, which shows the rest."""
        self._notifier.heed(event.updates)
        if any(isinstance(update, NodeLocked) for update in event.updates):
            self._navigation.interrupt()
            self._cover()
        elif self._navigation.interrupted:
            self.call_next(self._navigation.resume)
        for update in event.updates:
            if said := toast(update, self.view, self.keymap, self.options.zone):
                self.notify(said.words, severity=said.severity)

    async def _look_around(self) -> tuple[NotificationSettings, Around]:
        wanted = await wanted_of(self.session.api)
        return wanted, around(self.view, focused=self.app_focus and not self.away)

    def _write(self, sequence: str) -> None:
        """Past the screen, but not into the middle of a frame, nor into another program's."""
        if self._driver is not None and not self.away:
            self._driver.write(sequence)

    def _cover(self) -> None:
        """Nothing stays to be seen: dialogs go, and one screen is over all."""
        from chattor.tui.screens.locked import LockedScreen

        while isinstance(self.screen, ModalScreen):
            self.pop_screen()
        if not isinstance(self.screen, LockedScreen):
            self.push_screen(LockedScreen())

    def look_at_idle(self) -> None:
        """The window asks the node for news whether anybody looks or not: only it knows that nobody does."""
        idle = self.options.clock.monotonic() - self._touched_at
        if self.has_session and not (self.view.locked or self.view.lost) and idle >= LOOK_AT_IDLE:
            self.attempt(self.session.lock_after(idle))

    # What is asked

    def open_chat(self, friend: FriendId) -> None:
        """To a conversation."""
        self._navigation.open(friend)
        self._write_there()

    def open_feed(self, channel: ChannelId) -> None:
        """To a channel."""
        self._navigation.read(channel)
        self._write_there()

    def _write_there(self) -> None:
        """Where one went is where one types, also if it was open already and the focus elsewhere."""
        for screen in self.screen_stack:
            if isinstance(screen, Main):
                screen.focus_writing()

    def wipe(self) -> None:
        """The node ends, the profile goes, and so do we."""
        self._leaving = True
        self.notify("Deleting…")
        self.attempt(self._wipe(), self._stranded)

    async def _wipe(self) -> None:
        left = await self.gateway.wipe()
        kept = "".join(f"\nLeft alone, not chattor's: {safe_text(file, multiline=False)}" for file in left)
        self.exit(return_code=0, message=Text(f"{WIPED}{kept}"))

    def write_outside(self) -> None:
        """Only what one sees is being written."""
        if isinstance(self.screen, Main):
            self.screen.write_outside()

    @cached_property
    def _commands(self) -> "CommandHandlers":
        from chattor.tui.command_handlers import CommandHandlers

        return CommandHandlers(self, self._navigation)

    def run_command(self, command: Command, argument: str = "") -> None:
        """By its name in the table, if it makes sense now."""
        if fits(command, self.view):
            handler = getattr(self._commands, command.name)
            handler(argument) if command.argument else handler()
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
            from chattor.tui.modals.quitting import quitting

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

    async def _leave(self, words: str = "") -> None:
        for screen in self.screen_stack:
            if isinstance(screen, Main):
                await screen.desk.put_away()
        await self.gateway.close()
        self.exit(return_code=0, message=Text(words) if words else None)


def run(gateway: Gateway, options: Options | None = None) -> int:
    """Run the interface until the user leaves; the exit code of the process."""
    options = options or Options()
    teach_alt()
    keep_pastes_whole()
    if options.plain_emoji:
        count_each()
    app = ChattorApp(gateway, options)
    app.run(mouse=options.mouse)
    return app.return_code or 0

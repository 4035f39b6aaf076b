"""What screens and dialogs may ask of the application: the view, the session, a toast, a piece of work.

The application proper (`app.py`) adds the way through the screens. This half exists so that a dialog can name what it
leans on without importing the whole.
"""

import asyncio
from collections.abc import Awaitable, Callable, Coroutine, Mapping, Sequence
from datetime import date, datetime
from functools import reduce as fold
from typing import Final

from textual.app import App, SuspendNotSupported
from textual.binding import Binding
from textual.dom import DOMNode
from textual.message import Message
from textual.notifications import SeverityLevel
from textual.reactive import var
from textual.worker import Worker, WorkerState

from chattor.api import Gateway
from chattor.errors import BadTheme, ChattorError, EditorFailed, Locked
from chattor.model.ids import ChannelId, FriendId
from chattor.model.settings import Setting
from chattor.text import safe_text
from chattor.tui import when
from chattor.tui.commands import Command
from chattor.tui.glyphs import Glyphs, glyphs
from chattor.tui.keymap import resolve
from chattor.tui.keynames import NONE, words
from chattor.tui.options import Options
from chattor.tui.palette import unreadable
from chattor.tui.session import Desk, Session
from chattor.tui.state import reduce
from chattor.tui.theme import to_textual
from chattor.tui.theme_shelf import DEFAULT, ThemeShelf
from chattor.tui.updates import Update
from chattor.tui.view import EVERYTHING, View
from chattor.words import sentence

TOAST_SECONDS: Final = 6.0


class Updated(Message):
    """The session learned something; posted, so that whoever learned it does not wait for the screen."""

    def __init__(self, updates: Sequence[Update]) -> None:
        super().__init__()
        self.updates = updates


class Shell(App[int]):
    """The state of the interface and the few things everything in it needs."""

    view: var[View] = var(View, always_update=True)
    away: var[bool] = var(False)
    """Another program has the terminal."""

    def __init__(self, gateway: Gateway, options: Options) -> None:
        super().__init__()
        self.animation_level = "none"  # nothing moves that was not moved: slow links, and 0 bytes/s when idle
        self.gateway = gateway
        self.options = options
        self.glyphs: Glyphs = glyphs(options.ascii)
        self.shelf = ThemeShelf(config=options.config)
        self.keymap = resolve()
        self._preset = "default"
        self._own_keys: Mapping[str, str] = {}
        self._worn: tuple[str, tuple[int, ...]] = ("", ())
        self._session: Session | None = None
        self._refreshing = False

    # The node

    @property
    def session(self) -> Session:
        """Our dealings with the node; only after `begin`."""
        if self._session is None:
            raise RuntimeError("no session yet")
        return self._session

    @property
    def has_session(self) -> bool:
        """Is there a node at all yet?"""
        return self._session is not None

    def begin(self, desk: Desk) -> None:
        """From now on this is our node."""
        self._session = Session(self.gateway, desk, self.options.clock, self._told, pause=self.options.pause)
        self.set_reactive(Shell.view, View(stale=EVERYTHING))
        self.run_worker(self.session.follow(), group="follow", exit_on_error=False)

    def _told(self, updates: Sequence[Update]) -> None:
        self.post_message(Updated(updates))

    def on_updated(self, event: Updated) -> None:
        """One redraw for all that happened."""
        self.apply(event.updates)

    def apply(self, updates: Sequence[Update]) -> None:
        """Show it at once: what the user does himself must stand before his next key."""
        was = self.view
        now = fold(reduce, updates, was)
        if now is not was:
            self.view = now
        self._look_up()

    def _look_up(self) -> None:
        if self.view.stale and not self.view.lost and not self.view.locked and not self._refreshing:
            self._refreshing = True
            self.attempt(self._refresh())

    async def _refresh(self) -> None:
        try:
            await self.session.refresh(self.view)
        finally:
            self._refreshing = False
        self.call_later(self._look_up)  # what became stale meanwhile, after what was just told

    # Work and its failures

    def attempt(
        self, work: Coroutine[object, object, object], failed: Callable[[ChattorError], None] | None = None
    ) -> None:
        """Do it without waiting; what goes wrong is told by `failed`, or in a toast."""
        self.run_worker(self._attempt(work, failed or self.complain), exit_on_error=False)

    async def _attempt(self, work: Coroutine[object, object, object], failed: Callable[[ChattorError], None]) -> None:
        try:
            await work
        except ChattorError as error:
            failed(error)

    def on_worker_state_changed(self, event: Worker.StateChanged) -> None:
        """A defect in one piece of work does not take the others down, but is not hidden either."""
        if event.state is WorkerState.ERROR:
            self.notify(f"A defect: {event.worker.error!r}. Please report it.", severity="error")

    def complain(self, error: ChattorError) -> None:
        """What went wrong and what to do, in a toast; the screen over all says it if the profile was just locked."""
        if isinstance(error, Locked) and self.view.locked:
            return
        self.notify(sentence(error), severity="error")

    def notify(
        self,
        message: str,
        *,
        title: str = "",
        severity: SeverityLevel = "information",
        timeout: float | None = None,
        markup: bool = False,
    ) -> None:
        """A toast; whatever it says is plain text."""
        del markup
        safe = safe_text(message, multiline=True, limit=400)
        super().notify(safe, title=title, severity=severity, timeout=timeout or TOAST_SECONDS, markup=False)

    # The way through the screens; `app.py` knows it

    def unlocked(self, desk: Desk) -> None:
        """The profile is open."""
        raise NotImplementedError

    def created(self, desk: Desk) -> None:
        """The profile was made a moment ago."""
        raise NotImplementedError

    def enter(self) -> None:
        """To the main screen."""
        raise NotImplementedError

    def open_chat(self, friend: FriendId) -> None:
        """To a conversation."""
        raise NotImplementedError

    def open_feed(self, channel: ChannelId) -> None:
        """To a channel."""
        raise NotImplementedError

    def run_command(self, command: Command, argument: str = "") -> None:
        """Whatever the table of commands offers."""
        raise NotImplementedError

    def action_leave(self) -> None:
        """Quit, after a question if the node ends with it."""
        raise NotImplementedError

    def wipe(self) -> None:
        """Delete the profile, and leave."""
        raise NotImplementedError

    def write_outside(self) -> None:
        """What is being written goes to the user's editor and comes back."""
        raise NotImplementedError

    async def lend(self, work: Callable[[], Awaitable[str]]) -> str:
        """Give the terminal to another program while `work` waits for it; nothing is drawn, nobody looks.

        Raises EditorFailed if it cannot be, and what `work` raises.
        """
        self.away = True
        try:
            with self.batch_update(), self.suspend():  # which does not come back from an error by itself
                (outcome,) = await asyncio.gather(work(), return_exceptions=True)
        except SuspendNotSupported as error:
            raise EditorFailed("this terminal cannot be given to an editor") from error
        finally:
            self.away = False
            self.refresh(layout=True)
        if isinstance(outcome, BaseException):
            raise outcome
        return outcome

    def bell(self) -> None:
        """Not into another program's screen."""
        if not self.away:
            super().bell()

    def copy(self, text: str, what: str) -> None:
        """To the clipboard by way of the terminal; the toast names the route, since some terminals ignore it."""
        self.copy_to_clipboard(text)
        self.notify(f"{what} was handed to the terminal's clipboard (OSC 52). If pasting brings nothing, mark it.")

    # The look and the keys

    def obey(self, setting: Setting) -> None:
        """What was set for the terminal holds at once."""
        section, _, name = setting.key.partition(".")
        if setting.key == "terminal.theme":
            self.wear(setting.value)
        elif setting.key == "terminal.keys":
            self.use_keys(setting.value, self._own_keys)
        elif section == "keymap":
            others = {other: keys for other, keys in self._own_keys.items() if other != name}
            self.use_keys(self._preset, {**others, name: setting.value} if setting.value else others)
        elif setting.restart or setting.key.startswith("terminal."):
            self.notify(f"{setting.key} takes effect at the next start.")

    def use_keys(self, preset: str, own: Mapping[str, str]) -> None:
        """These from now on; what is wrong with them is a toast each."""
        self._preset, self._own_keys = preset, own
        self.keymap = resolve(preset, own)
        self.set_keymap(self.keymap.changed)
        for problem in self.keymap.problems:
            self.notify(problem, severity="warning")

    def get_key_display(self, binding: Binding) -> str:
        """In the line of keys, where there is little room: `^K`, `F1`, `Alt+A`."""
        if binding.key == NONE:
            return ""
        if binding.key == "enter" and not self.options.ascii:
            return "\N{RETURN SYMBOL}"
        return words(binding.key).replace("Ctrl+", "^")

    def now(self) -> datetime:
        """The wall clock."""
        return datetime.fromtimestamp(self.options.clock.wall() / 1000).astimezone()

    def today(self) -> date:
        """In the reader's zone."""
        return when.day(self.now(), self.options.zone)

    def wear(self, name: str) -> bool:
        """Put a theme on; a bad one is one toast, and the previous theme stays."""
        self._worn = (name, self.shelf.stamp(name))
        try:
            palette = self.shelf.load(name)
        except BadTheme as error:
            self.complain(error)
            return False
        if weak := unreadable(palette):
            self.notify(weak, severity="warning")
        self.register_theme(to_textual(palette))
        if not self.screen_stack and not palette.ansi:  # nothing is styled yet; Textual would do all of it twice
            self.set_reactive(Shell.theme, name)
            self.stylesheet.set_variables(self.get_css_variables())
            return True
        if self.theme == name:
            self.mutate_reactive(Shell.theme)  # the same name, other colours
        self.theme = name
        return True

    def wear_again(self) -> None:
        """If the user has edited the files of the theme he wears."""
        name, stamp = self._worn
        if self.shelf.stamp(name) != stamp:
            self.wear(name)

    def get_theme_variable_defaults(self) -> dict[str, str]:
        """Our variables, for the moment before our first theme is on."""
        return to_textual(ThemeShelf().load(DEFAULT)).variables


def shell(node: DOMNode) -> Shell:
    """The application a widget is in."""
    app = node.app
    if not isinstance(app, Shell):
        raise TypeError("not in a chattor application")
    return app

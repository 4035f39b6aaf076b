"""What each command of the table does: one method a command, named like it. They ask, then call the Api.

Those about friends, about channels and about the profile as a whole have modules of their own. With them come all
dialogs, so the application loads this module with the first command.
"""

from chattor.errors import BadInput
from chattor.model.day import DAYS, parse_day
from chattor.model.search import SearchHit
from chattor.tui.channel_commands import ChannelCommands
from chattor.tui.commands import BY_NAME, COMMANDS
from chattor.tui.fits import fits
from chattor.tui.friend_commands import FriendCommands
from chattor.tui.here import keys_here, obeys_commands, place_of
from chattor.tui.modals.ask import Ask
from chattor.tui.modals.help import Help, Surroundings
from chattor.tui.modals.picker import Item, Picker, Previews
from chattor.tui.modals.search import Search
from chattor.tui.modals.settings import SettingsList
from chattor.tui.navigation import Navigation
from chattor.tui.places import ASKS, places
from chattor.tui.profile_commands import ProfileCommands
from chattor.tui.screens.page import Page
from chattor.tui.shell import Shell
from chattor.tui.updates import Opened


class CommandHandlers(FriendCommands, ChannelCommands, ProfileCommands):
    """Bound to the application; a method takes what followed the slash word if the table says that something may."""

    def __init__(self, shell: Shell, navigation: Navigation) -> None:
        super().__init__(shell)
        self._navigation = navigation

    # To a conversation

    def jump(self) -> None:
        """Fuzzy search."""
        self._shell.push_screen(Picker("Go to…", places(self._shell.view, self._shell.glyphs)), self._jumped)

    def _jumped(self, key: str | None) -> None:
        if key is not None and key.startswith(ASKS):
            self.requests()
        elif key is not None:
            self._navigation.visit(key)

    def next(self) -> None:
        """The next conversation with something new, and then the next channel."""
        if place := self._shell.view.next_unread or self._shell.view.next_unread_channel:
            self._navigation.visit(place)
        else:
            self._shell.notify("Nothing else is unread.")

    def back(self) -> None:
        """The one before."""
        if self._navigation.previous:
            self._navigation.visit(self._navigation.previous)

    def up(self) -> None:
        """One up in the list."""
        self._step(-1)

    def down(self) -> None:
        """One down in the list."""
        self._step(1)

    def _step(self, by: int) -> None:
        view = self._shell.view
        listed = [*(one.id for one in view.listed), *(one.id for one in view.followed)]
        if listed:
            at = listed.index(view.here) + by if view.here in listed else 0
            self._navigation.visit(listed[at % len(listed)])

    def find(self, argument: str) -> None:
        """In the open conversation."""
        here = self._shell.view.thread
        self._shell.push_screen(Search(argument, here.friend if here else None), self._found)

    def date(self, argument: str) -> None:
        """To a day of the open conversation."""
        if argument:
            self._go_to_day(argument)
        else:
            self._shell.push_screen(Ask("Go to a day", f"{DAYS[:1].upper()}{DAYS[1:]}", "Go"), self._go_to_day)

    def _go_to_day(self, words: str | None) -> None:
        here = self._shell.view.thread
        if not words or here is None:
            return
        try:
            day = parse_day(words, self._shell.today())
        except BadInput as error:
            self._shell.complain(error)
        else:
            self._shell.attempt(self._shell.session.day(here.friend, day, self._shell.options.zone))

    def search(self, argument: str) -> None:
        """In all of them."""
        self._shell.push_screen(Search(argument), self._found)

    def _found(self, hit: SearchHit | None) -> None:
        if hit is not None and hit.channel:
            self._shell.open_feed(hit.channel)
        elif hit is not None and hit.friend and self._shell.view.friend(hit.friend):
            if self._navigation.leave_for(hit.friend):
                self._shell.apply([Opened(friend=hit.friend)])
            self._shell.attempt(self._shell.session.around(hit.friend, hit.id))

    # The window

    def theme(self, argument: str) -> None:
        """Other colours."""
        if argument:
            self._themed(argument)
            return
        items = [Item(key=name, text=name.replace("-", " ")) for name in self._shell.shelf.names()]
        worn = self._shell.theme

        def chosen(name: str | None) -> None:
            self._themed(name) if name is not None else self._shell.wear(worn)

        self._shell.push_screen(Previews("Theme…", items, worn, self._shell.wear), chosen)

    def _themed(self, name: str) -> None:
        if self._shell.wear(name):
            self._shell.attempt(self._shell.session.api.settings_set("terminal.theme", name))

    def editor(self) -> None:
        """What is being written, in the user's own editor."""
        self._shell.write_outside()

    def settings(self) -> None:
        """Look and change."""
        self._shell.push_screen(SettingsList())

    def commands(self) -> None:
        """Everything that makes sense now."""
        items = [
            Item(
                key=command.name,
                text=command.title,
                help=command.help,
                also=command.name,
                right=[(self._shell.keymap.first(command.name), "muted")],
            )
            for command in COMMANDS
            if command.name != "commands" and fits(command, self._shell.view)
        ]
        self._shell.push_screen(Picker("Do…", items), self._picked)

    def _picked(self, name: str | None) -> None:
        if name is not None:
            self._shell.run_command(BY_NAME[name])

    def lock(self) -> None:
        """Until the passphrase."""
        self._shell.attempt(self._shell.session.lock())

    def help(self) -> None:
        """What can be done where the focus is, and what else there is."""
        screen = self._shell.screen
        if not isinstance(screen, Help):
            commands = [one for one in COMMANDS if obeys_commands(screen) and fits(one, self._shell.view)]
            about = screen.about if isinstance(screen, Page) else ()
            here = Surroundings(place=place_of(screen), about=about, keys=keys_here(screen), commands=commands)
            self._shell.push_screen(Help(here, self._shell.keymap))

    def quit(self) -> None:
        """Leave."""
        self._shell.action_leave()

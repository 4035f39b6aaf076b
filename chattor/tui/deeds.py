"""What each command of the table does: one method a command, named like it. They ask, then call the Api."""

from collections.abc import Coroutine
from typing import Protocol

from chattor.model.friend import Friend, FriendState
from chattor.model.ids import FriendId
from chattor.text import safe_text
from chattor.tui.commands import BY_NAME, COMMANDS, Command, Needs
from chattor.tui.modals.add_friend import AddFriend
from chattor.tui.modals.ask import Ask
from chattor.tui.modals.confirm import Confirm
from chattor.tui.modals.help import Help, key_words
from chattor.tui.modals.identity import IdentityCard
from chattor.tui.modals.outbox import Outbox
from chattor.tui.modals.picker import Item, Picker
from chattor.tui.modals.requests import Requests
from chattor.tui.modals.verify import Verify
from chattor.tui.shell import Shell
from chattor.tui.state import Opened
from chattor.tui.view import View
from chattor.tui.words import presence_sign

NAME_MAX = 32  # characters; protocol.limits.NAME_MAX is the same number


def fits(command: Command, view: View) -> bool:
    """Does the command make sense now?"""
    one = view.open
    has = Needs.NOTHING
    if one:
        has |= Needs.CHAT
        has |= Needs.FRIEND if one.state is FriendState.FRIEND else Needs.NOTHING
        has |= Needs.BLOCKED if one.state is FriendState.BLOCKED else Needs.NOTHING
        has |= Needs.ALARM if one.alarm else Needs.NOTHING
    return command.needs in has


class Leaving(Protocol):
    """The application can be left."""

    def action_leave(self) -> None:
        """Quit, after a question if the node ends with it."""


class Deeds:
    """Bound to the application; a method takes what followed the slash word if the table says that something may."""

    def __init__(self, shell: Shell, leaving: Leaving) -> None:
        self._shell = shell
        self._leaving = leaving
        self._previous: FriendId | None = None

    # To a conversation

    def open(self, friend: FriendId) -> None:
        """Go there, and remember where we were."""
        here = self._shell.view.thread
        one = self._shell.view.friend(friend)
        if one is None or (here and here.friend == friend):
            return
        self._previous = here.friend if here else self._previous
        self._shell.apply([Opened(friend=friend)])
        self._shell.attempt(self._shell.session.newest(friend, one.unread))

    def jump(self) -> None:
        """Fuzzy search."""
        glyphs = self._shell.glyphs
        items = [
            Item(
                key=one.id,
                text=safe_text(one.name, multiline=False),
                sign=(presence_sign(one, glyphs)[0] + " ", presence_sign(one, glyphs)[1]),
                right=[(f"{one.unread} new", "accent")] if one.unread else [],
            )
            for one in self._shell.view.listed
        ]
        self._shell.push_screen(Picker("Go to…", items), self._jumped)

    def _jumped(self, key: str | None) -> None:
        if key is not None:
            self._shell.open_chat(FriendId(key))

    def next(self) -> None:
        """The next conversation with something new."""
        if friend := self._shell.view.next_unread:
            self._shell.open_chat(friend)
        else:
            self._shell.notify("Nothing else is unread.")

    def back(self) -> None:
        """The one before."""
        if self._previous:
            self._shell.open_chat(self._previous)

    def up(self) -> None:
        """One up in the list."""
        self._step(-1)

    def down(self) -> None:
        """One down in the list."""
        self._step(1)

    def _step(self, by: int) -> None:
        listed = [one.id for one in self._shell.view.listed]
        here = self._shell.view.thread
        if listed:
            at = listed.index(here.friend) + by if here and here.friend in listed else 0
            self._shell.open_chat(listed[at % len(listed)])

    # Friends

    def add(self, argument: str) -> None:
        """Ask somebody."""
        self._shell.push_screen(AddFriend(argument))

    def requests(self) -> None:
        """Answer."""
        self._shell.push_screen(Requests())

    def me(self) -> None:
        """Our code."""
        self._shell.push_screen(IdentityCard())

    def outbox(self) -> None:
        """What waits."""
        self._shell.push_screen(Outbox())

    def verify(self) -> None:
        """Compare the safety number."""
        if one := self._shell.view.open:
            self._shell.push_screen(Verify(one))

    def rename(self, argument: str) -> None:
        """Another local name."""
        one = self._shell.view.open
        if one is None:
            return
        rename = self._shell.session.api.friends_rename

        def renamed(name: str | None) -> None:
            if name:
                self._shell.attempt(rename(one.id, name))

        if argument:
            renamed(argument)
        else:
            ask = Ask("Rename", "A name that only you see", "Rename", safe_text(one.name, multiline=False), NAME_MAX)
            self._shell.push_screen(ask, renamed)

    def mute(self) -> None:
        """The other of two states."""
        if one := self._shell.view.open:
            api = self._shell.session.api
            self._shell.attempt(api.friends_unmute(one.id) if one.muted else api.friends_mute(one.id))
            self._shell.notify(f"{one.name} is {'no longer muted' if one.muted else 'muted'}.")

    def acknowledge(self) -> None:
        """Sending works again, after a question."""
        if one := self._shell.view.open:
            text = (
                f"{one.alarm}.\n\nThis may be a new device or a restored backup, or somebody who stands between you. "
                "Compare the safety number first (Alt+V)."
            )
            self._confirm("Send again?", text, "Send again", self._shell.session.api.friends_acknowledge(one.id))

    def remove(self) -> None:
        """The friendship ends, after a question."""
        if one := self._shell.view.open:
            text = f"The friendship with {_name(one)} ends; they are told. What you wrote to each other stays here."
            self._confirm(f"Remove {_name(one)}?", text, "Remove", self._shell.session.api.friends_remove(one.id))

    def block(self) -> None:
        """No link any more, after a question."""
        if one := self._shell.view.open:
            text = f"Every link to {_name(one)} is closed, and new ones are refused. They are not told."
            self._confirm(f"Block {_name(one)}?", text, "Block", self._shell.session.api.friends_block(one.id))

    def unblock(self) -> None:
        """They may ask again."""
        if one := self._shell.view.open:
            self._shell.attempt(self._shell.session.api.friends_unblock(one.id))

    def _confirm(self, title: str, text: str, yes: str, work: Coroutine[object, object, object]) -> None:
        def answered(sure: bool | None) -> None:
            if sure:
                self._shell.attempt(work)
            else:
                work.close()

        self._shell.push_screen(Confirm(title, safe_text(text, multiline=True), yes), answered)

    # The window

    def theme(self, argument: str) -> None:
        """Other colours."""
        if argument:
            self._shell.wear(argument)
            return
        items = [Item(key=name, text=name.replace("-", " ")) for name in self._shell.shelf.names()]
        self._shell.push_screen(Picker("Theme…", items, cursor=self._shell.theme), self._themed)

    def _themed(self, name: str | None) -> None:
        if name is not None:
            self._shell.wear(name)

    def commands(self) -> None:
        """Everything that makes sense now."""
        items = [
            Item(
                key=command.name,
                text=command.title,
                help=command.help,
                right=[(key_words(command.key.partition(",")[0]), "muted")],
            )
            for command in COMMANDS
            if command.name != "commands" and fits(command, self._shell.view)
        ]
        self._shell.push_screen(Picker("Do…", items), self._picked)

    def _picked(self, name: str | None) -> None:
        if name is not None:
            self._shell.run_command(BY_NAME[name])

    def help(self) -> None:
        """Keys and commands."""
        self._shell.push_screen(Help())

    def quit(self) -> None:
        """Leave."""
        self._leaving.action_leave()


def _name(one: Friend) -> str:
    return safe_text(one.name, multiline=False)

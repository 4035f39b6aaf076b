"""What each action of the table does with the chosen message: one method an action, named like it."""

from functools import partial
from typing import Protocol

from chattor.model.message import ME, Message
from chattor.text import safe_text
from chattor.tui.command_group import CommandGroup
from chattor.tui.modals.details import Details
from chattor.tui.modals.react import React
from chattor.tui.shell import Shell
from chattor.tui.updates import Opened
from chattor.tui.writing import About, Purpose


class Desk(Protocol):
    """Where texts are written."""

    def write_about(self, about: About) -> None:
        """The composer is for this from now on."""


class MessageHandlers(CommandGroup):
    """Bound to the application and the screen with the composer."""

    def __init__(self, shell: Shell, desk: Desk) -> None:
        super().__init__(shell)
        self._desk = desk

    def reply(self, message: Message) -> None:
        """The next text answers it."""
        self._desk.write_about(About(purpose=Purpose.REPLY, message=message))

    def original(self, message: Message) -> None:
        """To what it answers."""
        if message.reply_to:
            self._shell.attempt(self._shell.session.around(message.friend, message.reply_to))

    def edit(self, message: Message) -> None:
        """The next text replaces it."""
        self._desk.write_about(About(purpose=Purpose.EDIT, message=message))

    def react(self, message: Message) -> None:
        """Pick an emoji."""
        mine = next((emoji for emoji, by in message.reactions.items() if ME in by), None)

        def picked(emoji: str | None) -> None:
            if emoji:
                self._shell.attempt(self._shell.session.api.react(message.id, "" if emoji == mine else emoji))

        self._shell.push_screen(React(mine), picked)

    def copy(self, message: Message) -> None:
        """Its text, as it is shown."""
        self._shell.copy(safe_text(message.text or "", multiline=True), "The message")

    def delete(self, message: Message) -> None:
        """On both sides, after a question."""
        text = "It goes here, and at your friend's as soon as both of you are online. It may have been read already."
        delete = partial(self._shell.session.api.delete, message.id)
        self._confirm("Delete this message?", text, "Delete", delete)

    def again(self, message: Message) -> None:
        """A new message with the same text."""
        self._shell.attempt(self._shell.session.api.outbox_resend(message.id))

    def unread(self, message: Message) -> None:
        """From here on it is new again; the conversation is left, or it would be read at once."""
        thread = self._shell.view.thread
        at = thread.index(message.id) if thread else None
        if thread is None or at is None:
            return
        upto = thread.messages[at - 1].id if at else ""
        self._shell.apply([Opened(friend=None)])
        self._shell.attempt(self._shell.session.api.read(message.friend, upto))

    def cancel(self, message: Message) -> None:
        """It never left."""
        self._shell.attempt(self._shell.session.api.outbox_cancel(message.id))

    def details(self, message: Message) -> None:
        """Everything about it."""
        one = self._shell.view.friend(message.friend)
        name = safe_text(one.name, multiline=False) if one else "a friend who is gone"
        self._shell.push_screen(Details(message, name))

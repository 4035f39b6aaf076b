"""What can be done with one message: the table that feeds its keys, the footer and the help.

Data only. `message_handlers.MessageHandlers` has a method for each, of the same name; a test holds the two together.
"""

from collections.abc import Callable
from typing import Final

from msgspec import Struct

from chattor.model.message import GIVEN_UP, Direction, Message, MessageState


def _has_text(message: Message) -> bool:
    return message.text is not None


def _arrives(message: Message) -> bool:
    return _has_text(message) and message.state not in GIVEN_UP


def _is_own(message: Message) -> bool:
    return message.direction is Direction.OUT and _arrives(message)


def _may_leave(message: Message) -> bool:
    return message.direction is Direction.OUT and message.state is MessageState.QUEUED


def _was_given_up(message: Message) -> bool:
    return message.direction is Direction.OUT and _has_text(message) and message.state in GIVEN_UP


def _was_received(message: Message) -> bool:
    return message.direction is Direction.IN


def _answers(message: Message) -> bool:
    return message.reply_to is not None


def _any(_: Message) -> bool:
    return True


class Action(Struct, frozen=True):
    """One thing to do with the chosen message. `fits` tells whether it makes sense for it."""

    name: str
    key: str
    title: str
    help: str
    fits: Callable[[Message], bool]

    @property
    def sign(self) -> str:
        """The key as it is written on it."""
        return {"plus": "+", "enter": "Enter"}.get(self.key, self.key)


ACTIONS: Final = (
    Action("reply", "r", "Reply", "Your next message quotes it", _arrives),
    Action("original", "o", "Original", "The message it answers, where it was written", _answers),
    Action("edit", "e", "Edit", "Change what you wrote, on both sides", _is_own),
    Action("react", "plus", "React", "With an emoji; the same one again takes it back", _arrives),
    Action("copy", "y", "Copy", "Its text, to the terminal's clipboard", _has_text),
    Action("delete", "d", "Delete", "What you wrote, on both sides", _is_own),
    Action("again", "s", "Send again", "What was given up or taken back", _was_given_up),
    Action("unread", "u", "Unread", "New again from here on; leaves the conversation", _was_received),
    Action("cancel", "c", "Cancel", "Take it back before it leaves", _may_leave),
    Action("details", "enter", "Details", "When, how far, who reacted", _any),
)

BY_NAME: Final = {action.name: action for action in ACTIONS}

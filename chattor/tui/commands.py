"""The one table of what a user can do: it feeds the palette, the slash commands, the key bindings and the help.

Data only. `deeds.Deeds` has a method for each, of the same name; a test holds the two together.
"""

from dataclasses import dataclass
from enum import Flag, auto
from typing import Final


class Needs(Flag):
    """What must be open for a command to make sense."""

    NOTHING = 0
    CHAT = auto()
    FRIEND = auto()
    """The open chat is with a friend, not with somebody asked or blocked."""
    BLOCKED = auto()
    ALARM = auto()


@dataclass(frozen=True, slots=True)
class Command:
    """One thing to do. `name` is the slash word and the id of its key binding."""

    name: str
    title: str
    help: str
    key: str = ""
    short: str = ""
    """The word in the footer, where the order of the table holds; empty: not shown there."""
    argument: str = ""
    """What may follow the slash word, in capitals; in brackets if it can be left out."""
    needs: Needs = Needs.NOTHING


COMMANDS: Final = (
    Command("help", "Help", "Keys and commands", key="f1", short="Help"),
    Command("jump", "Go to a friend", "Fuzzy search by name, unread first", key="ctrl+k,alt+k", short="Jump"),
    Command("commands", "Command palette", "Everything there is, by name", key="ctrl+p", short="Commands"),
    Command("next", "Next unread", "The next conversation with something new", key="alt+a,f8", short="Unread"),
    Command("add", "Add a friend", "Paste a friend code and ask", key="alt+n", short="Add", argument="[CODE]"),
    Command("requests", "Friend requests", "Who asks you, and whom you asked", key="alt+r"),
    Command("me", "Your friend code", "As text and as QR, to give to a friend", key="alt+i"),
    Command("outbox", "Outbox", "What waits, why, and when it is tried next", key="alt+o"),
    Command("back", "Previous conversation", "Where you were before", key="alt+z"),
    Command("up", "Conversation above", "One up in the list", key="alt+up,ctrl+pageup"),
    Command("down", "Conversation below", "One down in the list", key="alt+down,ctrl+pagedown"),
    Command("verify", "Verify this friend", "Compare the safety number", key="alt+v", needs=Needs.FRIEND),
    Command("rename", "Rename this friend", "The name is only yours", argument="[NAME]", needs=Needs.CHAT),
    Command("mute", "Mute or unmute this friend", "Notifications off or on", needs=Needs.FRIEND),
    Command("acknowledge", "Acknowledge the alarm", "Take note of it; sending works again", needs=Needs.ALARM),
    Command("remove", "Remove this friend", "Ends the friendship; the other side is told", needs=Needs.FRIEND),
    Command("block", "Block this friend", "Closes every link; the other side is not told", needs=Needs.FRIEND),
    Command("unblock", "Unblock", "They may ask you again", needs=Needs.BLOCKED),
    Command("theme", "Theme", "Other colours", key="f9", argument="[NAME]"),
    Command("quit", "Quit", "Leave; asks first when this window runs the node", key="ctrl+q", short="Quit"),
)

BY_NAME: Final = {command.name: command for command in COMMANDS}


@dataclass(frozen=True, slots=True, kw_only=True)
class Slash:
    """What was typed after a slash."""

    word: str
    argument: str


def parse(text: str) -> Slash | str:
    """A command, or the text to send: `//` at the start means one slash and no command."""
    if not text.startswith("/"):
        return text
    if text.startswith("//"):
        return text[1:]
    word, _, argument = " ".join(text[1:].splitlines()).partition(" ")
    return Slash(word=word, argument=argument.strip())


def misuse(said: Slash) -> str:
    """Why it cannot be run, in a sentence; empty if it can."""
    command = BY_NAME.get(said.word)
    if command is None:
        return f"There is no command /{said.word[:24]}."
    if said.argument and not command.argument:
        return f"/{command.name} takes nothing after it."
    return ""

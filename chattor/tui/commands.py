"""The one table of what a user can do: it feeds the palette, the slash commands, the key bindings and the help.

Data only. `command_handlers.CommandHandlers` has a method for each, of the same name; a test holds the two together.
"""

from enum import Flag, auto
from typing import Final

from msgspec import Struct


class Needs(Flag):
    """What must be open for a command to make sense."""

    NOTHING = 0
    CHAT = auto()
    FRIEND = auto()
    """The open chat is with a friend, not with somebody asked or blocked."""
    BLOCKED = auto()
    ALARM = auto()
    OWN_CHANNEL = auto()
    OTHERS_CHANNEL = auto()
    """The open channel is one we read."""
    WRITING = auto()
    """Something can be written here, for a friend or in a channel of ours."""


class Command(Struct, frozen=True):
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
    Command(
        "jump", "Go to", "Friends, channels and requests by name, what is new first", key="ctrl+k,alt+k", short="Jump"
    ),
    Command(
        "find",
        "Search in this conversation",
        "As you type; Enter goes to the message",
        key="ctrl+f",
        argument="[WORDS]",
        needs=Needs.CHAT,
    ),
    Command("date", "Go to a day", "In this conversation", argument="[DAY]", needs=Needs.CHAT),
    Command("search", "Search everywhere", "All conversations, newest first", key="f3", argument="[WORDS]"),
    Command("commands", "Command palette", "Everything there is, by name", key="ctrl+p", short="Commands"),
    Command("next", "Next unread", "The next conversation with something new", key="alt+a,f8", short="Unread"),
    Command("add", "Add a friend", "Paste a friend code and ask", key="alt+n", short="Add", argument="[CODE]"),
    Command("requests", "Friend requests", "Who asks you, and whom you asked", key="alt+r"),
    Command("approvals", "What agents ask for", "To whom and which words; nothing is done before you allow it"),
    Command("me", "Your friend code", "As text and as QR, to give to a friend", key="alt+i"),
    Command("outbox", "Outbox", "What waits, why, and when it is tried next", key="alt+o"),
    Command(
        "editor",
        "Write in your editor",
        "In $VISUAL or $EDITOR; what you save there comes back",
        key="f4",
        needs=Needs.WRITING,
    ),
    Command("back", "Previous conversation", "Where you were before", key="alt+z"),
    Command("up", "Conversation above", "One up in the list", key="alt+up,ctrl+pageup"),
    Command("down", "Conversation below", "One down in the list", key="alt+down,ctrl+pagedown"),
    Command("verify", "Verify this friend", "Compare the safety number", key="alt+v", needs=Needs.FRIEND),
    Command(
        "ephemeral",
        "Ephemeral messages",
        "Texts of both sides vanish some time after they were read",
        key="alt+t",
        argument="[off|5m|1h|24h|7d|…]",
        needs=Needs.FRIEND,
    ),
    Command("friend", "This friend", "Who it is, and what is set for him alone", needs=Needs.FRIEND),
    Command("rename", "Rename this friend", "The name is only yours", argument="[NAME]", needs=Needs.CHAT),
    Command("mute", "Mute or unmute this friend", "Notifications off or on", needs=Needs.FRIEND),
    Command("acknowledge", "Acknowledge the alarm", "Take note of it; sending works again", needs=Needs.ALARM),
    Command("remove", "Remove this friend", "Ends the friendship; the other side is told", needs=Needs.FRIEND),
    Command("block", "Block this friend", "Closes every link; the other side is not told", needs=Needs.FRIEND),
    Command("unblock", "Unblock", "They may ask you again", needs=Needs.BLOCKED),
    Command("channels", "Channels", "Yours, those you read, and those friends offer", key="alt+c"),
    Command("subscribe", "Subscribe to a channel", "Of a friend, or of anybody whose code you have", argument="[CODE]"),
    Command(
        "unsubscribe",
        "Unsubscribe from this channel",
        "No more of it is fetched",
        needs=Needs.OTHERS_CHANNEL,
    ),
    Command("create", "Create a channel", "For everybody who has your code, or for friends", argument="[NAME]"),
    Command("publish", "Write a post", "In one of your channels"),
    Command(
        "retract",
        "Take a post back",
        "Its text goes wherever this is heard",
        argument="[POST]",
        needs=Needs.OWN_CHANNEL,
    ),
    Command("sync", "Fetch channels now", "Asks the owners of what you read"),
    Command("theme", "Theme", "Other colours", key="f9", argument="[NAME]"),
    Command("settings", "Settings", "Everything that can be set, and what it means", key="alt+s"),
    Command("rotate", "Change your address", "Or your identity; friends follow", argument="[onion|identity]"),
    Command("backup", "Back up", "Everything into one encrypted file", argument="[FILE]"),
    Command("export", "Write down conversations", "Into a file that anybody can read"),
    Command("passphrase", "Change the passphrase", "Backups made before keep the old one"),
    Command("profiles", "Profiles", "Which there are, and how to come to another"),
    Command("wipe", "Delete this profile", "Keys, friends and history, for ever; asks for its name"),
    Command("lock", "Lock", "Nothing is shown until the passphrase; delivery goes on", key="alt+l"),
    Command("quit", "Quit", "Leave; asks first when this window runs the node", key="ctrl+q", short="Quit"),
)

BY_NAME: Final = {command.name: command for command in COMMANDS}


class Slash(Struct, frozen=True, kw_only=True):
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

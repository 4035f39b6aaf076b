"""The one table of what can be typed, and how a line is read: a command, a text to send, or neither. Pure.

`talk.Talk` has a method for each command, of the same name; a test holds the two together.
"""

from dataclasses import dataclass
from typing import Final


@dataclass(frozen=True, slots=True)
class Command:
    """One thing to do. What may follow the word is in capitals, in brackets if it can be left out."""

    name: str
    help: str
    argument: str = ""

    @property
    def usage(self) -> str:
        """As it is typed."""
        return f"/{self.name} {self.argument}".rstrip()


COMMANDS: Final = (
    Command("open", "write to a friend, and read what is unread", "FRIEND"),
    Command("close", "write to nobody"),
    Command("history", "the last messages with this friend, 20 or as many as you say", "[N]"),
    Command("reply", "answer the friend's last message, or the one with the id that history shows", "[ID] TEXT"),
    Command("unread", "who wrote what you have not read"),
    Command("who", "your friends, and who is there"),
    Command("where", "whom you write to, and how the connection is"),
    Command("search", "look for words in all conversations", "WORDS"),
    Command("outbox", "what waits to be delivered, why, and when it is tried next"),
    Command("me", "your friend code, to give to a friend"),
    Command("add", "ask the owner of a friend code to be friends", "CODE"),
    Command("requests", "who asks to be your friend, and whom you asked"),
    Command("accept", "accept a request", "[NAME]"),
    Command("reject", "refuse a request; its sender is not told", "[NAME]"),
    Command("help", "this list"),
    Command("quit", "leave; Ctrl+D does the same"),
)
BY_NAME: Final = {command.name: command for command in COMMANDS}


@dataclass(frozen=True, slots=True)
class Call:
    """A command was typed."""

    command: Command
    argument: str


@dataclass(frozen=True, slots=True)
class Text:
    """Something to send."""

    text: str


@dataclass(frozen=True, slots=True)
class Refusal:
    """It is neither, and nothing is sent; why, in a sentence."""

    why: str


def parse(line: str) -> Call | Text | Refusal | None:
    """What a line means; None for an empty one. `//` at the start is one slash and no command."""
    if not line.strip():
        return None
    if line.startswith("//"):
        return Text(line[1:])
    if not line.startswith("/"):
        return Text(line)
    word, _, argument = line[1:].partition(" ")
    command, argument = BY_NAME.get(word), argument.strip()
    if command is None:
        return Refusal(
            f"There is no command /{word[:24]}, and nothing was sent. /help lists them; begin with // to send a slash."
        )
    if argument and not command.argument:
        return Refusal(f"/{word} takes nothing after it.")
    if not argument and command.argument and not command.argument.startswith("["):
        return Refusal(f"Type {command.usage}.")
    return Call(command, argument)


def completions(begun: str, names: tuple[str, ...]) -> list[str]:
    """How a line that was begun may go on: a command, or after `/open ` a friend."""
    opening = f"/{COMMANDS[0].name} "
    if begun.startswith(opening):
        rest = begun.removeprefix(opening).casefold()
        return [f"{opening}{name}" for name in names if name.casefold().startswith(rest)]
    return [f"/{one.name} " for one in COMMANDS if begun.startswith("/") and one.name.startswith(begun[1:])]

"""The table of commands: every entry can be done, and what does not fit it is refused in words."""

import inspect

import pytest

from chattor.tui.commands import COMMANDS, Command, Slash, misuse, parse
from chattor.tui.deeds import Deeds


@pytest.mark.parametrize("command", COMMANDS, ids=lambda command: command.name)
def test_every_command_has_its_deed(command: Command) -> None:
    takes = [*inspect.signature(getattr(Deeds, command.name)).parameters]
    assert takes == ["self", "argument"][: 1 + bool(command.argument)]


@pytest.mark.parametrize(
    ("typed", "wrong"),
    [
        ("/help", ""),
        ("/rename countess", ""),
        ("/dance with me", "There is no command /dance."),
        ("/me waves", "/me takes nothing after it."),
        ("/block bob", "/block takes nothing after it."),
    ],
)
def test_a_slash_that_cannot_be_run_is_told_why(typed: str, wrong: str) -> None:
    said = parse(typed)
    assert isinstance(said, Slash)
    assert misuse(said) == wrong

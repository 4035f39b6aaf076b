"""What a hint tells to type can be typed."""

import ast
import re
from pathlib import Path

import click
import pytest

import chattor.cli.pages  # adds the verbs to root
from chattor.cli.root import root
from chattor.rpc import contract

_COMMAND = re.compile(r"`chattor( [^`]+)?`")


def _said() -> set[str]:
    """Every command line in back quotes in the texts of the program, hints and help among them."""
    texts = [error.__doc__ or "" for error in contract.errors().values()]
    for path in Path(chattor.__file__).parent.rglob("*.py"):
        nodes = ast.walk(ast.parse(path.read_text()))
        texts += [node.value for node in nodes if isinstance(node, ast.Constant) and isinstance(node.value, str)]
    return {match[1] or "" for text in texts for match in _COMMAND.finditer(" ".join(text.split()))}


@pytest.mark.parametrize("line", sorted(_said()))
def test_a_command_that_is_named_exists(line: str) -> None:
    words = iter(word for word in line.split() if word.isascii() and not word.isupper())
    command: click.Command = root
    with click.Context(root) as context:
        for word in words:
            if word.startswith("-"):
                options = {name: one for one in command.get_params(context) for name in one.opts}
                option = options[word]
                if isinstance(option, click.Option) and not option.is_flag:
                    next(words, None)  # its value
            elif isinstance(command, click.Group):
                command = command.commands[word]
            else:
                assert any(isinstance(one, click.Argument) for one in command.get_params(context))


def test_there_are_hints_to_check() -> None:
    assert len(_said()) > 10

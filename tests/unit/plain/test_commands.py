"""How a line is read; above all, what is never sent."""

import inspect

import pytest

from chattor.plain.commands import BY_NAME, COMMANDS, Call, Refusal, Text, completions, parse
from chattor.plain.talk import Talk


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        ("hello", Text("hello")),
        ("  hello ", Text("  hello ")),
        ("//etc/passwd", Text("/etc/passwd")),
        ("one\n/quit", Text("one\n/quit")),
        ("", None),
        ("   ", None),
        ("/who", Call(BY_NAME["who"], "")),
        ("/open  ada b ", Call(BY_NAME["open"], "ada b")),
        ("/history", Call(BY_NAME["history"], "")),
        ("/history 5", Call(BY_NAME["history"], "5")),
    ],
)
def test_what_a_line_means(line: str, expected: object) -> None:
    assert parse(line) == expected


@pytest.mark.parametrize("line", ["/", "/ who", "/WHO", "/whom", "/open", "/open  ", "/who is", "/quit now", "/\x1b["])
def test_what_is_no_command_is_refused_and_not_sent(line: str) -> None:
    assert isinstance(parse(line), Refusal)


def test_every_command_can_be_done_and_takes_what_the_table_says() -> None:
    for command in COMMANDS:
        taken = list(inspect.signature(getattr(Talk, command.name)).parameters)[1:]
        assert len(taken) == bool(command.argument), command.name


def test_a_line_that_was_begun_can_be_completed() -> None:
    names = ("ada", "Adam", "ben")
    assert completions("/op", names) == ["/open "]
    assert completions("/re", names) == ["/reply ", "/requests ", "/reject "]
    assert completions("/open ad", names) == ["/open ada", "/open Adam"]
    assert completions("hello", names) == []

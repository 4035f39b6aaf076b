"""Notifications from the window: to the byte in a real terminal, and only when nobody looks at the chat."""

import re
import signal
from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from tests.support.desktop import Desktop, desktop
from tests.support.terminal import Terminal

FOCUS_LOST, LEAVE = b"\x1b[O", b"\x11"
NOTIFIES = re.compile(rb"\x1b\](?:9|99|777);(?:[^\x07\x1b]*)(?:\x07|\x1b\\)|\a")
OSC = re.compile(rb"\x1b\]")


@contextmanager
def window(payload: str, sequence: str = "osc777", how: str = "terminal") -> Iterator[Terminal]:
    with Terminal(["-m", "tests.support.noticing", payload, sequence, how]) as terminal:
        terminal.read(b"Friends")
        terminal.rest()
        yield terminal
        terminal.send(LEAVE)
        terminal.rest()


def look_away(terminal: Terminal) -> None:
    """The window has seen it before a message comes: the two come to it on different ways."""
    terminal.send(FOCUS_LOST)
    terminal.rest()


def told(terminal: Terminal) -> bytes:
    """The one thing a message from the friend makes the window say beyond its screen."""
    start = len(terminal.output)
    terminal.signal(signal.SIGUSR1)
    while not NOTIFIES.search(terminal.output, start):
        terminal.rest(quiet=5.0, seconds=0.2)
    said = terminal.output[start:] + terminal.rest()
    found: bytes
    (found,) = NOTIFIES.findall(said)
    assert len(OSC.findall(said)) == (found != b"\a"), "no other sequence of this kind"
    return found


def silent(terminal: Terminal) -> bool:
    """Whether a message from the friend makes it say nothing; that it came is seen on the screen."""
    terminal.signal(signal.SIGUSR1)
    said = terminal.read(b"hello") + terminal.rest(quiet=1.0)
    return not NOTIFIES.search(said)


@pytest.mark.parametrize(
    ("sequence", "expected"),
    [
        ("osc777", b"\x1b]777;notify;chattor;New message from hello: hello\x1b\\"),
        ("auto", b"\a"),
    ],
)
def test_the_terminal_is_told_while_it_has_not_the_focus(sequence: str, expected: bytes) -> None:
    with window("harmless", sequence) as terminal:
        look_away(terminal)
        assert told(terminal) == expected


def test_the_chat_in_front_is_never_told_of_while_somebody_looks() -> None:
    with window("harmless") as terminal:
        terminal.send(b"\r")
        terminal.read(b"before")
        terminal.rest()
        assert silent(terminal)
        look_away(terminal)
        assert told(terminal)
        assert silent(terminal), "the same burst"


def test_another_chat_is_told_of_even_then() -> None:
    with window("harmless") as terminal:
        assert told(terminal)


@pytest.mark.parametrize("payload", ["input_106", "everything"])
def test_no_name_and_no_text_breaks_out_of_the_sequence(payload: str) -> None:
    with window(payload) as terminal:
        look_away(terminal)
        said = told(terminal)
        assert said.startswith(b"\x1b]777;notify;chattor;New message from ")
        assert not re.search("[\x00-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]", said[2:-2].decode())


def test_the_desktop_is_told_and_the_screen_says_nothing() -> None:
    with desktop() as shows:
        _told_while_the_window_is_hidden(shows)
    assert shows.shown == [("chattor", "New message from hello", "hello", 1)]


def _told_while_the_window_is_hidden(shows: Desktop) -> None:
    with window("harmless", how="desktop") as terminal:
        terminal.send(b"\r")
        terminal.read(b"before")
        look_away(terminal)
        assert silent(terminal)
        while not shows.shown:
            terminal.rest(quiet=0.2)

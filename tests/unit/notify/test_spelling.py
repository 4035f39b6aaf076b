"""Which terminal is told how, to the byte; and that nothing breaks out of the sequence."""

import re

import pytest

from chattor.notify.decide import Notification
from chattor.notify.spelling import Spelling, spelling, spelt
from tests.support.hostile import HOSTILE

TMUX = {"TMUX": "/tmp/tmux-1000/default,1,0", "TERM": "tmux-256color", "TERM_PROGRAM": "tmux"}
NEWS = Notification(headline="New message from ada", text="at 8; bring wine", about="message f1")
SAID = "New message from ada: at 8, bring wine"


@pytest.mark.parametrize(
    ("environment", "expected"),
    [
        ({"TERM": "xterm-kitty"}, Spelling.OSC99),
        ({"TERM": "xterm-ghostty"}, Spelling.OSC777),
        ({"TERM": "foot"}, Spelling.OSC777),
        ({"TERM": "foot-extra"}, Spelling.OSC777),
        ({"TERM": "rxvt-unicode-256color"}, Spelling.OSC777),
        ({"TERM": "xterm-256color", "TERM_PROGRAM": "WezTerm"}, Spelling.OSC777),
        ({"TERM": "xterm-256color", "TERM_PROGRAM": "iTerm.app"}, Spelling.OSC9),
        ({"TERM": "xterm-256color", "TERM_PROGRAM": "Apple_Terminal"}, Spelling.BELL),
        ({"TERM": "xterm-256color", "VTE_VERSION": "7600"}, Spelling.BELL),
        ({"TERM": "alacritty"}, Spelling.BELL),
        ({"TERM": "dumb"}, Spelling.BELL),
        ({}, Spelling.BELL),
        ({"TERM": "screen", "STY": "1.x", "KITTY_WINDOW_ID": "1"}, Spelling.BELL),
    ],
)
def test_auto_knows_the_terminal(environment: dict[str, str], expected: Spelling) -> None:
    assert spelling("auto", environment, passes=False) == expected


def test_what_was_asked_for_is_used_anywhere_but_in_a_multiplexer_that_passes_nothing() -> None:
    assert spelling("osc9", {"TERM": "dumb"}, passes=False) == Spelling.OSC9
    assert spelling("osc9", TMUX, passes=False) == Spelling.BELL
    assert spelling("osc9", TMUX, passes=True) == Spelling.OSC9
    assert spelling("auto", {**TMUX, "KITTY_WINDOW_ID": "1"}, passes=True) == Spelling.OSC99
    assert spelling("auto", TMUX, passes=True) == Spelling.BELL


@pytest.mark.parametrize(
    ("how", "expected"),
    [
        (Spelling.BELL, "\a"),
        (Spelling.OSC9, f"\x1b]9;chattor: {SAID}\x1b\\"),
        (Spelling.OSC777, f"\x1b]777;notify;chattor;{SAID}\x1b\\"),
        (Spelling.OSC99, f"\x1b]99;i=chattor;chattor: {SAID}\x1b\\"),
    ],
)
def test_the_bytes(how: Spelling, expected: str) -> None:
    assert spelt(NEWS, how) == expected


def test_through_tmux_every_escape_is_doubled() -> None:
    assert spelt(NEWS, Spelling.OSC9, in_tmux=True) == f"\x1bPtmux;\x1b\x1b]9;chattor: {SAID}\x1b\x1b\\\x1b\\"
    assert spelt(NEWS, Spelling.BELL, in_tmux=True) == "\a"


@pytest.mark.parametrize("how", [Spelling.OSC9, Spelling.OSC777, Spelling.OSC99])
@pytest.mark.parametrize("payload", HOSTILE.values(), ids=HOSTILE)
def test_nothing_ends_the_sequence_early(payload: str, how: Spelling) -> None:
    """Also if nobody had cleaned it before."""
    sequence = spelt(Notification(headline=payload, text=payload, about="x"), how)
    assert re.fullmatch(r"\x1b\][^\x00-\x1f\x7f-\x9f]+\x1b\\", sequence)

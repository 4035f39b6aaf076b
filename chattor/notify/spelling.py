"""The sequences with which a program asks its terminal to notify, and which terminal takes which. Pure.

OSC 9 is iTerm2's, OSC 777 urxvt's, OSC 99 kitty's (sw.kovidgoyal.net/kitty/desktop-notifications). A terminal that is
not known to take one gets the bell, which all have. tmux hands a sequence on only where `allow-passthrough` is on.
"""

from collections.abc import Mapping
from enum import StrEnum
from typing import Final

from chattor.notify.decide import TITLE, Notification
from chattor.text import terminal_safe

_END: Final = "\x1b\\"


class Spelling(StrEnum):
    """A way to be heard; all but the bell are values of the setting `notifications.sequence`."""

    BELL = "bell"
    OSC9 = "osc9"
    OSC777 = "osc777"
    OSC99 = "osc99"


_TERMS: Final = {
    "xterm-kitty": Spelling.OSC99,
    "xterm-ghostty": Spelling.OSC777,
    "foot": Spelling.OSC777,
    "rxvt-unicode": Spelling.OSC777,
    "wezterm": Spelling.OSC777,
}
"""How TERM begins."""
_PROGRAMS: Final = {
    "iTerm.app": Spelling.OSC9,
    "WarpTerminal": Spelling.OSC9,
    "ghostty": Spelling.OSC777,
    "WezTerm": Spelling.OSC777,
}
"""TERM_PROGRAM."""
_MARKS: Final = {
    "KITTY_WINDOW_ID": Spelling.OSC99,
    "GHOSTTY_RESOURCES_DIR": Spelling.OSC777,
    "WEZTERM_PANE": Spelling.OSC777,
    "ITERM_SESSION_ID": Spelling.OSC9,
}
"""What a terminal sets and tmux keeps."""


def in_tmux(environment: Mapping[str, str]) -> bool:
    """Whether tmux is between us and the terminal."""
    return bool(environment.get("TMUX"))


def spelling(wanted: str, environment: Mapping[str, str], *, passes: bool) -> Spelling:
    """The one to use; `wanted` may be `auto`. Inside tmux only the bell is heard unless it `passes` more on."""
    if environment.get("STY") or (in_tmux(environment) and not passes):
        return Spelling.BELL
    return _known(environment) if wanted == "auto" else Spelling(wanted)


def _known(environment: Mapping[str, str]) -> Spelling:
    term = environment.get("TERM", "")
    for begin, found in _TERMS.items():
        if term.startswith(begin):
            return found
    if program := _PROGRAMS.get(environment.get("TERM_PROGRAM", "")):
        return program
    return next((found for mark, found in _MARKS.items() if environment.get(mark)), Spelling.BELL)


def spelt(notification: Notification, how: Spelling, *, in_tmux: bool = False) -> str:
    """What to write to the terminal. Nothing in the notification can end the sequence or begin another one."""
    if how is Spelling.BELL:
        return "\a"
    said = terminal_safe(": ".join(filter(None, (notification.headline, notification.text))))
    said = said.replace(";", ",")  # terminals differ in what a semicolon in a text begins
    sequence = {
        Spelling.OSC9: f"\x1b]9;{TITLE}: {said}{_END}",
        Spelling.OSC777: f"\x1b]777;notify;{TITLE};{said}{_END}",
        Spelling.OSC99: f"\x1b]99;i={TITLE};{TITLE}: {said}{_END}",
    }[how]
    return "\x1bPtmux;" + sequence.replace("\x1b", "\x1b\x1b") + _END if in_tmux else sequence

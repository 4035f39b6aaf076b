"""What the terminal sends for each key, what that is called, and what it does here: for keymaps and for bug reports.

It asks the terminal for the same modes as the window does and reads with the same parser (not public in Textual; a
test runs it in a real terminal). Nothing that is typed is kept.
"""

import codecs
import os
import select
import sys
import termios
import tty
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Final

from textual import constants, events
from textual._xterm_parser import XTermParser
from textual.drivers.linux_driver import KITTY_DISAMBIGUATE_ESCAPE_CODES as DISAMBIGUATE
from textual.drivers.linux_driver import KITTY_REPORT_ALL_KEYS as ALL_KEYS
from textual.drivers.linux_driver import KITTY_REPORT_ASSOCIATED_TEXT as TEXT

from chattor.tui.keymap import Keymap
from chattor.tui.keynames import words
from chattor.tui.keys import teach_alt
from chattor.tui.keytable import BY_ID

END: Final = "ctrl+c"
_ON: Final = f"\x1b[>{DISAMBIGUATE | ALL_KEYS | TEXT}u"
_OFF: Final = "\x1b[<u"
_WAIT: Final = 0.1  # s until an Esc is known to stand alone, as in the window


def listen(keymap: Keymap, say: Callable[[str], None]) -> None:
    """Until Ctrl+C, one line for each key; stdin must be a terminal."""
    teach_alt()
    with _raw(sys.stdin.fileno()):
        for sent, key in _keys(sys.stdin.fileno()):
            if key == END:
                return
            say(line(sent, key, keymap))


def line(sent: str, key: str, keymap: Keymap) -> str:
    """`1b 6b            alt+k             Alt+K  Go to a friend`."""
    does = [BY_ID[name].title for name, keys in keymap.keys.items() if key in keys]
    said = sent.encode("utf-8", "replace").hex(" ")
    return f"{said:<24} {key:<18} {words(key):<12} {'; '.join(does)}".rstrip()


def _keys(terminal: int) -> Iterator[tuple[str, str]]:
    """What was sent since the key before, and the key."""
    parser = XTermParser()
    decode = codecs.getincrementaldecoder("utf-8")("replace").decode
    sent = ""
    while True:
        ready, _, _ = select.select([terminal], [], [], _WAIT)
        read = decode(os.read(terminal, 4096)) if ready else ""
        if ready and not read:
            return
        for char in read:
            sent += char
            for event in parser.feed(char):
                if isinstance(event, events.Key):
                    yield sent, event.key
                sent = ""
        for event in parser.tick():
            if isinstance(event, events.Key):
                yield sent, event.key
            sent = ""


@contextmanager
def _raw(terminal: int) -> Iterator[None]:
    """Keys as they come, and the terminal as it was afterwards."""
    before = termios.tcgetattr(terminal)
    kitty = not constants.DISABLE_KITTY_KEY
    try:
        tty.setraw(terminal, termios.TCSANOW)
        _write(terminal, _ON if kitty else "")
        yield
    finally:
        _write(terminal, _OFF if kitty else "")
        termios.tcsetattr(terminal, termios.TCSADRAIN, before)


def _write(terminal: int, text: str) -> None:
    os.write(terminal, text.encode())

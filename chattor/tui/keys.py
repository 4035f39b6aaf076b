"""Keys Textual does not know without the Kitty protocol (Textualize/textual#6577): Alt with Enter, a digit, a letter.

`ESC CR` would arrive as plain Enter, so whoever asks for a new line by Alt+Enter would send. `ESC k` would only be
known once nothing has followed for a tenth of a second; with letters right behind it, it would become text.
The table is Textual's own and not public; a test runs it in a real terminal.
"""

from string import ascii_lowercase
from types import SimpleNamespace
from typing import Any, Final

from textual._ansi_sequences import ANSI_SEQUENCES_KEYS

_WORDWISE: Final = "bf"  # what many terminals send for Alt+Left and Alt+Right


def teach_alt() -> None:
    """To be called before the application starts."""
    table: dict[str, Any] = ANSI_SEQUENCES_KEYS  # type: ignore[assignment]
    table["\x1b\r"] = (SimpleNamespace(value="alt+enter"),)
    for char in "0123456789" + ascii_lowercase:
        if char not in _WORDWISE:
            table[f"\x1b{char}"] = (SimpleNamespace(value=f"alt+{char}"),)

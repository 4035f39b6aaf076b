"""Keys Textual does not know without the Kitty protocol (Textualize/textual#6577): Alt+Enter and Alt with a digit.

`ESC CR` would arrive as plain Enter, so whoever asks for a new line by Alt+Enter would send. The table is Textual's own
and not public; a test runs it in a real terminal.
"""

from types import SimpleNamespace
from typing import Any

from textual._ansi_sequences import ANSI_SEQUENCES_KEYS


def teach_alt() -> None:
    """To be called before the application starts."""
    table: dict[str, Any] = ANSI_SEQUENCES_KEYS  # type: ignore[assignment]
    table["\x1b\r"] = (SimpleNamespace(value="alt+enter"),)
    for digit in "0123456789":
        table[f"\x1b{digit}"] = (SimpleNamespace(value=f"alt+{digit}"),)

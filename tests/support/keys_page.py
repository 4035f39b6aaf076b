"""docs/keys.md, written from the table of keys: `python -m tests.support.keys_page docs/keys.md`."""

import sys
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Final

from chattor.tui.keymap import PRESETS, resolve
from chattor.tui.keytable import BY_ID, KEYS, Key, Place

_KEYS_HEAD: Final = """# Keys

Made by `make docs` from the table of keys; edit that (`chattor/tui/keytable.py`), not this page.

`chattor keys` prints the same with your own keys, F1 tells what holds where the focus is, and `chattor keys --listen`
shows what your terminal sends and what it is called. Whatever has no key, or whose key your terminal keeps for itself,
is in the palette and can be typed: `/` and the name.

## Your own

`chattor settings set terminal.keys emacs` (or `vim`, `default`) chooses what to begin with. Single keys are changed in
the settings of the window (Alt+S, then a word of what the key does), by `chattor settings set keymap.jump ctrl+g`, or
by their name in `settings.toml`:

```toml
[keymap]
jump = "ctrl+g, alt+k"    # several, parted by commas
message-delete = "none"   # no key at all
newline = "enter"         # a key may do what another did,
send = "ctrl+s"           # once that has another
```

A key is its modifiers (`ctrl alt shift super hyper meta`) and its name (`a`, `G`, `?`, `f5`, `pageup`, `comma`), joined
by `+`. If two want one key, the one you named has it, and you are told both names. Esc, the arrows and Tab lead through
dialogs whatever is set. Some keys are no use: terminals cannot tell Ctrl+I from Tab, Ctrl+M from Enter, Ctrl+H from
Backspace; without the Kitty protocol they send Alt+F and Alt+B as Ctrl+Right and Ctrl+Left, and know no Ctrl+Shift.

The `vim` keys are no modal editor: Esc leaves the line for the messages, `i` or `a` goes back, `/` searches, `:` opens
the palette, `K` and `J` change the conversation.
"""


def page() -> str:
    """docs/keys.md."""
    return "\n".join([_KEYS_HEAD, *(line for place in Place for line in _place(place)), *_presets()])


def _place(place: Place) -> Iterator[str]:
    keymap = resolve()
    yield from (f"## {place}", "", "| keys | what | name |", "|---|---|---|")
    yield from (_row(keymap.words(key.id), key) for key in KEYS if key.place is place)
    yield ""


def _row(keys: str, key: Key) -> str:
    return f"| {_cell(keys)} | {_cell(key.words)} | `{key.id}` |"


def _presets() -> Iterable[str]:
    for preset in PRESETS:
        if PRESETS[preset]:
            keymap = resolve(preset)
            yield from (f"## What `{preset}` changes", "", "| keys | what | name |", "|---|---|---|")
            yield from (_row(keymap.words(name) or "none", BY_ID[name]) for name in PRESETS[preset])
            yield ""


def _cell(text: str) -> str:
    return text.replace("|", "\\|")


if __name__ == "__main__":
    Path(sys.argv[1]).write_text(page(), encoding="utf-8")

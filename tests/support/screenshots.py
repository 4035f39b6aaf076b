"""Draw the pictures of the documentation and the page that shows them: `make screenshots`.

Of any scene: `python -m tests.support.screenshots DIR SCENE`.
"""

import asyncio
import os
import re
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Final

from tests.support.scenes import SCENES, Scene, perform, stage

_FONTS: Final = re.compile(r"@font-face \{.*?\}\s*", re.DOTALL)  # a picture fetches nothing from the net
PICTURES: Final = {
    "The first minute": {
        "welcome": "A name and a passphrase; nothing else is asked.",
        "first-code": "Your code to give away, a friend's to paste, while Tor connects.",
        "unlock": "The passphrase of a profile that is there.",
        "connecting": "Tor on its way up; nobody has to wait for it.",
        "empty": "Nobody is here yet: what to do first.",
    },
    "Talking": {
        "chat": "The main window: header, sidebar, conversation, line to write in, keys.",
        "chosen": "A message is chosen (Up in an empty line): reply, edit, react, copy, delete.",
        "chat-wide": "The same with more room.",
        "chat-small": "The same on 40 by 12 cells: one pane at a time.",
        "refused": "An unknown command is never sent.",
        "search": "Search as you type, in one conversation or everywhere.",
        "jump": "Go to a friend, a channel or a request by name.",
        "palette": "Everything that can be done now, by name and with its key.",
        "help": "F1: what the keys do where the focus is.",
    },
    "Friends": {
        "add-friend": "Paste a friend code and ask.",
        "requests": "Who asks you, and whom you asked.",
        "my-code": "Your friend code, as text and as QR.",
        "verify": "Compare the safety number in three steps.",
        "friend": "One friend: who it is, and what is set for him alone.",
        "alarm": "Another identity than before: sending is stopped until you take note.",
        "alike": "You are told of a name that looks like another one.",
    },
    "Channels": {
        "feed-wide": "A friend's channel.",
        "feed": "A channel of yours, with a line to write posts in.",
        "subscribe": "Read a channel.",
    },
    "The window": {
        "outbox": "What waits, why, and when it is tried next.",
        "settings": "Everything that can be set, and what it means.",
        "themes": "Themes are shown while you walk the list.",
        "chat-light": "The theme `light`.",
        "chat-high-contrast": "The theme `high-contrast`.",
        "chat-colour-blind": "The theme `colour-blind`.",
        "rotate": "Another identity, after it was said what that means.",
        "backup": "Everything into one encrypted file; nothing is replaced.",
        "passphrase": "Another passphrase.",
        "wipe": "A profile is deleted only after its name was typed.",
        "locked": "Nothing is shown until the passphrase; messages go on coming and going.",
        "lost": "The node has stopped: what was being written stays.",
        "quit": "Asked only when the node would end with the window.",
    },
}
NAMES: Final = [name for pictures in PICTURES.values() for name in pictures]


async def picture(scene: Scene) -> str:
    """The scene as SVG; the same every time."""
    app, gateway = stage(scene)
    async with app.run_test(size=scene.size) as pilot:
        await perform(scene, pilot, gateway)
        return _FONTS.sub("", app.export_screenshot(title="chattor"))


def page() -> str:
    """docs/screens.md."""
    return "\n".join(["# Screens", "", "Made by `make screenshots` from the scenes of the tests.", "", *_sections()])


def _sections() -> Iterator[str]:
    for title, pictures in PICTURES.items():
        yield from (f"## {title}", "")
        for name, caption in pictures.items():
            yield from (caption, "", f"![{name}](images/{name}.svg)", "")


def main(folder: str, *names: str) -> None:
    """Write pictures of some scenes, or all of the documentation and their page."""
    for variable in ("NO_COLOR", "TEXTUAL_THEME", "TEXTUAL_DIM_FACTOR"):
        os.environ.pop(variable, None)
    target = Path(folder)
    target.mkdir(parents=True, exist_ok=True)
    for name in names or NAMES:
        (target / f"{name}.svg").write_text(asyncio.run(picture(SCENES[name])), encoding="utf-8")
    if not names:
        (target.parent / "screens.md").write_text(page(), encoding="utf-8")


if __name__ == "__main__":
    main(*sys.argv[1:])

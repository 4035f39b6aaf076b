"""Programs in a window whose cost is compared: chattor's, a bare one of Textual, and those that others are used to."""

import shutil
import sys
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

PEERS: Final = (("weechat", ("-t",), b"WeeChat"), ("profanity", (), b"Profanity"))
_NO_CALL_HOME: Final = "[ui]\nvercheck=false\n"  # profanity would ask its makers for the newest version


@dataclass(frozen=True, slots=True)
class Window:
    """A program, what is pressed once it shows `ready`, and what its first row of a history holds."""

    name: str
    argv: tuple[str, ...]
    ready: bytes = b""
    press: bytes = b""
    row: bytes = b"nine"
    program: str = sys.executable
    environment: Mapping[str, str] = field(default_factory=dict)


SKELETON: Final = Window("skeleton", ("-m", "tests.support.skeleton"))


def peers(home: Path) -> Iterator[Window]:
    """The other programs, as far as they are installed; whatever they write goes into `home`."""
    config = home / "config" / "profanity" / "profrc"
    config.parent.mkdir(parents=True, exist_ok=True)
    config.write_text(_NO_CALL_HOME)
    environment = {
        "HOME": f"{home}", "XDG_CONFIG_HOME": f"{home / 'config'}", "XDG_DATA_HOME": f"{home / 'data'}",
        "LC_ALL": "C.UTF-8",
    }  # fmt: skip
    for name, arguments, row in PEERS:
        if program := shutil.which(name):
            yield Window(name, arguments, row=row, program=program, environment=environment)
        else:
            sys.stdout.write(f"{name}: not installed\n")

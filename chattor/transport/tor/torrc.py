"""The text of our tor's configuration: nothing is started or read here.

Every value is written as a quoted string, so that no path can end its line or begin a comment.
"""

import re
from collections.abc import Sequence
from pathlib import Path
from typing import Final

from chattor.errors import TorRefused
from chattor.transport.tor.places import Places

_FIXED: Final = (
    "CookieAuthentication 1",
    "ClientOnly 1",
    "SafeLogging 1",
    "DormantCanceledByStartup 1",  # a tor that went to sleep for want of use would stay asleep
    "TruncateLogFile 1",
    "Log warn stdout",  # to us: its last words
)


_OURS: Final = (
    "DataDirectory",
    "SocksPort",
    "SocksListenAddress",
    "ControlPort",
    "ControlPortWriteToFile",
    "ControlListenAddress",
    "ControlSocket",
    "CookieAuthentication",
    "CookieAuthFile",
    "HashedControlPassword",
    "HashedControlSessionPassword",
    "OwningControllerProcess",
    "OwningControllerFD",
    "User",
    "RunAsDaemon",
    "PidFile",
)
"""What chattor sets, or leaves alone on purpose: another value would break it, or open it to others."""
_NAME_ENDS: Final = re.compile(r"[\s#\\]")
_NEVER: Final = ("hiddenservice", "%include")
"""How options begin of which no line is ours to read: services beside ours, and files nobody looked at."""


def refuse_ours(extra: str) -> None:
    """Refuse extra lines that would override what chattor must decide. Raises TorRefused, naming the first such line.

    Tor takes an option in any case, shortened, with `+`, `/` or `__` before it; its value may begin on the next line.
    """
    for number, text in enumerate(extra.splitlines(), 1):
        option = _NAME_ENDS.split(text.strip(), maxsplit=1)[0].lower().lstrip('+/_"').rstrip('"')
        if not option:
            continue
        if option.startswith(_NEVER):
            raise TorRefused(f"extra torrc line {number}, “{text.strip()[:80]}”, may not be used with chattor")
        if (ours := next((name for name in _OURS if name.lower().startswith(option)), None)) is not None:
            raise TorRefused(f"extra torrc line {number}, “{text.strip()[:80]}”: {ours} is set by chattor itself")


def line(option: str, value: str | int | Path) -> str:
    """One line of a torrc."""
    text = str(value).replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n")
    return f'{option} "{text}"'


def client(places: Places, *, owner: int, extra: str, bridges: Sequence[str] = ()) -> str:
    """The torrc of a client on unix sockets that ends with the process `owner`.

    The lines for `bridges` and the user's `extra` lines come last.

    Raises TorRefused for lines that override ours.
    """
    refuse_ours(extra)
    lines = [
        line("DataDirectory", places.data),
        line("SocksPort", f'unix:"{places.socks}" IsolateSOCKSAuth OnionTrafficOnly ExtendedErrors'),
        line("ControlPort", f'unix:"{places.control}"'),
        line("Log", f"notice file {places.log}"),
        line("__OwningControllerProcess", owner),
        *_FIXED,
    ]
    if "clienttransportplugin" not in "\n".join([*bridges, extra]).lower():
        lines.append("NoExec 1")  # bridges with pluggable transports are the one reason to run programs
    return "\n".join([*lines, *bridges, extra, ""])

"""The text of our tor's configuration: nothing is started or read here.

Every value is written as a quoted string, so that no path can end its line or begin a comment.
"""

from pathlib import Path
from typing import Final

from chattor.transport.tor.places import Places

_FIXED: Final = (
    "CookieAuthentication 1",
    "ClientOnly 1",
    "SafeLogging 1",
    "DormantCanceledByStartup 1",  # a tor that went to sleep for want of use would stay asleep
    "TruncateLogFile 1",
    "Log warn stdout",  # to us: its last words
)


def line(option: str, value: str | int | Path) -> str:
    """One line of a torrc."""
    text = str(value).replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n")
    return f'{option} "{text}"'


def client(places: Places, *, owner: int, extra: str) -> str:
    """The torrc of a client on unix sockets that ends with the process `owner`; the user's `extra` lines come last."""
    lines = [
        line("DataDirectory", places.data),
        line("SocksPort", f'unix:"{places.socks}" IsolateSOCKSAuth OnionTrafficOnly ExtendedErrors'),
        line("ControlPort", f'unix:"{places.control}"'),
        line("Log", f"notice file {places.log}"),
        line("__OwningControllerProcess", owner),
        *_FIXED,
    ]
    if "clienttransportplugin" not in extra.lower():
        lines.append("NoExec 1")  # bridges with pluggable transports are the one reason to run programs
    return "\n".join([*lines, extra, ""])

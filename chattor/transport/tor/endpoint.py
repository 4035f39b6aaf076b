"""Where a tor listens: a unix socket, or a port of this machine. Elsewhere nothing of ours may go unencrypted."""

import ipaddress
import socket
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from chattor.errors import TorRefused

LOOPBACK: Final = "127.0.0.1"


@dataclass(frozen=True, slots=True)
class Endpoint:
    """A path, or a host and a port, as sockets want it."""

    address: str | tuple[str, int]

    def __str__(self) -> str:
        if isinstance(self.address, str):
            return self.address
        host, port = self.address
        return f"[{host}]:{port}" if ":" in host else f"{host}:{port}"

    def new_socket(self) -> socket.socket:
        """One of the kind that can connect there."""
        if isinstance(self.address, str):
            return socket.socket(socket.AF_UNIX)
        return socket.socket(socket.AF_INET6 if ":" in self.address[0] else socket.AF_INET)


def at(path: Path) -> Endpoint:
    """A unix socket."""
    return Endpoint(str(path))


def parse(text: str, name: str) -> Endpoint:
    """`/path`, `unix:/path`, `127.0.0.1:9051` or `[::1]:9051`. Raises TorRefused, which says what `name` must be."""
    wanted = f"{name} must be the path of a socket, or a port of this machine such as {LOOPBACK}:9051"
    if not text.isprintable():
        raise TorRefused(wanted)
    path = Path(text.removeprefix("unix:"))
    if text[:1] == "~":
        try:
            path = path.expanduser()
        except RuntimeError as error:
            raise TorRefused(wanted) from error
    if path.is_absolute():
        return at(path)
    host, _, port = text.rpartition(":")
    if not (port.isascii() and port.isdecimal() and len(port) < 6 and 0 < int(port) < 1 << 16):
        raise TorRefused(wanted)
    host = LOOPBACK if host == "localhost" else host.strip("[]")
    try:
        is_here = ipaddress.ip_address(host).is_loopback
    except ValueError as error:
        raise TorRefused(wanted) from error
    if not is_here:
        raise TorRefused(f"{name} is on another machine ({host}), and what passes between us and tor is not encrypted")
    return Endpoint((host, int(port)))

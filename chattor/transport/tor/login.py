"""How a tor that is not ours comes to trust us: by a cookie we can read, by a password, or because it asks for nothing.

Of a cookie only a proof is told (control-spec, AUTHCHALLENGE): whoever listens there in tor's place, and names a file
of ours as the cookie, learns nothing of it.
"""

import hmac
import os
import re
from dataclasses import dataclass
from pathlib import Path
from typing import Final, Protocol

from chattor.config.files import read_regular, reason
from chattor.errors import TorRefused

_COOKIE: Final = 32  # bytes
_NONCE: Final = 32  # bytes
_PASSWORD_MAX: Final = 1024  # bytes
_SERVER: Final = b"Tor safe cookie authentication server-to-controller hash"
_CLIENT: Final = b"Tor safe cookie authentication controller-to-server hash"
_METHODS: Final = re.compile(r"METHODS=(\S+)")
_FILE: Final = re.compile(r'COOKIEFILE="((?:[^"\\]|\\.)*)"')
_CHALLENGE: Final = re.compile(r"SERVERHASH=([0-9A-Fa-f]{64}) SERVERNONCE=([0-9A-Fa-f]{64})")


class Asked(Protocol):
    """A control connection, as far as it takes to log in."""

    async def ask(self, command: str) -> list[str]:
        """The lines of an answer. Raises Refused, TorDown."""
        ...


@dataclass(frozen=True, slots=True)
class _Offer:
    methods: frozenset[str]
    cookie: Path | None


async def log_in(control: Asked, password_file: Path | None) -> None:
    """Be trusted. Raises TorRefused with what to do, Refused and TorDown as `ask` does."""
    offer = _offered(await control.ask("PROTOCOLINFO 1"))
    if password_file is not None:
        await control.ask(f"AUTHENTICATE {_quoted(_password(password_file))}")
    elif "NULL" in offer.methods:
        await control.ask("AUTHENTICATE")
    elif "SAFECOOKIE" in offer.methods and offer.cookie is not None:
        await _prove(control, _read_cookie(offer.cookie))
    else:
        raise TorRefused("tor asks for a password: name a file that holds it in tor.password_file")


def _offered(lines: list[str]) -> _Offer:
    text = next((line for line in lines if line.startswith("AUTH ")), "")
    methods, file = _METHODS.search(text), _FILE.search(text)
    return _Offer(
        frozenset(methods[1].split(",") if methods else ()),
        Path(re.sub(r"\\(.)", r"\1", file[1])) if file else None,
    )


async def _prove(control: Asked, cookie: bytes) -> None:
    ours = os.urandom(_NONCE)
    (answer, *_) = await control.ask(f"AUTHCHALLENGE SAFECOOKIE {ours.hex()}")
    challenge = _CHALLENGE.search(answer)
    if challenge is None:
        raise TorRefused("what listens there is not tor")
    theirs = bytes.fromhex(challenge[2])
    proved = hmac.digest(_SERVER, cookie + ours + theirs, "sha256")
    if not hmac.compare_digest(proved, bytes.fromhex(challenge[1])):
        raise TorRefused("what listens there does not know tor's cookie, so it is another program")
    await control.ask(f"AUTHENTICATE {hmac.digest(_CLIENT, cookie + ours + theirs, 'sha256').hex()}")


def _read_cookie(file: Path) -> bytes:
    try:
        cookie = read_regular(file, _COOKIE + 1)
    except OSError as error:
        raise TorRefused(
            f"tor's cookie {file} cannot be read: {reason(error)}; join the group it belongs to, or use a password"
        ) from error
    if len(cookie) != _COOKIE:
        raise TorRefused(f"{file} is not the cookie of a tor")
    return cookie


def _password(file: Path) -> str:
    try:
        password = read_regular(file, _PASSWORD_MAX).decode().removesuffix("\n")
    except (OSError, UnicodeDecodeError) as error:
        raise TorRefused(f"the password of tor in {file} cannot be read") from error
    if not password or not password.isprintable():
        raise TorRefused(f"{file} holds no password")
    return password


def _quoted(text: str) -> str:
    escaped = text.replace("\\", "\\\\").replace('"', '\\"')
    return f'"{escaped}"'

"""Being trusted by a tor that is not ours: by a cookie, a password or nothing, and never by an impostor."""

import hmac
import os
from pathlib import Path

import pytest

from chattor.errors import TorRefused
from chattor.transport.tor.login import log_in

SERVER = b"Tor safe cookie authentication server-to-controller hash"
CLIENT = b"Tor safe cookie authentication controller-to-server hash"


class Tor:
    """Offers `methods`, and knows `cookie`."""

    def __init__(self, methods: str, cookie: bytes = b"") -> None:
        self.methods, self.cookie = methods, cookie
        self.asked: list[str] = []
        self._proof = ""

    async def ask(self, command: str) -> list[str]:
        self.asked.append(command)
        if command == "PROTOCOLINFO 1":
            return ["PROTOCOLINFO 1", f"AUTH METHODS={self.methods}", 'VERSION Tor="0.4.9.11"', "OK"]
        if command.startswith("AUTHCHALLENGE SAFECOOKIE "):
            return [self._challenge(bytes.fromhex(command.split()[-1]))]
        return ["OK"]

    def is_convinced(self) -> bool:
        return self.asked[-1] == f"AUTHENTICATE {self._proof}"

    def _challenge(self, theirs: bytes) -> str:
        ours = os.urandom(32)
        self._proof = hmac.digest(CLIENT, self.cookie + theirs + ours, "sha256").hex()
        said = hmac.digest(SERVER, self.cookie + theirs + ours, "sha256").hex().upper()
        return f"AUTHCHALLENGE SERVERHASH={said} SERVERNONCE={ours.hex().upper()}"


@pytest.fixture
def cookie(tmp_path: Path) -> Path:
    path = tmp_path / 'a "cookie" \\ here'
    path.write_bytes(bytes(range(32)))
    return path


def holding(file: Path, content: bytes | None) -> Path:
    """A file with this in it; None: no file."""
    file.unlink(missing_ok=True)
    if content is not None:
        file.write_bytes(content)
    return file


def with_cookie(path: Path) -> str:
    escaped = str(path).replace("\\", "\\\\").replace('"', '\\"')
    return f'COOKIE,SAFECOOKIE COOKIEFILE="{escaped}"'


async def test_a_cookie_is_proved_and_never_told(cookie: Path) -> None:
    tor = Tor(with_cookie(cookie), bytes(range(32)))
    await log_in(tor, None)
    assert tor.is_convinced()
    assert bytes(range(32)).hex() not in " ".join(tor.asked).lower()


async def test_an_impostor_who_names_a_file_of_ours_learns_nothing_of_it(cookie: Path) -> None:
    tor = Tor(with_cookie(cookie), bytes(32))
    with pytest.raises(TorRefused, match="does not know tor's cookie"):
        await log_in(tor, None)
    assert not any(command.startswith("AUTHENTICATE") for command in tor.asked)


@pytest.mark.parametrize(
    ("content", "why"), [(None, "cannot be read: no such file"), (b"x" * 31, "not the cookie"), (b"x" * 33, "not the")]
)
async def test_what_is_no_cookie_is_told(cookie: Path, content: bytes | None, why: str) -> None:
    holding(cookie, content)
    with pytest.raises(TorRefused, match=why):
        await log_in(Tor(with_cookie(cookie)), None)


async def test_a_password_comes_before_everything_else_and_is_quoted(tmp_path: Path) -> None:
    file = holding(tmp_path / "password", b'open "sesame" \\o/\n')
    tor = Tor("HASHEDPASSWORD")
    await log_in(tor, file)
    assert tor.asked[-1] == 'AUTHENTICATE "open \\"sesame\\" \\\\o/"'


@pytest.mark.parametrize("content", [b"", b"\n", b"two\nlines", b"\xff", None])
async def test_a_file_without_a_password_is_told(tmp_path: Path, content: bytes | None) -> None:
    file = holding(tmp_path / "password", content)
    with pytest.raises(TorRefused, match="password"):
        await log_in(Tor("HASHEDPASSWORD"), file)


async def test_one_that_asks_for_nothing_gets_nothing_and_one_that_asks_for_a_password_is_told_of() -> None:
    tor = Tor("NULL")
    await log_in(tor, None)
    assert tor.asked[-1] == "AUTHENTICATE"
    with pytest.raises(TorRefused, match=r"tor\.password_file"):
        await log_in(Tor("HASHEDPASSWORD"), None)

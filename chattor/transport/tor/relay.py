"""One relay or directory authority of the private network: its ports, keys and configuration."""

import asyncio
import random
import re
import signal
import socket
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Final

from chattor.config.files import private_directory
from chattor.errors import TorRefused
from chattor.transport.tor.places import write_private
from chattor.transport.tor.process import send
from chattor.transport.tor.torrc import line

NETWORK: Final = ("TestingTorNetwork 1", "PathsNeededToBuildCircuits 0.67")
"""What everybody on the network, client or relay, must agree on."""

_EVERYBODY: Final = (
    *NETWORK,
    "Address 127.0.0.1",
    "AssumeReachable 1",
    "ShutdownWaitLength 0",
    "SocksPort 0",
    "ExitRelay 0",
    "ContactInfo none",
    "GeoIPFile /dev/null",
    "GeoIPv6File /dev/null",
)
_AUTHORITY: Final = (
    "AuthoritativeDirectory 1",
    "V3AuthoritativeDirectory 1",
    "TestingV3AuthInitialVotingInterval 5",
    "TestingV3AuthInitialVoteDelay 2",
    "TestingV3AuthInitialDistDelay 2",
    "V3AuthVotingInterval 10",
    "V3AuthVoteDelay 2",
    "V3AuthDistDelay 2",
    "V3AuthNIntervalsValid 3",
    "TestingDirAuthVoteHSDir *",
    "TestingDirAuthVoteGuard *",
    "TestingMinExitFlagThreshold 0",
)
_PORTS: Final = range(20_000, 32_000)  # below what the system gives to outgoing connections, which would race us
_NOBODY: Final = f"DirAuthority nobody orport=1 v3ident={'0' * 40} 127.0.0.1:1 {'0' * 40}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Relay:
    """A relay, or with a `dir_port` an authority; fingerprints are 40 hex digits, empty until there are keys."""

    directory: Path
    or_port: int
    dir_port: int | None
    fingerprint: str = ""
    v3_identity: str = ""

    @property
    def name(self) -> str:
        """Its nickname on the network."""
        return self.directory.name

    @property
    def torrc(self) -> Path:
        """Its configuration."""
        return self.directory / "torrc"

    @property
    def authority_line(self) -> str:
        """How everybody else names it."""
        return (
            f"DirAuthority {self.name} orport={self.or_port} no-v2 v3ident={self.v3_identity}"
            f" 127.0.0.1:{self.dir_port} {self.fingerprint}"
        )

    def has_consensus(self, relays: int) -> bool:
        """Whether it holds a consensus that names so many relays."""
        return self._count("cached-microdesc-consensus", b"\nr ") >= relays

    def is_ready(self, relays: int) -> bool:
        """Whether it can tell a client all about so many relays."""
        return self.has_consensus(relays) and self._count("cached-microdescs*", b"\nonion-key") >= relays

    def _count(self, files: str, mark: bytes) -> int:
        return sum(file.read_bytes().count(mark) for file in self.directory.glob(files))


def free_ports(count: int) -> list[int]:
    """Ports of 127.0.0.1 that nobody listens on at this moment."""
    found: list[int] = []
    for port in random.sample(_PORTS, len(_PORTS)):
        with socket.socket() as probe:
            if len(found) < count and probe.connect_ex(("127.0.0.1", port)):
                found.append(port)
        if len(found) == count:
            break
    return found


def configuration(relay: Relay, owner: int) -> list[str]:
    """Its torrc without the authorities; it ends with the process `owner`."""
    lines = [
        line("DataDirectory", relay.directory),
        line("Log", f"notice file {relay.directory / 'log'}"),
        f"Nickname {relay.name}",
        f"ORPort 127.0.0.1:{relay.or_port}",
        f"__OwningControllerProcess {owner}",
        *_EVERYBODY,
    ]
    return lines if relay.dir_port is None else [*lines, f"DirPort 127.0.0.1:{relay.dir_port}", *_AUTHORITY]


async def with_keys(relay: Relay, tor: Path, gencert: Path) -> Relay:
    """The same relay with its keys on disk and its fingerprints known. Raises TorRefused."""
    private_directory(relay.directory)
    identity = "" if relay.dir_port is None else await _certify(relay, gencert)
    draft = relay.directory / "draft"
    write_private(draft, "\n".join([line("DataDirectory", relay.directory), f"Nickname {relay.name}", _NOBODY, ""]))
    said = await _run(
        tor, "--quiet", "--defaults-torrc", "/dev/null", "-f", str(draft), "--ORPort", str(relay.or_port),
        "--list-fingerprint",
    )  # fmt: skip
    found = re.search(rf"^{relay.name} ([0-9A-F ]+)$", said, re.MULTILINE)
    if found is None:
        raise TorRefused("tor does not tell a relay's fingerprint")
    return replace(relay, fingerprint=found[1].replace(" ", ""), v3_identity=identity)


async def _certify(relay: Relay, gencert: Path) -> str:
    keys = relay.directory / "keys"
    private_directory(keys)
    certificate = keys / "authority_certificate"
    await _run(
        gencert, "--create-identity-key", "--passphrase-fd", "0", "-m", "12", "-a", f"127.0.0.1:{relay.dir_port}",
        "-i", str(keys / "authority_identity_key"), "-s", str(keys / "authority_signing_key"), "-c", str(certificate),
    )  # fmt: skip
    return _v3_identity(certificate.read_text())


def _v3_identity(certificate: str) -> str:
    found = re.search(r"^fingerprint ([0-9A-F]{40})$", certificate, re.MULTILINE)
    if found is None:
        raise TorRefused("tor-gencert made no certificate")
    return found[1]


async def _run(program: Path, *arguments: str) -> str:
    process = await asyncio.create_subprocess_exec(
        program, *arguments,
        stdin=asyncio.subprocess.PIPE, stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.STDOUT, umask=0o077,
    )  # fmt: skip
    try:
        output, _ = await process.communicate(b"\n")  # the empty passphrase of an authority's identity key
    except BaseException:
        send(process, signal.SIGKILL)
        await process.wait()
        raise
    text = output.decode(errors="replace")
    if process.returncode:
        raise TorRefused(f"{program.name} failed: {text.strip()}")
    return text

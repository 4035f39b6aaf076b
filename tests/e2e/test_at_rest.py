"""What killed daemons leave on disk (S6): nothing that says who, to whom or what, and no key."""

import base64
import shutil
from collections.abc import Iterator
from pathlib import Path
from stat import S_ISSOCK

import pytest

from chattor import launch
from chattor.config.settings import Settings
from chattor.crypto.keys import expanded_onion_key
from chattor.demo.patience import together
from chattor.demo.person import Person
from chattor.demo.remains import search
from chattor.profile import Profile
from chattor.store import vault
from tests.support.programs import Friends, all_delivered

pytestmark = [pytest.mark.tor, pytest.mark.asyncio(loop_scope="session")]

LINE = "the quick brown fox says where we meet"


async def test_killed_daemons_leave_nothing_readable(friends: Friends, tmp_path: Path) -> None:
    ada, ben = friends.people
    for person in (ada, ben):
        async with person.api() as api:
            await api.send(friends.calls[person], f"{LINE}, {person.name}")
            await api.draft(friends.calls[person], f"{LINE}, unsent")
    await together(all_delivered(ada), all_delivered(ben))
    await together(ada.kill(), ben.kill())
    left = _copy(ada.paths.data.parent, tmp_path / "left")
    assert (left / ada.paths.data.name / "chattor.db-wal").stat().st_size > 0, "the kill came too late to test anything"
    secrets = {"a text": LINE.encode()}
    for person in (ada, ben):
        secrets |= {f"{person.name}'s {name}": secret for name, secret in await _secrets(person)}
    assert len(secrets) > 50
    assert search((left,), secrets) == []


async def _secrets(person: Person) -> list[tuple[str, bytes]]:
    """What nobody may find, in every way it might be written."""
    profile = Profile(paths=person.paths, settings=Settings())
    host = await launch.read_offline(profile, person._passphrase)
    try:
        assert host.house.node is not None
        identity, keys = await host.node.identity(), host.house.node._core.own.identity
    finally:
        await host.close()
    label = identity.onion.removesuffix(".onion")
    named = {
        "data key": vault.unlock(person.paths.data, person._passphrase).raw,
        "onion seed": keys.onion.seed,
        "onion key": expanded_onion_key(keys.onion.seed),
        "signing seed": keys.sig.seed,
        "agreement seed": keys.dh.seed,
        "onion public key": keys.onion.public,
        "identity": keys.sig.public,
        "passphrase": person._passphrase.encode(),
        "friend code": identity.friend_code.encode(),
        "onion": label.encode(),
        "fingerprint": identity.fingerprint.encode(),
    }
    return [(f"{name} ({form})", written) for name, secret in named.items() for form, written in _forms(secret)]


def _forms(secret: bytes) -> Iterator[tuple[str, bytes]]:
    yield "as it is", secret
    yield "upper case", secret.upper()
    yield "hex", secret.hex().encode()
    yield "HEX", secret.hex().upper().encode()
    yield "base64", base64.b64encode(secret).rstrip(b"=")[:-1]
    yield "base64url", base64.urlsafe_b64encode(secret).rstrip(b"=")[:-1]
    yield "base32", base64.b32encode(secret).rstrip(b"=")[:-1]


def _copy(directory: Path, to: Path) -> Path:
    """Every file as it is at this moment."""

    def sockets(of: str, names: list[str]) -> list[str]:
        return [name for name in names if S_ISSOCK((Path(of) / name).lstat().st_mode)]

    shutil.copytree(directory, to, ignore=sockets)
    return to

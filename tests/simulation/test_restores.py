"""R13: profiles put back from backups of any age while the friendship goes on. The files are real backup files.

Every story has two friends who write to each other all the time; between rounds one of them, or both, are put back,
write before their first link, and meet again. Nothing may be lost or doubled, and no key meets the same nonce twice.
"""

import asyncio
import os
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from random import Random
from typing import Final
from unittest.mock import patch

import pytest
from cryptography.hazmat.primitives.ciphers.aead import ChaCha20Poly1305

from chattor.config.paths import DATABASE, KEYFILE
from chattor.crypto import noise, ratchet
from chattor.crypto.cost import Cost
from chattor.crypto.header import HeaderBox
from chattor.crypto.passphrase import seal
from chattor.store import backup
from chattor.store.backup import Backup, Label
from chattor.store.restore import restore
from tests.simulation.play import _Story
from tests.support import friendships
from tests.support.people import KEY, Files, Person, scratch
from tests.support.virtual import run
from tests.support.world import World, world

STORIES: Final = 30
ROUNDS: Final = 6
CHUNK: Final = 10
NAMES: Final = ("alice", "bob")
_KEYFILE: Final = seal(KEY.raw, "correct horse", os.urandom, Cost(memory_kib=64 * 1024, passes=1, lanes=1))
_LABEL: Final = Label(created_ms=0, name="", onion="")


class Wear:
    """Which nonces each key of the ratchets and the transport encrypted under."""

    def __init__(self) -> None:
        self.uses: Counter[tuple[str, bytes, bytes]] = Counter()

    @property
    def reused(self) -> int:
        """Pairs used more than once."""
        return sum(times > 1 for times in self.uses.values())

    def aead(self, where: str) -> type:
        """ChaCha20-Poly1305 that is watched."""
        uses = self.uses

        class Watched:
            def __init__(self, key: bytes) -> None:
                self._key, self._aead = key, ChaCha20Poly1305(key)

            def encrypt(self, nonce: bytes, plaintext: bytes, ad: bytes) -> bytes:
                uses[where, self._key, nonce] += 1
                return self._aead.encrypt(nonce, plaintext, ad)

            def decrypt(self, nonce: bytes, ciphertext: bytes, ad: bytes) -> bytes:
                return self._aead.decrypt(nonce, ciphertext, ad)

        return Watched

    @contextmanager
    def watch(self) -> Iterator[None]:
        """Count while the block runs."""
        seal_header = HeaderBox.seal

        def watched(box: HeaderBox, key: bytes, nonce: bytes, header: bytes) -> bytes:
            self.uses["header", key, nonce] += 1
            return seal_header(box, key, nonce, header)

        with (
            patch.object(noise, "ChaCha20Poly1305", self.aead("noise")),
            patch.object(ratchet, "ChaCha20Poly1305", self.aead("ratchet")),
            patch.object(HeaderBox, "seal", watched),
        ):
            yield


def packed(person: Person, file: Path) -> Path:
    """A real backup of somebody's store as it is now, whether or not it is in use."""
    (person.path.parent / KEYFILE).write_bytes(_KEYFILE)
    backup.create(person.path, KEY, file, _LABEL, os.urandom, force=True)
    return file


def unpacked(file: Path, at_ms: int) -> Files:
    """The store that a restore makes of it."""
    with scratch() as directory, Backup.open(file, lambda _: KEY) as opened:
        opened.check()
        restore(opened, directory, at_ms)
        return Files({"": (directory / DATABASE).read_bytes()})


class Restores(_Story):
    """Friends who are put back again and again."""

    def __init__(self, stage: World, dice: Random, directory: Path) -> None:
        super().__init__(stage, dice)
        self._directory = directory
        self.restored: Counter[str] = Counter()

    async def tell(self) -> None:
        """From strangers to the last verdict."""
        dice = self._dice
        await friendships.befriend(self._world, *dice.sample(NAMES, 2))
        for _ in range(ROUNDS):
            for name in NAMES:
                self._back_up(name)
                await asyncio.gather(self._letters("alice", "bob"), self._letters("bob", "alice"))
                if dice.random() < 0.5:
                    await self._settle()
            await self._put_back(dice.choice(("alice", "bob", "both")))
            await self._settle()

    def _back_up(self, name: str) -> None:
        stage = self._world
        stage.back_up(name)
        file = packed(stage.people[name], self._directory / f"{name}.backup")
        now = stage.people[name].clock.wall()
        stage.backups[name][-1] = replace(stage.backups[name][-1], files=unpacked(file, now))

    async def _put_back(self, who: str) -> None:
        """Those who are put back write before they see anybody, and so may the other."""
        stage, dice = self._world, self._dice
        names = NAMES if who == "both" else (who,)
        for name in names:
            if dice.random() < 0.5:
                stage.crash(name)
            else:
                await stage.stop(name)
        for name in names:
            stage.roll_back(name, dice.randrange(len(stage.backups[name])))
            stage.network.down(name)
            await stage.start(name)
        others = [name for name in NAMES if name in names or dice.random() < 0.5]
        for author in others:
            await self._letters(author, NAMES[author == NAMES[0]])
        for name in names:
            await asyncio.sleep(dice.choice((0, dice.uniform(0, 60))))
            stage.network.up(name)
        self.restored[who] += 1


def tell(seed: int, wear: Wear) -> Counter[str]:
    """One story; how often who was put back. Raises AssertionError if a promise did not hold."""

    async def story(directory: Path) -> Counter[str]:
        dice = Random(f"{seed} restores")
        async with world(directory, *NAMES, seed=seed) as stage:
            restores = Restores(stage, dice, directory)
            try:
                await restores.tell()
            except Exception as error:
                told = "\n".join(stage.probe.story[-80:])
                raise AssertionError(f"seed {seed}: {error!r}\n{told}") from error
        assert not stage.probe.defects
        return restores.restored

    with scratch() as directory, wear.watch():
        return run(story(directory))


@pytest.mark.parametrize(
    "first",
    [pytest.param(first, marks=[pytest.mark.slow] if first else []) for first in range(0, STORIES, CHUNK)],
)
def test_friends_meet_again_after_restores(first: int) -> None:
    wear = Wear()
    restored: Counter[str] = Counter()
    for seed in range(first, first + CHUNK):
        restored += tell(seed, wear)
    assert min(restored[who] for who in ("alice", "bob", "both")) > 0
    assert (restored.total() + restored["both"]) * STORIES // CHUNK >= 200
    assert wear.reused == 0
    assert len(wear.uses) > 1_000

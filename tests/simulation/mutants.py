"""Five rules broken on purpose (reliability: Method): the tests must notice each, or they prove little.

`python -m tests.simulation.mutants` runs the tests named for a mutant once as they are, which must pass, and once
under the mutant, which must fail. This module is the pytest plugin that breaks the rule in the process of the tests,
chosen by the environment variable MUTANT; no file is changed.
"""

import asyncio
import os
import subprocess
import sys
from collections.abc import Callable, Sequence
from typing import Final, NamedTuple
from unittest.mock import patch

from chattor.crypto import keys
from chattor.handlers import messaging, router
from chattor.handlers.context import Ctx
from chattor.node.inbound import Inbound
from chattor.node.session import Session
from chattor.protocol.frames import Ack, Frame, Msg, Tombstone
from chattor.protocol.stream import Position, Verdict
from chattor.store import connection
from chattor.store.repos.chain import ChainRepo, Item
from chattor.store.repos.messages import MessagesRepo
from chattor.store.repos.seen import SeenRepo
from chattor.store.tx import Tx

SEEDS: Final = ("tests/simulation/test_seeds.py::test_every_promise_holds",)
SCHEDULES: Final = ("tests/properties/test_streams.py",)
DISK: Final = 1.0
"""Virtual seconds a commit takes under the mutant that does not wait for it."""


def no_hash_check() -> None:
    """Positions are compared by their numbers alone."""

    def judge(high: Position, seq: int, prev: bytes) -> Verdict:
        if seq <= high.seq:
            return Verdict.REPEAT
        return Verdict.NEXT if seq == high.seq + 1 else Verdict.BROKEN

    def at(self: ChainRepo, friend: int, position: Position) -> Item | None:
        items = self._some("WHERE friend = ? AND seq = ? ORDER BY pos DESC", (friend, position.seq))
        return items[0] if items else None

    patch.object(messaging, "judge", judge).start()
    patch.object(ChainRepo, "at", at).start()
    patch.object(Position, "__eq__", lambda one, other: one.seq == other.seq).start()


def no_fsync() -> None:
    """A commit does not wait for the disk."""
    lazy = [pragma.replace("synchronous = FULL", "synchronous = NORMAL") for pragma in connection._PRAGMAS]
    patch.object(connection, "_PRAGMAS", tuple(lazy)).start()


def no_dedupe() -> None:
    """What was received once is not recognised under another number."""
    add_in = MessagesRepo.add_in

    def add_again(self: MessagesRepo, **columns: object) -> int:
        return add_in(self, **{**columns, "msg_id": os.urandom(16)})  # type: ignore[arg-type] # all as they came

    patch.object(SeenRepo, "rest_hash", lambda *_: None).start()
    patch.object(SeenRepo, "mark", lambda *_: None).start()
    patch.object(MessagesRepo, "add_in", add_again).start()


def ack_before_commit() -> None:
    """What arrived is acknowledged while the disk is still at it."""
    received = Inbound._received

    class Peek(Exception):
        """Undoes the transaction, and brings its answers."""

    def peek(tx: Tx, ctx: Ctx, peer: router.Peer, frames: Sequence[Frame]) -> None:
        raise Peek(router.dispatch(tx, ctx, peer, frames).answers)

    async def hasty(self: Inbound, session: Session, frames: list[Frame]) -> object:
        if session.certificate is not None and any(isinstance(frame, Msg | Tombstone) for frame in frames):
            try:
                await self._core.act(
                    peek, router.Peer(session.certificate, session.friend, session.shown.epoch), frames
                )
            except Peek as seen:
                session.connection.send([answer for answer in seen.args[0] if isinstance(answer, Ack)])
                await asyncio.sleep(DISK)
        return await received(self, session, frames)

    patch.object(Inbound, "_received", hasty).start()


def no_point_validation() -> None:
    """Any 32 bytes pass for an Ed25519 key."""
    patch.object(keys, "crypto_core_ed25519_is_valid_point", lambda _: True).start()


class Mutant(NamedTuple):
    """How a rule is broken, the tests that must notice, and what they must say: not any failure counts."""

    make: Callable[[], None]
    tests: tuple[str, ...]
    told: str


MUTANTS: Final[dict[str, Mutant]] = {
    "no hash check": Mutant(no_hash_check, SCHEDULES, "AssertionError: lost"),
    "no fsync": Mutant(no_fsync, ("tests/unit/store/test_database.py",), "{'synchronous': 1} != {'synchronous': 2}"),
    "no dedupe": Mutant(no_dedupe, SEEDS, "doubled=(("),
    "ack before commit": Mutant(ack_before_commit, SEEDS, "acknowledged and lost"),
    "no point validation": Mutant(no_point_validation, ("tests/unit/crypto", "tests/unit/protocol"), "DID NOT RAISE"),
}


def pytest_configure() -> None:
    """Be the mutant the environment names, if it names one."""
    if name := os.environ.get("MUTANT"):
        MUTANTS[name].make()


def run(tests: tuple[str, ...], mutant: str = "") -> tuple[int, str]:
    """Pytest's exit status and what it said; it stops at the first failure."""
    done = subprocess.run(
        [sys.executable, "-m", "pytest", "-xq", "-n", "2", "-p", "no:cacheprovider", "-p", __spec__.name, *tests],
        env={**os.environ, "MUTANT": mutant},
        capture_output=True,
        text=True,
        check=False,
    )
    return done.returncode, done.stdout


def main() -> int:
    """Every set of tests as it is, then under its mutants; how many went wrong."""
    wrong = 0
    for tests in dict.fromkeys(mutant.tests for mutant in MUTANTS.values()):
        status, told = run(tests)
        wrong += status != 0
        sys.stdout.write(f"pass: {' '.join(tests)}\n" if status == 0 else told)
    for name, mutant in MUTANTS.items():
        status, told = run(mutant.tests, name)
        noticed = status in (1, 2) and mutant.told in told  # failed, or interrupted by -x
        wrong += not noticed
        sys.stdout.write(f"{'noticed' if noticed else 'MISSED'}: {name}\n")
        sys.stdout.flush()
    return wrong


if __name__ == "__main__":
    sys.exit(main() != 0)

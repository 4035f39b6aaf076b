"""Who we are, and who we were as long as friends still come to that address."""

from dataclasses import dataclass
from typing import Final

from chattor.crypto.keys import Identity
from chattor.protocol.channels import BUILT_IN, channel_id
from chattor.protocol.friend_code import FriendCode
from chattor.store.repos.channels import ChannelsRepo
from chattor.store.sql import Sql, blob, integer, maybe_number, number, text

_AHEAD: Final = {"messages": 2**20, "friends": 1_000, "posts": 2**20, "channels": 1_000, "approvals": 1_000}
"""How far numbers jump at a restore, beyond what was given out since the backup: an id that somebody kept must not
come to name another message or another person. Events jump to the present millisecond."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Guise:
    """The keys of one certificate of ours: where we are reached and as whom. Epochs count through all of them.

    `created_ms` is when its certificate was made, `left_ms` when the next one took its place; None for the present.
    """

    identity: Identity
    epoch: int
    created_ms: int
    left_ms: int | None = None

    @property
    def id_commit(self) -> bytes:
        """The commitment of its identity."""
        return self.identity.id_commit


@dataclass(frozen=True, slots=True, kw_only=True)
class Own:
    """Our name and secrets. `epoch` counts certificates; `created_ms` is when the present one was made."""

    name: str
    identity: Identity
    epoch: int
    created_ms: int
    former: tuple[Guise, ...] = ()
    """Left, but still answered; oldest first."""

    @property
    def present(self) -> Guise:
        """Who we are now."""
        return Guise(identity=self.identity, epoch=self.epoch, created_ms=self.created_ms)

    @property
    def code(self) -> FriendCode:
        """Our friend code."""
        return FriendCode(self.identity.onion.public, self.identity.id_commit)

    @property
    def guises(self) -> tuple[Guise, ...]:
        """All we answer as, oldest first."""
        return (*self.former, self.present)

    def at(self, onion_pk: bytes) -> Guise | None:
        """Who is reached at an address of ours."""
        return next((guise for guise in self.guises if guise.identity.onion.public == onion_pk), None)

    def shown(self, epoch: int) -> Guise:
        """What somebody who holds the certificate of `epoch` is shown: the newest of the same identity.

        The present one if that identity is answered no more.
        """
        known = next((guise for guise in self.guises if guise.epoch == epoch), self.present)
        return next(guise for guise in reversed(self.guises) if guise.id_commit == known.id_commit)

    def successor(self, epoch: int) -> Guise | None:
        """The newest of the identity that followed the one of `epoch`; None for the present one."""
        last = self.shown(epoch).epoch
        later = next((guise for guise in self.guises if guise.epoch > last), None)
        return None if later is None else self.shown(later.epoch)

    def same_identity(self, epoch: int, other: int) -> bool:
        """Whether two epochs are of one identity."""
        return self.shown(epoch).epoch == self.shown(other).epoch


class OwnRepo:
    """The tables `self` and `former`."""

    def __init__(self, sql: Sql) -> None:
        self._sql = sql

    def create(self, own: Own) -> None:
        """Write the one row, and the channels everybody has; fails if there is one."""
        self._sql.execute(
            "INSERT INTO self (id, name, secrets, epoch, created_ms) VALUES (1, ?, ?, ?, ?)",
            (own.name, own.identity.to_bytes(), own.epoch, own.created_ms),
        )
        channels = ChannelsRepo(self._sql)
        for name, friends_only in BUILT_IN.items():
            channels.add(name=name, friends_only=friends_only, channel_id=channel_id(own.identity.sig.public, name))

    def load(self) -> Own | None:
        """The one row and who we were, or None in a store that was never finished."""
        row = self._sql.execute("SELECT name, secrets, epoch, created_ms FROM self").fetchone()
        if row is None:
            return None
        return Own(
            name=text(row[0]),
            identity=Identity.from_bytes(blob(row[1])),
            epoch=integer(row[2]),
            created_ms=integer(row[3]),
            former=self._former(),
        )

    def replace(self, identity: Identity, now_ms: int) -> None:
        """From now on we are somebody else; who we were is still answered."""
        self._sql.execute(
            "INSERT INTO former (epoch, secrets, created_ms, left_ms) SELECT epoch, secrets, created_ms, ? FROM self",
            (now_ms,),
        )
        self._sql.execute(
            "UPDATE self SET secrets = ?, epoch = epoch + 1, created_ms = ?", (identity.to_bytes(), now_ms)
        )

    def forget(self, epoch: int) -> None:
        """Who we were then is answered no more."""
        self._sql.execute("DELETE FROM former WHERE epoch = ?", (epoch,))

    def restored_ms(self) -> int | None:
        """When this store was last put back from a backup; None if never."""
        return maybe_number(self._sql, "SELECT restored_ms FROM self")

    def mark_restored(self, at_ms: int) -> None:
        """This store was put back from a backup: nothing it gives a number from now on had that number before."""
        self._sql.execute("UPDATE self SET restored_ms = ?", (at_ms,))
        self._jump("events", max(at_ms, self._last("events")))
        for table, ahead in _AHEAD.items():
            self._jump(table, self._last(table) + ahead)

    def _last(self, table: str) -> int:
        return number(self._sql, "SELECT seq FROM sqlite_sequence WHERE name = ?", (table,))

    def _jump(self, table: str, last: int) -> None:
        self._sql.execute("DELETE FROM sqlite_sequence WHERE name = ?", (table,))
        self._sql.execute("INSERT INTO sqlite_sequence (name, seq) VALUES (?, ?)", (table, last))

    def _former(self) -> tuple[Guise, ...]:
        rows = self._sql.execute("SELECT secrets, epoch, created_ms, left_ms FROM former ORDER BY epoch")
        return tuple(
            Guise(
                identity=Identity.from_bytes(blob(row[0])),
                epoch=integer(row[1]),
                created_ms=integer(row[2]),
                left_ms=integer(row[3]),
            )
            for row in rows
        )

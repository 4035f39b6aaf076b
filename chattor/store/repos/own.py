"""Who we are: one row, written when the profile is made."""

from dataclasses import dataclass

from chattor.crypto.keys import Identity
from chattor.store.sql import Sql, blob, integer, text


@dataclass(frozen=True, slots=True, kw_only=True)
class Own:
    """Our name and secrets. `epoch` counts certificates; `created_ms` is when the present one was made."""

    name: str
    identity: Identity
    epoch: int
    created_ms: int


class OwnRepo:
    """The table `self`."""

    def __init__(self, sql: Sql) -> None:
        self._sql = sql

    def create(self, own: Own) -> None:
        """Write the one row; fails if there is one."""
        self._sql.execute(
            "INSERT INTO self (id, name, secrets, epoch, created_ms) VALUES (1, ?, ?, ?, ?)",
            (own.name, own.identity.to_bytes(), own.epoch, own.created_ms),
        )

    def load(self) -> Own | None:
        """The one row, or None in a store that was never finished."""
        row = self._sql.execute("SELECT name, secrets, epoch, created_ms FROM self").fetchone()
        if row is None:
            return None
        return Own(
            name=text(row[0]),
            identity=Identity.from_bytes(blob(row[1])),
            epoch=integer(row[2]),
            created_ms=integer(row[3]),
        )

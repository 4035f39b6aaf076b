"""A backup as the faces see it."""

from datetime import datetime

from msgspec import Struct


class Backup(Struct, frozen=True, kw_only=True):
    """One file, and what it tells of itself once its passphrase opened it."""

    file: str
    bytes: int
    created_at: datetime
    name: str
    onion: str

"""The profile's data as a whole."""

import asyncio
from pathlib import Path

from chattor.errors import BadInput
from chattor.handlers import export
from chattor.handlers.views import moment
from chattor.model.address import OnionAddress
from chattor.model.backup import Backup
from chattor.model.export import ExportPage
from chattor.node.api.part import Part
from chattor.store.backup import Label


class DataPart(Part):
    """Implements `chattor.api.data`."""

    async def backup_create(self, file: str, force: bool = False) -> Backup:
        """Write everything into one encrypted file."""
        target = Path(file)
        if not target.is_absolute() or "\0" in file:
            raise BadInput("FILE must be an absolute path")
        core = self._core
        now = core.clock.wall()
        label = Label(created_ms=now, name=core.own.name, onion=str(OnionAddress(core.own.identity.onion.public)))
        size = await asyncio.to_thread(core.database.back_up, target, label, core.rng, force=force)
        return backup_view(target, size, label)

    async def export_page(self, friend: str | None = None, after: str | None = None, limit: int = 500) -> ExportPage:
        """Messages in the order of conversations."""
        return await self._core.ask(export.page, friend, after, limit)


def backup_view(file: Path, size: int, label: Label) -> Backup:
    """A backup as the faces see it."""
    return Backup(file=str(file), bytes=size, created_at=moment(label.created_ms), name=label.name, onion=label.onion)

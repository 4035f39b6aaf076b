"""The profile's data as a whole: what leaves it, at its owner's wish only."""

from typing import Protocol

from chattor.model.backup import Backup
from chattor.model.export import ExportPage


class DataApi(Protocol):
    """Backups and exports. Restoring and checking one needs no node: see `upkeep`."""

    async def backup_create(self, file: str, force: bool = False) -> Backup:
        """Write everything into one encrypted file, an absolute path on the node's machine.

        The profile's passphrase opens it. `force` replaces a file of our own. Raises FileExists, FileRefused.
        """
        ...

    async def export_page(self, friend: str | None = None, after: str | None = None, limit: int = 500) -> ExportPage:
        """Messages in the order of conversations, of one friend or of all, behind the cursor of the page before.

        Texts of limited time are left out.
        """
        ...

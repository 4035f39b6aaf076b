"""What the user can set: settings.toml, and what the node that runs obeys."""

import asyncio

from chattor.config import catalogue
from chattor.model.settings import Setting
from chattor.node.api.part import Part


class SettingsPart(Part):
    """Implements `chattor.api.settings`."""

    async def settings_list(self) -> list[Setting]:
        """Every setting with its value, default and meaning."""
        return catalogue.listed(self._core.settings)

    async def settings_get(self, key: str) -> Setting:
        """One setting."""
        return catalogue.named(self._core.settings, key)

    async def settings_set(self, key: str, value: str) -> Setting:
        """Change one setting in settings.toml."""
        before = self._core.settings
        self._core.settings = await asyncio.to_thread(self._core.settings_file.set, key, value)
        if self._core.settings.agent != before.agent:
            self._runtime.whispers.tell_everybody()
        if key == "tor.friends_only":
            self._runtime.serve()
        return catalogue.named(self._core.settings, key)

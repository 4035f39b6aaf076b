"""What the user can set, in settings.toml."""

from typing import Protocol

from chattor.model.settings import Setting


class SettingsApi(Protocol):
    """Settings. KEY is a dotted name such as `privacy.requests`."""

    async def settings_list(self) -> list[Setting]:
        """Every setting with its value, default and meaning."""
        ...

    async def settings_get(self, key: str) -> Setting:
        """One setting."""
        ...

    async def settings_set(self, key: str, value: str) -> Setting:
        """Change one setting in settings.toml, its comments kept; the node obeys at once, or at its next start."""
        ...

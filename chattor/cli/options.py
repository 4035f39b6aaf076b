"""The options that stand before the verb, as one frozen value, and what follows from them."""

import sys
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

from chattor.config.paths import Paths, locate
from chattor.daemon.passphrase import Source
from chattor.errors import NoProfile

if TYPE_CHECKING:
    from chattor.config.edit import SettingsFile
    from chattor.profile import Profile


@dataclass(frozen=True, kw_only=True)
class Options:
    """What was said before the verb; `as_json` may be said after it too."""

    profile: str | None = None
    data_dir: Path | None = None
    config_dir: Path | None = None
    passphrase_file: Path | None = None
    passphrase_fd: int | None = None
    torrc: Path | None = None
    theme: str | None = None
    color: str = "auto"
    log_level: str | None = None
    as_json: bool = False

    @cached_property
    def paths(self) -> Paths:
        """The places of the profile. Raises BadInput, BadDirectory."""
        return locate(self.profile, self.data_dir, self.config_dir)

    @property
    def source(self) -> Source:
        """Where the passphrase comes from."""
        return Source(file=self.passphrase_file, descriptor=self.passphrase_fd)

    @property
    def settings_file(self) -> "SettingsFile":
        """settings.toml under what was said before the verb."""
        from chattor.config.edit import SettingsFile

        said = {"log.level": self.log_level, "terminal.theme": self.theme}
        return SettingsFile(self.paths.settings, {key: value for key, value in said.items() if value is not None})

    def existing(self) -> "Profile":
        """The profile for `launch`. Raises NoProfile, BadSettings."""
        if not self.paths.holds_profile:
            raise NoProfile(f"there is no profile in {self.paths.data}")
        return self.launchable()

    def launchable(self) -> "Profile":
        """Likewise, whether or not it exists yet; warnings about the settings go to stderr. Raises BadSettings."""
        from chattor.profile import Profile

        loaded = self.settings_file.load()
        for warning in loaded.warnings:
            print(f"chattor: {warning}", file=sys.stderr)
        return Profile(paths=self.paths, settings=loaded.settings, options=self.settings_file.options, torrc=self.torrc)

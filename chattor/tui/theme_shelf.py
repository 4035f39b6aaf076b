"""Where palettes are found. Free of Textual, like the palettes themselves: the command line looks here too.

Shipped themes are the data package `chattor.themes`. A user's own live in `themes/` of the config directory and come
first; `theme.toml` there overrides single colours of whichever theme is chosen.
"""

from dataclasses import dataclass
from importlib.resources import files
from pathlib import Path
from typing import Final

from chattor.config.files import read_regular, reason
from chattor.config.toml_file import FILE_MAX, writable_by_others
from chattor.errors import BadTheme, NoTheme
from chattor.tui.palette import Palette, read_palette, with_alarms

DEFAULT: Final = "dark"


@dataclass(frozen=True, slots=True, kw_only=True)
class ThemeShelf:
    """Shipped themes and, with a config directory, the user's."""

    config: Path | None = None

    def names(self) -> list[str]:
        """Every theme there is, by name."""
        shipped = (entry.name for entry in files("chattor.themes").iterdir())
        return sorted({name.removesuffix(".toml") for name in (*shipped, *self._own()) if name.endswith(".toml")})

    def load(self, name: str) -> Palette:
        """One theme with the user's overrides. Raises NoTheme, BadTheme."""
        palette = read_palette(name, self._read(name), base=self._base(name))
        override = self.config / "theme.toml" if self.config else None
        if override is not None and override.exists():
            merged = read_palette("theme.toml", _head(override), base=palette)
            palette = Palette(name=name, dark=merged.dark, colors=merged.colors)
        return with_alarms(palette)

    def is_own(self, name: str) -> bool:
        """Is it one of the user's?"""
        return f"{name}.toml" in self._own()

    def stamp(self, name: str) -> tuple[int, ...]:
        """Changes when the user's files behind a theme do."""
        if self.config is None:
            return ()
        return tuple(map(_changed, (self.config / "theme.toml", self.config / "themes" / f"{name}.toml")))

    def _base(self, name: str) -> Palette | None:
        return _default() if name != DEFAULT and self.is_own(name) else None

    def _own(self) -> list[str]:
        folder = self.config / "themes" if self.config else None
        return [path.name for path in folder.glob("*.toml")] if folder and folder.is_dir() else []

    def _read(self, name: str) -> bytes:
        if self.config and f"{name}.toml" in self._own():
            return _head(self.config / "themes" / f"{name}.toml")
        shipped = files("chattor.themes").joinpath(f"{name}.toml")
        if "/" in name or not shipped.is_file():
            raise NoTheme(f"there is no theme {name[:40]!r}")
        return shipped.read_bytes()


def read_theme(path: Path) -> Palette:
    """A theme file anywhere, as it would be read in `themes/`. Raises BadTheme."""
    return read_palette(path.stem, _head(path), base=_default())


def _default() -> Palette:
    return read_palette(DEFAULT, files("chattor.themes").joinpath(f"{DEFAULT}.toml").read_bytes())


def _head(path: Path) -> bytes:
    if writable_by_others(path):
        raise BadTheme(f"{path.name} is ignored, because others can write it: chown and chmod 600 it")
    try:
        return read_regular(path, FILE_MAX + 1)
    except OSError as error:
        raise BadTheme(f"{path.name} cannot be read: {reason(error)}") from error


def _changed(path: Path) -> int:
    try:
        return path.stat().st_mtime_ns
    except OSError:
        return 0

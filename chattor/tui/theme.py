"""From a palette to a Textual theme, and where palettes are found.

Shipped themes are the data package `chattor.themes`. A user's own live in `themes/` of the config directory and come
first; `theme.toml` there overrides single colours of whichever theme is chosen.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from importlib.resources import files
from pathlib import Path
from typing import Final

from textual.theme import Theme

from chattor.config.files import read_regular, reason
from chattor.config.toml_file import FILE_MAX, writable_by_others
from chattor.errors import BadTheme
from chattor.tui.palette import INKS, Palette, read_palette, with_alarms

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
        """One theme with the user's overrides. Raises BadTheme."""
        palette = read_palette(name, self._read(name), base=self._base(name))
        override = self.config / "theme.toml" if self.config else None
        if override is not None and override.exists():
            merged = read_palette("theme.toml", _head(override), base=palette)
            palette = Palette(name=name, dark=merged.dark, colors=merged.colors)
        return with_alarms(palette)

    def stamp(self, name: str) -> tuple[int, ...]:
        """Changes when the user's files behind a theme do."""
        if self.config is None:
            return ()
        return tuple(map(_changed, (self.config / "theme.toml", self.config / "themes" / f"{name}.toml")))

    def _base(self, name: str) -> Palette | None:
        if name == DEFAULT or f"{name}.toml" not in self._own():
            return None
        return read_palette(DEFAULT, files("chattor.themes").joinpath(f"{DEFAULT}.toml").read_bytes())

    def _own(self) -> list[str]:
        folder = self.config / "themes" if self.config else None
        return [path.name for path in folder.glob("*.toml")] if folder and folder.is_dir() else []

    def _read(self, name: str) -> bytes:
        if self.config and f"{name}.toml" in self._own():
            return _head(self.config / "themes" / f"{name}.toml")
        shipped = files("chattor.themes").joinpath(f"{name}.toml")
        if "/" in name or not shipped.is_file():
            raise BadTheme(f"there is no theme {name[:40]!r}")
        return shipped.read_bytes()


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


def to_textual(palette: Palette) -> Theme:
    """The same colours under Textual's names; ours are variables `$ink-…`, `$selection` and `$line`."""
    colors = palette.colors
    return Theme(
        name=palette.name,
        primary=colors["accent"],
        secondary=colors["theirs"],
        accent=colors["accent"],
        success=colors["good"],
        warning=colors["warn"],
        error=colors["bad"],
        foreground=colors["text"],
        background=colors["background"],
        surface=colors["surface"],
        panel=colors["panel"],
        dark=palette.dark,
        variables=dict(_variables(palette)),
    )


def _variables(palette: Palette) -> Iterator[tuple[str, str]]:
    colors = palette.colors
    for ink in INKS:
        yield f"ink-{ink}", colors[ink]
    yield "selection", colors["selection"]
    yield "line", colors["border"]
    yield "text-muted", colors["muted"]
    yield "border", colors["accent"]
    yield "border-blurred", colors["border"]
    yield "footer-background", colors["surface"]
    yield "footer-foreground", colors["muted"]
    yield "footer-description-foreground", colors["muted"]
    yield "footer-key-foreground", colors["accent"]
    yield "scrollbar", colors["border"]
    yield "scrollbar-hover", colors["muted"]
    yield "scrollbar-active", colors["accent"]
    yield "scrollbar-background", colors["background"]
    yield "input-selection-background", colors["selection"]
    yield "input-selection-foreground", colors["text"]
    yield "screen-selection-background", colors["accent"]
    yield "screen-selection-foreground", colors["background"]
    yield "block-cursor-background", colors["selection"]
    yield "block-cursor-foreground", colors["text"]

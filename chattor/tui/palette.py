"""What a theme file may say: whether it is dark, and a colour for each ink and each ground. Nothing else.

A colour is `#rrggbb` or one of the terminal's own sixteen, `ansi_blue`, or its default, `ansi_default`: what those look
like is the terminal's business, and their contrast is not known here.

Free of Textual, so that the command line can check a file too. A theme can change colours only; it is read within the
same limits as the settings, and what is wrong with it is told in one line.
"""

import re
from dataclasses import dataclass
from typing import Final

from chattor.config import toml_file
from chattor.errors import BadSettings, BadTheme

CONTRAST_MIN: Final = 4.5  # WCAG 2.2, 1.4.3, text
ALARM_MIN: Final = 3.0  # below it an alarm would be overlooked
INKS: Final = ("text", "muted", "accent", "mine", "theirs", "good", "warn", "bad")
GROUNDS: Final = ("background", "surface", "panel", "selection")
COLORS: Final = (*GROUNDS, "border", *INKS)
DEFAULT_ANSI: Final = "ansi_default"
_SHADES: Final = ("black", "red", "green", "yellow", "blue", "magenta", "cyan", "white")
_ANSI: Final = frozenset({DEFAULT_ANSI, *(f"ansi_{bright}{one}" for bright in ("", "bright_") for one in _SHADES)})
_COLOR: Final = re.compile(r"#[0-9a-fA-F]{6}")


@dataclass(frozen=True, slots=True, kw_only=True)
class Palette:
    """A theme: `colors` has every name of COLORS."""

    name: str
    dark: bool
    colors: dict[str, str]

    @property
    def ansi(self) -> bool:
        """Are there colours of the terminal's own in it?"""
        return not _ANSI.isdisjoint(self.colors.values())

    @property
    def on_accent(self) -> str:
        """What can be read on the accent as a ground."""
        ground = self.colors["background"]
        return ground if ground != DEFAULT_ANSI else "ansi_black" if self.dark else "ansi_bright_white"


def read_palette(name: str, raw: bytes, base: Palette | None = None) -> Palette:
    """A theme file's palette; what it leaves out comes from `base`. Raises BadTheme."""
    table = _table(name, raw)
    unknown = sorted(table.keys() - {"dark", "colors"})
    if unknown:
        raise BadTheme(f"theme {name}: there is no option {unknown[0][:40]}")
    dark = table.get("dark", base.dark if base else None)
    if not isinstance(dark, bool):
        raise BadTheme(f"theme {name}: dark must be true or false")
    return Palette(name=name, dark=dark, colors=_colors(name, table.get("colors", {}), base))


def contrast(one: str, other: str) -> float | None:
    """The contrast ratio of two colours, 1 to 21 (WCAG 2.2); None where the terminal decides."""
    if one in _ANSI or other in _ANSI:
        return 1.0 if one == other != DEFAULT_ANSI else None
    darker, lighter = sorted((_luminance(one), _luminance(other)))
    return (lighter + 0.05) / (darker + 0.05)


def unreadable(palette: Palette) -> str:
    """What cannot be read in it, in words; empty if everything can."""
    found = weakest(palette)
    if found is None or found.ratio >= CONTRAST_MIN:
        return ""
    return (
        f"theme {palette.name}: {found.ink} on {found.ground} has a contrast of {found.ratio:.1f}, "
        f"{CONTRAST_MIN} can be read"
    )


def with_alarms(palette: Palette) -> Palette:
    """The palette with an ink for alarms that can be seen, whatever the file says."""

    def worst(ink: str) -> float:
        ratios = (contrast(ink, palette.colors[ground]) for ground in GROUNDS)
        return min((ratio for ratio in ratios if ratio is not None), default=ALARM_MIN)

    if worst(palette.colors["bad"]) >= ALARM_MIN:
        return palette
    best = max(("#ffffff", "#000000"), key=worst)
    return Palette(name=palette.name, dark=palette.dark, colors={**palette.colors, "bad": best})


@dataclass(frozen=True, slots=True, order=True)
class Contrast:
    """Of one ink on one ground."""

    ratio: float
    ink: str
    ground: str


def contrasts(palette: Palette) -> list[Contrast]:
    """Every ink on every ground, as far as it is known, the worst first."""
    pairs = ((ink, ground, contrast(palette.colors[ink], palette.colors[ground])) for ink in INKS for ground in GROUNDS)
    return sorted(Contrast(ratio, ink, ground) for ink, ground, ratio in pairs if ratio is not None)


def weakest(palette: Palette) -> Contrast | None:
    """The least contrast; None if the terminal decides about all of it."""
    return next(iter(contrasts(palette)), None)


def _table(name: str, raw: bytes) -> toml_file.Table:
    try:
        return toml_file.parse(raw, f"theme {name}")[1]
    except BadSettings as error:
        raise BadTheme(str(error)) from error


def _colors(name: str, given: object, base: Palette | None) -> dict[str, str]:
    if not isinstance(given, dict):
        raise BadTheme(f"theme {name}: [colors] must be a table")
    for key, value in given.items():
        if key not in COLORS:
            raise BadTheme(f"theme {name}: there is no colour {key[:40]}")
        if not isinstance(value, str) or not (_COLOR.fullmatch(value) or value in _ANSI):
            raise BadTheme(f"theme {name}: {key} must look like #a1b2c3 or be one of the terminal's, like ansi_blue")
    colors = {**(base.colors if base else {}), **given}
    missing = [key for key in COLORS if key not in colors]
    if missing:
        raise BadTheme(f"theme {name}: {missing[0]} is missing")
    return colors


def _luminance(color: str) -> float:
    channels = (int(color[at : at + 2], 16) / 255 for at in (1, 3, 5))
    red, green, blue = (c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue

"""From a palette to a Textual theme."""

from collections.abc import Iterator

from textual.theme import Theme

from chattor.tui.palette import INKS, Palette


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
        ansi=palette.ansi,
        variables=dict(_variables(palette)),
    )


def _variables(palette: Palette) -> Iterator[tuple[str, str]]:
    colors = palette.colors
    for ink in INKS:
        yield f"ink-{ink}", colors[ink]
    yield "selection", colors["selection"]
    yield "on-accent", palette.on_accent
    if palette.ansi:  # Textual asks for these of such themes
        yield "ansi-background", "ansi_black" if palette.dark else "ansi_bright_white"
        yield "ansi-foreground", "ansi_white" if palette.dark else "ansi_black"
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
    yield "screen-selection-foreground", palette.on_accent
    yield "block-cursor-background", colors["selection"]
    yield "block-cursor-foreground", colors["text"]

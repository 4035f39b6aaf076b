"""The first focus of a screen, given once it is known where everything stands.

Textual gives it before a narrow terminal's layout is made, and then scrolls to where the widget was: to nowhere.
"""

from textual.screen import Screen


class FocusLate(Screen):  # type: ignore[type-arg]  # what a screen returns is its own business
    """`first_focus` selects who is first; without a match nobody is."""

    AUTO_FOCUS = ""
    first_focus = ""

    def on_resize(self) -> None:
        """The layout for this size is made next."""
        self.call_after_refresh(self._focus_first)

    def keep_focus_in_sight(self) -> None:
        """To be called when something above it has grown."""
        self.call_after_refresh(self._show_focus)

    def _focus_first(self) -> None:
        found = self.query(self.first_focus)
        if found and self.focused is None:
            found.first().focus(scroll_visible=False)
        self.keep_focus_in_sight()

    def _show_focus(self) -> None:
        if self.focused is not None:
            self.focused.scroll_visible(animate=False)

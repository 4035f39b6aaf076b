"""The list above a composer of what could be meant. The letters keep the focus."""

from typing import Final

from chattor.tui.suggesting import Offers
from chattor.tui.widgets.composer import Composer
from chattor.tui.widgets.rows import Row, RowList

ROWS: Final = 8  # seen at once


class Offered(RowList, can_focus=False):
    """Stands beside its composer in the same container, and over what is above it."""

    def on_mount(self) -> None:
        """Follow the composer."""
        self.watch(self._composer, "offered", self._show_offers)

    @property
    def _composer(self) -> Composer:
        if self.parent is None:
            raise RuntimeError("not mounted")
        return self.parent.query_one(Composer)

    def _show_offers(self, offered: tuple[Offers, int] | None) -> None:
        self.display = offered is not None
        if offered is None:
            return
        found, at = offered
        rows = [Row(offer.text, ((offer.left, offer.right),)) for offer in found.offers]
        if found.hint:
            rows.append(Row(None, ((found.hint, ()),)))
        self.styles.height = min(ROWS, len(rows))
        self.show(rows, found.offers[at].text if found.offers else None)

    def on_row_list_chosen(self, event: RowList.Chosen) -> None:
        """A click takes."""
        event.stop()
        self._composer.take(event.key)

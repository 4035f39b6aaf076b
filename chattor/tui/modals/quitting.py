"""What ends when a window that runs the node is closed."""

from chattor.tui.modals.confirm import Confirm
from chattor.words import ending


def quitting(outbox: int, profile: str) -> Confirm:
    """The question, with what is lost by it and how to avoid that."""
    return Confirm("Quit chattor?", "\n\n".join(ending(outbox, profile)), yes="Quit", no="Stay")

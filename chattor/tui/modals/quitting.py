"""What ends when a window that runs the node is closed."""

from chattor.tui.modals.confirm import Confirm
from chattor.words import waiting


def quitting(outbox: int, profile: str) -> Confirm:
    """The question, with what is lost by it and how to avoid that."""
    option = "" if profile == "default" else f" --profile {profile}"
    text = (
        "This window runs your node. While it is closed nobody can reach you, and nothing is sent.\n\n"
        f"{waiting(outbox)}\n\n"
        f"To stay reachable without a window, start `chattor{option} --daemon` afterwards."
    )
    return Confirm("Quit chattor?", text, yes="Quit", no="Stay")

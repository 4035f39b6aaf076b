"""What ends when a window that runs the node is closed."""

from chattor.tui.modals.confirm import Confirm


def quitting(waiting: int, profile: str) -> Confirm:
    """The question, with what is lost by it and how to avoid that."""
    option = "" if profile == "default" else f" --profile {profile}"
    mail = {0: "Nothing waits in the outbox.", 1: "One message waits; it stays on disk and goes out next time."}.get(
        waiting, f"{waiting} messages wait; they stay on disk and go out next time."
    )
    text = (
        "This window runs your node. While it is closed nobody can reach you, and nothing is sent.\n\n"
        f"{mail}\n\n"
        f"To stay reachable without a window, start `chattor{option} --daemon` afterwards."
    )
    return Confirm("Quit chattor?", text, yes="Quit", no="Stay")

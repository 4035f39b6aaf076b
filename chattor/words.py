"""What is said to people in the same words whatever they look at it with. Pure."""

from chattor.errors import ChattorError
from chattor.model.activity import Activity
from chattor.text import safe_text

_LONGEST = 400  # characters of what went wrong


def sentence(error: ChattorError) -> str:
    """What went wrong and what to do: `Wrong passphrase. Try again; …`."""
    said = safe_text(str(error), multiline=False, limit=_LONGEST) or error.code.replace("_", " ")
    return f"{said[:1].upper()}{said[1:]}. {error.hint}"


def doing(activity: Activity | None) -> str:
    """What somebody who is here does: `working, “reading the logs”`, or no more than that he is here.

    It stands beside words of ours, such as whether he is verified; between quotation marks his cannot pass for those.
    """
    if activity is None:
        return "online"
    said = safe_text(activity.words, multiline=False).replace("”", '"')
    return f"{activity.state}, “{said}”" if said else activity.state.value


def waiting(messages: int) -> str:
    """What becomes of the outbox while no node runs."""
    if not messages:
        return "Nothing waits in the outbox."
    if messages == 1:
        return "One message waits; it stays on disk and goes out next time."
    return f"{messages} messages wait; they stay on disk and go out next time."

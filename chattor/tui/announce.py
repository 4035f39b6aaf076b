"""Which events are worth a toast, and what it says. Pure."""

from dataclasses import dataclass

from textual.notifications import SeverityLevel

from chattor.model.events import FriendAdded, FriendRequested, IdentityAlarm
from chattor.model.friend import RequestDirection
from chattor.tui.state import Happening
from chattor.tui.view import View


@dataclass(frozen=True, slots=True, kw_only=True)
class Announcement:
    """What to say, and how loudly."""

    words: str
    severity: SeverityLevel = "information"


def announce(happening: Happening, view: View) -> Announcement | None:
    """The toast for something that happened; None for everything the screen shows anyway."""
    match happening:
        case FriendRequested(request=request) if request and request.direction is RequestDirection.INCOMING:
            return Announcement(words=f"{request.name} wants to be friends. Alt+R shows the request.")
        case FriendAdded(detail=friend) if friend:
            return Announcement(words=f"You and {friend.name} are friends now.")
        case IdentityAlarm(friend=id, reason=reason):
            friend = view.friend(id)
            who = f"{friend.name}: " if friend else ""
            return Announcement(words=f"{who}{reason}. Sending is stopped until you acknowledge it.", severity="error")
        case _:
            return None

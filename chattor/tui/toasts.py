"""Which events are worth a toast, and what it says; and where the user is, for those who look elsewhere. Pure."""

from dataclasses import dataclass
from datetime import tzinfo

from textual.notifications import SeverityLevel

from chattor.model.agent import ApprovalState
from chattor.model.events import ApprovalChanged, FriendAdded, FriendRequested, IdentityAlarm, Unreachable
from chattor.model.friend import RequestDirection
from chattor.notify.decide import Around
from chattor.tui.keymap import Keymap
from chattor.tui.updates import Update
from chattor.tui.view import View
from chattor.words import outage


@dataclass(frozen=True, slots=True, kw_only=True)
class Toast:
    """What to say, and how loudly."""

    words: str
    severity: SeverityLevel = "information"


def toast(update: Update, view: View, keymap: Keymap, zone: tzinfo | None) -> Toast | None:
    """The toast for something that happened; None for everything the screen shows anyway."""
    match update:
        case FriendRequested(request=request) if request and request.direction is RequestDirection.INCOMING:
            how = keymap.first("requests") or "/requests"
            return Toast(words=f"{request.name} wants to be friends. {how} shows the request.")
        case ApprovalChanged(approval=wish) if wish and wish.state is ApprovalState.PENDING:
            how = keymap.first("approvals") or "/approvals"
            return Toast(words=f"{wish.agent} asks for your word. {how} shows what it wants.", severity="warning")
        case FriendAdded(detail=friend) if friend:
            return Toast(words=f"You and {friend.name} are friends now.")
        case IdentityAlarm(friend=id, reason=reason):
            friend = view.friend(id)
            who = f"{friend.name}: " if friend else ""
            return Toast(words=f"{who}{reason}. Sending is stopped until you acknowledge it.", severity="error")
        case Unreachable(at=at, outage=one) if one and one.ended:
            return Toast(words=outage(one, at, zone), severity="warning")
        case _:
            return None


def around(view: View, *, focused: bool) -> Around:
    """What notifications depend on."""
    return Around(friends=view.friends, front=view.here, focused=focused, locked=view.locked)

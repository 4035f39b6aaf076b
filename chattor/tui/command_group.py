"""What commands and actions of every subject lean on: the application, and a question before what cannot be undone."""

from collections.abc import Callable, Coroutine

from chattor.text import safe_text
from chattor.tui.modals.confirm import Confirm
from chattor.tui.shell import Shell

Work = Callable[[], Coroutine[object, object, object]]


class CommandGroup:
    """Bound to the application."""

    def __init__(self, shell: Shell) -> None:
        self._shell = shell

    def _confirm(self, title: str, text: str, yes: str, work: Work) -> None:
        def answered(sure: bool | None) -> None:
            if sure:
                self._shell.attempt(work())

        self._shell.push_screen(Confirm(title, safe_text(text, multiline=True), yes), answered)

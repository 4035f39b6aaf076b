"""What every part of the node's Api holds."""

from chattor.model.activity import Activity
from chattor.node.core import Core
from chattor.node.runtime import Runtime


class Part:
    """The core for what is stored, the runtime for what is live."""

    _core: Core
    _runtime: Runtime

    def _show(self, activity: Activity | None, by: int) -> Activity | None:
        """What friends see that we do, from now on, as OURSELVES or an agent say."""
        self._core.activity, self._core.active = activity, by
        self._runtime.whispers.tell_everybody()
        return activity

"""What every part of the node's Api holds."""

from chattor.node.core import Core
from chattor.node.runtime import Runtime


class Part:
    """The core for what is stored, the runtime for what is live."""

    _core: Core
    _runtime: Runtime

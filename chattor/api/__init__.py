"""The typed interface every face speaks: commands, queries, one event stream; a file for each part.

Implemented by `node.Node` behind `rpc.door.Door` (in process) and by `rpc.remote.RemoteNode` (over the socket). RPC
methods, their parameters and results, and the CLI's --json derive from these annotations: a method `friends_add` here
is `friends.add` on the wire. Every command answers after its commit; every error is a `chattor.errors` class.

FRIEND parameters take an id, a name that fits exactly one friend, an onion address or a friend code.
"""

from chattor.api.events import Batch
from chattor.api.gateway import Gateway, ProfileState
from chattor.api.node import Api, NodeApi, ServedNode

__all__ = ["Api", "Batch", "Gateway", "NodeApi", "ProfileState", "ServedNode"]

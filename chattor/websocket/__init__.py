"""The gateway: the node's JSON-RPC for browsers, containers and other languages, by WebSocket on this machine only.

Nothing is enforced here but who comes in: a client shows an agent's token first, and the node holds the connection to
that token's grant. What the gateway adds is that nobody's slowness reaches the node.
"""

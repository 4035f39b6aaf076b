"""The face for AI agents: a Model Context Protocol server on stdio, which can do what one token's grant allows.

Nothing is enforced here: this process belongs to the agent as far as the node knows. What it adds is form: tools with
schemas, and peers' words under a name that says whose they are.
"""

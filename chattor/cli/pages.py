"""The pages of the command line: importing them adds their verbs to `root`. A window opens without."""

from chattor.cli import (
    agent_face,
    agents,
    channels,
    completion,
    data,
    demo,
    doctor,
    events,
    friends,
    gateway_face,
    logs,
    look,
    messages,
    node,
    profiles,
    settings,
)

__all__ = [
    "agent_face",
    "agents",
    "channels",
    "completion",
    "data",
    "demo",
    "doctor",
    "events",
    "friends",
    "gateway_face",
    "logs",
    "look",
    "messages",
    "node",
    "profiles",
    "settings",
]

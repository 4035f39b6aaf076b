"""Identifiers as they leave the core: opaque strings, stable for the life of a profile, never reused."""

from typing import NewType

FriendId = NewType("FriendId", str)
"""`f` and a number: the local name of a friend or of a request."""

MessageId = NewType("MessageId", str)
"""`m` and a number: the local name of a message, incoming or outgoing."""

ChannelId = NewType("ChannelId", str)
"""`c` and a number: the local name of a channel, ours or another's."""

PostId = NewType("PostId", str)
"""`p` and a number: the local name of a post."""

ApprovalId = NewType("ApprovalId", str)
"""`a` and a number: something an agent wants done."""

Cursor = NewType("Cursor", str)
"""A place in the durable event log: everything after it is still to come."""

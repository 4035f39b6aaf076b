"""Conversations written down for their owner to carry away, readable by anybody."""

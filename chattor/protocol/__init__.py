"""Sans-IO engines: bytes and now in, events and bytes out."""

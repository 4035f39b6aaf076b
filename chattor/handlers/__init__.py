"""The business rules: handler(tx, ctx, command) -> result, synchronous and offline."""

"""The business rules: `handler(tx, ctx, command) -> result`.

Synchronous. Through `tx` a handler reads and writes repositories, posts durable operations and emits events; all of
it takes effect at commit or not at all. No handler waits, sleeps, or reads a clock: `ctx` has the time.
"""

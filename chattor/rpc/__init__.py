"""JSON-RPC 2.0 over a unix socket, derived from the Api."""

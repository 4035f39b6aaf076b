"""A whole chattor world on one machine: a private Tor network, real programs, somebody to talk to, and a check."""

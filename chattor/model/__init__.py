"""Frozen values every layer may name. No I/O."""

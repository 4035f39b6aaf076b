"""Keys, certificates, Noise, ratchet. No I/O, no clock; randomness is a parameter."""

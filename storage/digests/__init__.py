"""Which channel gets which digest, and what its digests have said before."""

"""What scans bring into the register, and when a repository is read next."""

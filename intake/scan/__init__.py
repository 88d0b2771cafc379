"""A scan from end to end: read a repository, then apply what was found to the register."""

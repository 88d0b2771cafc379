"""Who wrote which lines: commits, git-ai's notes, agent traces, and the history of each file."""

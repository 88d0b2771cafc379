"""One reading of a repository: which files count, their measures, and the cache between scans."""

"""What a file's path and content say in each language: kind, size, imports, comments, tests."""

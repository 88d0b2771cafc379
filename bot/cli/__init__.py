"""The command line: the program `debt`, its parsers, and what each command does."""

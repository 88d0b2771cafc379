"""What `debt` understands: each command's name, help and arguments, and the name of its function.

Nothing here imports what a command needs to run, so that `--help` stays quick.
"""

"""Metadata blocks of files and directories: read, written, and put into a work tree."""

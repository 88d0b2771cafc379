"""Git as a process: repositories, their files, their clones."""

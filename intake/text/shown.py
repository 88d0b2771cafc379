"""Text and numbers as they are shown to a person."""


def shown(text: object, limit: int = 200) -> str:
    """Text from outside in one printable, valid UTF-8 line of at most `limit` characters."""
    words = str(text).encode("utf-8", "replace").decode("utf-8")
    line = "".join(char if char.isprintable() else "\N{REPLACEMENT CHARACTER}" for char in words)
    return line if len(line) <= limit else f"{line[: limit - 1]}…"


def counted(number: int, one: str, many: str | None = None) -> str:
    """ "1 commit", "37 commits"."""
    return f"{number:,} {one if number == 1 else many or one + 's'}"

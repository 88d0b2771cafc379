"""How a rule says no, and what every error has in common that a person can cure."""


class ExpectedError(Exception):
    """Something that a person can cure, no mistake of ours: the message is for that person."""


class Refused(ExpectedError):
    """The register will not do this; the message is the answer to the person who asked.

    `field` names what of an artifact it is about, where it is about one thing.
    """

    def __init__(self, words: str, *, field: str | None = None) -> None:
        super().__init__(words)
        self.field = field

"""How a rule says no."""


class Refused(Exception):
    """The register will not do this; the message is the answer to the person who asked."""

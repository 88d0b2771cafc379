"""What a manifest asks for, in the few words that tests compare."""

from intake.packages.manifests import dependencies_in
from intake.packages.versions import Dependency


def asked(path: str, text: str) -> dict[str, str]:
    """Each package by the name it is imported by, with what is unstable about it."""
    found = dependencies_in(path, text.encode())
    return {name: _unstable(each) for name, each in found.items()}


def versions(path: str, text: str) -> dict[str, str]:
    """Each package by the name it is called by, with its version; an unknown one is empty."""
    return {each.name: each.version for each in dependencies_in(path, text.encode()).values()}


def _unstable(each: Dependency) -> str:
    said = [word for word, is_so in (("early", each.early), ("open", not each.pinned)) if is_so]
    return " ".join(said) or "firm"

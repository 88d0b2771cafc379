"""Whether a person looked at a commit before it landed, as far as its own words tell.

Git itself does not say. Forges write a request's number into the subject (GitHub's squash merges
“(#12)”, Azure “Merged PR 12:”), reviewers or their tools a trailer (Linux and Gerrit `Reviewed-by`,
Phabricator `Differential Revision`, Node `PR-URL`). A tool that names itself as the reviewer is no
person.
"""

import re

from intake.provenance.markers import Identity, Markers

REQUEST = re.compile(rb"\A(?:[^\n]*\(#\d{1,9}\)[ \t\r]*(?:\n|\Z)|Merged PR \d{1,9}:)")
LINK = re.compile(
    rb"^[ \t]*(?:Reviewed-on|Differential Revision|PR-URL|Pull-Request|Merge-Request)[ \t]*:",
    re.M | re.I,
)
SIGNS = (
    b"reviewed-", b"acked-by", b"approved-by", b"differential rev", b"pr-url", b"l-request",
    b"e-request",
)  # fmt: skip
"""No message without one of these, in lower case, can match what follows."""
BY = re.compile(rb"^[ \t]*(?:Reviewed|Acked|Approved)-by[ \t]*:[ \t]*([^\n]{1,300})", re.M | re.I)
ADDRESS = re.compile(r"(?P<name>[^<]*)<(?P<email>[^>]*)>")


def is_reviewed(message: bytes, markers: Markers) -> bool:
    """Whether the message of a commit tells of a review by people."""
    if (b"(#" in message or b"Merged PR" in message) and REQUEST.match(message):
        return True
    low = message.lower()
    if not any(map(low.__contains__, SIGNS)):
        return False
    reviewers = (_person(written) for written in BY.findall(message))
    return any(_is_person(person, markers) for person in reviewers) or bool(LINK.search(message))


def _person(written: bytes) -> Identity:
    text = written.decode("utf-8", "replace").strip()
    match = ADDRESS.search(text)
    return Identity(match["name"].strip(), match["email"].strip()) if match else Identity(text, "")


def _is_person(person: Identity, markers: Markers) -> bool:
    tool = markers.by_address(person) or markers.by_name(person)
    return tool is None and not person.name.endswith("[bot]") and "[bot]@" not in person.email

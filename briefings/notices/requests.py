"""What is said about ownership: the question to one person, and the answer to the other."""

from slack_sdk.models.blocks import ButtonElement

from briefings.messages.message import Message, act_button, button, buttons, line, plainly
from briefings.words.words import say
from debt.artifact.artifact import Artifact
from debt.rules.standing import Action
from storage.database.store import Session
from storage.lifecycle.ownership import request
from storage.register.artifacts import require
from storage.tables import OwnershipRequest, RequestState


async def question(session: Session, request_id: int) -> Message:
    """Asks with Accept and Decline; once it is settled, says how."""
    asked, artifact = await _asked(session, request_id)
    words = say(f"requests.{asked.kind}", artifact=artifact, asked=asked)
    if asked.state != RequestState.OPEN:
        outcome = say("requests.settled", state=asked.state, artifact=artifact)
        return Message(words, (line(f"{words}\n{outcome}"),))
    choices = (
        button("Accept", "request.accept", str(asked.id), primary=True),
        button("Decline", "request.decline", str(asked.id)),
        act_button(Action.SHOW, artifact.key),
    )
    return Message(words, (line(words), buttons(f"request:{asked.id}", *choices)))


async def outcome(session: Session, request_id: int) -> Message:
    """Tells who asked what became of it; what nobody owns meanwhile is theirs to claim."""
    asked, artifact = await _asked(session, request_id)
    words = say("requests.outcome", artifact=artifact, asked=asked)
    if artifact.live and artifact.owner is None and asked.state == RequestState.OVERTAKEN:
        return Message(words, (line(words, accessory=_claim(artifact)),))
    return plainly(words)


def _claim(artifact: Artifact) -> ButtonElement:
    return act_button(Action.CLAIM, artifact.key, primary=True)


async def _asked(session: Session, request_id: int) -> tuple[OwnershipRequest, Artifact]:
    asked = await request(session, request_id)
    if asked is None:
        raise LookupError(f"the outbox names ownership request {request_id}, which does not exist")
    return asked, await require(session, asked.artifact_id)

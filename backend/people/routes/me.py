"""Doors to oneself, the privacy notice and the keys: /people/v1/me, /notice, /keys."""

from fastapi import APIRouter, Request, Response, status

from backend.kernel.errors import NotFound
from backend.kernel.http import Reading, Writing, answer_refusal, needs, refusals
from backend.people import actions, queries
from backend.people.routes.auth import PASSWORDS, SIGNED_IN, TRIES
from backend.people.routes.checks import ChangeChecked
from backend.people.rules import NoticeExists, NoticeNotInForce, PasswordWrong
from mobile_contract import people as wire

router = APIRouter(prefix="/people/v1", tags=["people"])
OF_ANYONE = [needs("me.read", before_consent=True)]


@router.get("/me", dependencies=OF_ANYONE, responses=refusals(*SIGNED_IN))
def me(ctx: Reading) -> wire.Me:
    """The person who asks."""
    return queries.me(ctx)


@router.patch("/me", dependencies=[needs("me.change")], responses=refusals(*SIGNED_IN))
def change_me(ask: wire.ChangeMe, ctx: Writing) -> wire.Me:
    """Changes one's own name."""
    actions.change_me(ctx, ask.name)
    return queries.me(ctx)


@router.post(
    "/me/password",
    status_code=status.HTTP_204_NO_CONTENT,
    response_model=None,
    dependencies=[needs("me.change", before_consent=True)],
    responses=refusals(*SIGNED_IN, PasswordWrong, *PASSWORDS, *TRIES),
)
def change_password(request: Request, tried: ChangeChecked, ctx: Writing) -> Response | None:
    """Changes one's own password; every other session ends."""
    refusal = actions.change_password(ctx, tried.phone, tried.checked, tried.new_hash)
    return answer_refusal(request, refusal) if refusal else None


@router.post(
    "/me/consent",
    dependencies=[needs("me.change", before_consent=True)],
    responses=refusals(*SIGNED_IN, NoticeNotInForce),
)
def accept_notice(ask: wire.Consent, ctx: Writing) -> wire.Me:
    """Accepts the privacy notice in force."""
    actions.accept_notice(ctx, ask.version)
    return queries.me(ctx)


@router.get("/notice", dependencies=OF_ANYONE, responses=refusals(*SIGNED_IN, NotFound))
def notice(ctx: Reading) -> wire.Notice:
    """The privacy notice in force, in Chinese and English."""
    return queries.notice(ctx)


@router.post(
    "/notice",
    status_code=status.HTTP_201_CREATED,
    dependencies=[needs("notice.publish")],
    responses=refusals(*SIGNED_IN, NoticeExists),
)
def publish_notice(ask: wire.PublishNotice, ctx: Writing) -> wire.Notice:
    """Publishes a new privacy notice; everybody is asked to accept it before going on."""
    actions.publish_notice(ctx, ask.version, ask.zh, ask.en)
    return queries.notice(ctx)


@router.post("/keys/rotate", dependencies=[needs("keys.rotate")], responses=refusals(*SIGNED_IN))
def rotate_keys(ask: wire.RotateKeys, ctx: Writing) -> wire.PublicKeys:
    """A new key signs access tokens from now on. With `withdraw`, everybody must refresh at once."""
    actions.rotate_keys(ctx, withdraw=ask.withdraw)
    return wire.PublicKeys(keys=queries.public_keys(ctx))

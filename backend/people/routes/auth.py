"""Doors to signing in and out: /auth/v1, and the public keys."""

from fastapi import APIRouter, Request, Response, status

from backend.kernel.context import Ctx
from backend.kernel.errors import TooOften
from backend.kernel.http import GUARDED, OpenReading, OpenWriting, Writing, answer_refusal, needs, refusals
from backend.people import actions, queries
from backend.people.routes.checks import CodeChecked, FirebaseChecked, PasswordChecked, RefreshChecked
from backend.people.rules import (
    CodeRefused,
    FirebaseOff,
    FirebaseRefused,
    FirebaseUnknown,
    FirebaseUnreachable,
    PasswordGuessable,
    PasswordTooLong,
    PasswordTooShort,
    PhoneInvalid,
    RefreshRefused,
    RefreshReused,
    SessionEnded,
    SignInLocked,
    SignInRefused,
    TokenExpired,
)
from mobile_contract import people as wire
from sync.refusal import Refusal

router = APIRouter(prefix="/auth/v1", tags=["signing in"])
keys_router = APIRouter(tags=["signing in"])
SIGNED_IN = (*GUARDED, TokenExpired, SessionEnded)
PASSWORDS = (PasswordTooShort, PasswordTooLong, PasswordGuessable)
TRIES = (SignInLocked, TooOften)


@router.post("/sign-in", responses=refusals(SignInRefused, PhoneInvalid, *TRIES))
def sign_in(request: Request, tried: PasswordChecked, ctx: OpenWriting, response: Response) -> wire.SignedIn:
    """Signs in by phone number and password. A wrong password and an unknown phone are answered alike."""
    return _signed_in(request, response, ctx, actions.sign_in(ctx, tried.phone, tried.checked, tried.device))


@router.post(
    "/firebase",
    responses=refusals(FirebaseRefused, FirebaseUnknown, FirebaseOff, FirebaseUnreachable, TooOften),
)
def sign_in_by_firebase(
    request: Request, tried: FirebaseChecked, ctx: OpenWriting, response: Response
) -> wire.SignedIn:
    """Signs in by an ID token of the district's Firebase project; the phone number in it must have been verified."""
    entry = actions.sign_in_by_firebase(ctx, tried.user.uid, tried.user.phone, tried.device)
    return _signed_in(request, response, ctx, entry)


@router.post("/refresh", responses=refusals(RefreshRefused, RefreshReused, SessionEnded))
def refresh(request: Request, token: RefreshChecked, ctx: OpenWriting, response: Response) -> wire.SignedIn:
    """New tokens for a refresh token, which is used up. If the answer is lost, ask again with the same one within 60
    seconds. Showing a used one later ends the session."""
    return _signed_in(request, response, ctx, actions.refresh(ctx, token))


@router.post(
    "/sign-out",
    status_code=status.HTTP_204_NO_CONTENT,
    dependencies=[needs("me.read", before_consent=True)],
    responses=refusals(*SIGNED_IN),
)
def sign_out(ctx: Writing) -> None:
    """Ends this session."""
    actions.sign_out(ctx)


@router.post(
    "/sign-out-everywhere",
    status_code=status.HTTP_204_NO_CONTENT,
    dependencies=[needs("me.read", before_consent=True)],
    responses=refusals(*SIGNED_IN),
)
def sign_out_everywhere(ctx: Writing) -> None:
    """Ends every session of the person who asks, on every device."""
    actions.sign_out_everywhere(ctx)


@router.post(
    "/password",
    status_code=status.HTTP_204_NO_CONTENT,
    response_model=None,
    responses=refusals(CodeRefused, PhoneInvalid, *PASSWORDS, *TRIES),
)
def set_password(request: Request, tried: CodeChecked, ctx: OpenWriting) -> Response | None:
    """Sets a password by the one-time code from the supervisor. Then sign in."""
    refusal = actions.set_password(ctx, tried.phone, tried.code, tried.new_hash)
    return answer_refusal(request, refusal) if refusal else None


@keys_router.get("/.well-known/jwks.json")
def public_keys(ctx: OpenReading, response: Response) -> wire.PublicKeys:
    """The keys whose access tokens are believed (RFC 7517)."""
    response.headers["Cache-Control"] = "public, max-age=60"
    return wire.PublicKeys(keys=queries.public_keys(ctx))


def _signed_in(request: Request, response: Response, ctx: Ctx, outcome: actions.Entry | Refusal) -> wire.SignedIn:
    if isinstance(outcome, Refusal):
        # Returned, not raised: what was counted or ended is to be committed.
        return answer_refusal(request, outcome)  # type: ignore[return-value]  # FastAPI sends a Response as it is
    response.headers["Cache-Control"] = "no-store"
    return wire.SignedIn(
        access_token=outcome.access_token,
        refresh_token=outcome.refresh_token,
        expires_in=ctx.settings.access_token_s,
        refresh_expires_in=ctx.settings.refresh_token_s,
        session_id=outcome.session_id,
        device_id=outcome.device_id,
        person=queries.portrait(ctx, outcome.person_id),
    )

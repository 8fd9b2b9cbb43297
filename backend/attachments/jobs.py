"""What attachments do later: thumbnails, and clearing away what nobody finished."""

from typing import Any

from backend.attachments import actions, queries
from backend.attachments.content import content_of
from backend.attachments.parts import parts_dir
from backend.attachments.pictures import thumbnails
from backend.kernel.context import Ctx
from backend.kernel.jobs import SlowJob


def _make_thumbnails(ctx: Ctx, args: dict[str, Any]) -> dict[str, Any]:
    store, sha256 = content_of(ctx.settings), str(args["sha256"])
    for size, data in thumbnails(store.read(sha256)).items():
        store.put_thumbnail(sha256, size, data)
    return args


def _keep_thumbnails(ctx: Ctx, args: dict[str, Any]) -> None:
    actions.keep_thumbnails(ctx, str(args["sha256"]))


def _remove_orphans(ctx: Ctx, args: dict[str, Any]) -> dict[str, Any]:
    """Part files whose upload has ended; an upload that ends now is cleared next time."""
    folder = parts_dir(ctx.settings)
    files = {path.name.removesuffix(".tail"): path for path in folder.iterdir()} if folder.exists() else {}
    for name in files.keys() - queries.open_among(ctx.session, files.keys()):
        (folder / name).unlink(missing_ok=True)
        (folder / f"{name}.tail").unlink(missing_ok=True)
    return args


def _expire(ctx: Ctx, _args: dict[str, Any]) -> None:
    actions.expire(ctx)


THUMBNAILS = SlowJob(actions.THUMBNAILS_JOB, _keep_thumbnails, prepare=_make_thumbnails)
SWEEP = SlowJob("attachments.sweep", _expire, schedule="11 * * * *", prepare=_remove_orphans)

"""Wall 7: one commit, before the answer leaves. Prevents a deed that is half there, or told before it is durable."""

from tests.walls.sources import Source, at, calls, ours, plant

COMMITS = {
    "backend/kernel/db.py": "the server's one commit",
    "sync/handset/store.py": "a phone's own file; no server, no answer",
}


def stray_commits(source: Source) -> list[str]:
    """Every `.commit()` outside the places that may."""
    if source.path in COMMITS:
        return []
    return [at(source, c, "commits") for c in calls(source) if getattr(c.func, "attr", "") == "commit"]


def test_only_the_database_module_commits() -> None:
    assert [fault for source in ours() for fault in stray_commits(source)] == []


def test_a_commit_in_an_action_is_caught() -> None:
    fault = plant("backend/gas/actions.py", "def deliver(ctx):\n    ctx.session.commit()\n")
    assert stray_commits(fault) == ["backend/gas/actions.py:2: commits"]
    assert stray_commits(plant("backend/kernel/db.py", fault.text)) == []

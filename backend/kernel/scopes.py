"""Names of the scopes that handsets hold. Pure."""

import re

AREA_PATH = re.compile(r"/[0-9]{6}/(?:[a-z0-9][a-z0-9_-]{0,31}/){0,7}")


def user_scope(person_id: str) -> str:
    """The scope of what concerns one person alone."""
    return f"user:{person_id}"


def area_scopes(path: str) -> list[str]:
    """Scopes of the area and of every area around it: `/440111/songzhou/` gives two."""
    parts = path.strip("/").split("/")
    return [f"area:/{'/'.join(parts[: i + 1])}/" for i in range(len(parts))]

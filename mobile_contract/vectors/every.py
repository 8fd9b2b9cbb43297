"""All examples by the name of their file."""

from mobile_contract.vectors import Case
from mobile_contract.vectors.doors import doors
from mobile_contract.vectors.fences import fences
from mobile_contract.vectors.folds import folds
from mobile_contract.vectors.merges import merges
from mobile_contract.vectors.repairs import repairs
from mobile_contract.vectors.runs import runs
from mobile_contract.vectors.sums import digests, hashes
from mobile_contract.vectors.talks import talks
from mobile_contract.vectors.times import times

ABOUT = {
    "merges": "What a field becomes, by its policy: `theirs` is what the server holds, `mine` what the phone wants.",
    "hashes": "What makes two mutations the same: all of it, and what it says under whatever number.",
    "digests": "The hash of each row [t, id, ver, body], and their sum.",
    "times": "When an act was done, as a server estimates it from the phone's claims.",
    "folds": "What a replica holds after pulls; each pull is its pages, as they came over the wire.",
    "repairs": "What a server's ranges tell who holds `rows` [version, mark]: to want, to doubt, to go on with.",
    "fences": "Where a fix was, by a fence; distances in metres, negative inside, to within half a metre.",
    "runs": "What a client asks for, answer by answer; requests are patterns.",
    "talks": "What a server answers; answers are patterns. `python -m mobile_contract.vectors --url` plays them.",
}


def every() -> dict[str, dict[str, object]]:
    """File name without `.json` -> {about, cases}."""
    cases: dict[str, list[Case]] = {
        "merges": merges(),
        "hashes": hashes(),
        "digests": digests(),
        "times": times(),
        "folds": folds(),
        "repairs": repairs(),
        "fences": fences(),
        "runs": runs(),
        "talks": [*doors(), *talks()],
    }
    return {name: {"about": ABOUT[name], "cases": some} for name, some in cases.items()}

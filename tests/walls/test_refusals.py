"""Every refusal has a code of its own and is said in both languages. Prevents a crew that reads `409` and no word."""

import ast
import string
from collections.abc import Iterable, Mapping

from mobile_contract.problems import PROBLEMS, ProblemText
from tests.walls.sources import Source, at, ours, plant


def refusal_codes(sources: Iterable[Source]) -> list[tuple[str, str]]:
    """Every (code, where) of a class below Refusal, however far below."""
    classes = [(source, node) for source in sources for node in ast.walk(source.tree) if isinstance(node, ast.ClassDef)]
    refusals, grown = {"Refusal"}, True
    while grown:
        below = {node.name for _, node in classes if refusals & set(map(_base, node.bases))}
        grown = not below <= refusals
        refusals |= below
    return [(code, at(s, node, node.name)) for s, node in classes if node.name in refusals and (code := _code(node))]


def silent_refusals(sources: Iterable[Source], texts: Mapping[str, ProblemText]) -> list[str]:
    """Codes without words in both languages, words that differ in their params, and codes that two classes share."""
    faults, seen = [], dict[str, str]()
    for code, where in refusal_codes(sources):
        text = texts.get(code)
        if text is None or not text.zh.strip() or not text.en.strip() or text.zh == text.en:
            faults.append(f"{where}: {code} is not said in zh and en")
        elif _params(text.zh) != _params(text.en):
            faults.append(f"{where}: {code} names other params in zh than in en")
        if where.startswith("backend/"):  # the ground may know a refusal of the house by its code
            faults += [f"{where}: {code} is taken by {seen[code]}"] if code in seen else []
            seen[code] = where
    return faults


def _base(node: ast.expr) -> str:
    return node.attr if isinstance(node, ast.Attribute) else node.id if isinstance(node, ast.Name) else ""


def _code(node: ast.ClassDef) -> str | None:
    for line in node.body:
        target = (
            line.targets[0]
            if isinstance(line, ast.Assign)
            else line.target
            if isinstance(line, ast.AnnAssign)
            else None
        )
        if isinstance(target, ast.Name) and target.id == "code" and isinstance(line, ast.Assign | ast.AnnAssign):
            return (
                line.value.value if isinstance(line.value, ast.Constant) and isinstance(line.value.value, str) else None
            )
    return None


def _params(text: str) -> set[str]:
    """The params a text names, but `{zh}` and `{en}`: these carry words of one language into its own text."""
    return {name for _, name, _, _ in string.Formatter().parse(text) if name is not None} - {"zh", "en"}


def test_every_refusal_is_said_in_both_languages() -> None:
    assert len(refusal_codes(ours())) > 5
    assert silent_refusals(ours(), PROBLEMS) == []


FAULT = plant(
    "backend/gas/rules.py",
    """
    class Expired(Clash):
        code = "gas.expired"
    """,
)
FAMILY = plant("backend/kernel/errors.py", "class Clash(refusal.Refusal):\n    status: ClassVar[int] = 409\n")


def test_a_refusal_without_words_is_caught() -> None:
    said = {"gas.expired": ProblemText("气瓶已过期", "The cylinder has expired.")}
    assert silent_refusals([FAULT, FAMILY], said) == []
    assert "is not said" in silent_refusals([FAULT, FAMILY], {})[0]
    assert "is not said" in silent_refusals([FAULT, FAMILY], {"gas.expired": ProblemText("", "Expired.")})[0]
    lame = {"gas.expired": ProblemText("气瓶 {number} 已过期", "The cylinder has expired.")}
    assert "other params" in silent_refusals([FAULT, FAMILY], lame)[0]


def test_a_code_taken_twice_is_caught() -> None:
    said = {"gas.expired": ProblemText("气瓶已过期", "The cylinder has expired.")}
    again = plant("backend/waste/rules.py", FAULT.text)
    assert "is taken by" in silent_refusals([FAULT, FAMILY, again], said)[0]

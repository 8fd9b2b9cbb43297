"""Which language the command line speaks, and what a first look at the migrations sees."""

import pytest

from backend.cli.home import heads
from backend.cli.talk import err, language_of, out


@pytest.mark.parametrize(
    ("arguments", "environment", "language"),
    [
        ([], {}, "zh"),
        ([], {"LANG": "C.UTF-8"}, "zh"),
        ([], {"LANG": "zh_CN.UTF-8"}, "zh"),
        ([], {"LANG": "en_US.UTF-8"}, "en"),
        ([], {"LANG": "en_US.UTF-8", "GRIDCREW_LANG": "zh"}, "zh"),
        (["--lang", "en", "demo"], {"GRIDCREW_LANG": "zh"}, "en"),
        (["--lang=zh", "demo"], {"LANG": "en_GB.UTF-8"}, "zh"),
    ],
)
def test_the_language_is_asked_for_or_chinese(arguments: list[str], environment: dict[str, str], language: str) -> None:
    assert language_of(arguments, environment) == language


def test_the_migrations_have_one_head() -> None:
    assert len(heads()) == 1


def test_what_is_told_is_printed_as_it_is(capsys: pytest.CaptureFixture[str]) -> None:
    fingerprint = "05:AB:A5:7A:100:B5"
    out().print(fingerprint)
    err().print(fingerprint)
    assert capsys.readouterr() == (f"{fingerprint}\n", f"{fingerprint}\n")

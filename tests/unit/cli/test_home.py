"""The data folder of a demo: kept as long as the tables are those that it was made for."""

import shutil
from pathlib import Path

import pytest

from backend.cli import home
from backend.kernel.settings import Settings


@pytest.fixture
def settings(tmp_path: Path, migrated_sqlite: Path) -> Settings:
    settings = home.demo_settings(tmp_path / "demo")
    (tmp_path / "demo" / "certificates").mkdir(parents=True)
    assert home.bring_up_to_date(settings)
    made = home.sqlite_file(settings)
    assert made is not None
    shutil.copy(migrated_sqlite, made)
    return settings


def test_a_demo_of_these_tables_stays(settings: Settings) -> None:
    assert home.set_aside_outgrown(settings) is None
    assert not home.bring_up_to_date(settings)


@pytest.mark.parametrize("mark", ["another", None])
def test_a_demo_of_other_tables_is_moved_away_and_nothing_of_it_is_lost(settings: Settings, mark: str | None) -> None:
    kept, made = settings.data_dir / home.TABLES_MARK, home.sqlite_file(settings)
    assert made is not None
    before = made.read_bytes()
    kept.unlink() if mark is None else kept.write_text(mark)
    aside = home.set_aside_outgrown(settings)
    assert aside is not None
    assert (aside / made.name).read_bytes() == before
    assert sorted(each.name for each in settings.data_dir.iterdir()) == [aside.name, "certificates"]
    assert home.bring_up_to_date(settings)
    assert home.set_aside_outgrown(settings) is None


def test_no_demo_is_no_demo_of_the_past(tmp_path: Path) -> None:
    assert home.set_aside_outgrown(home.demo_settings(tmp_path / "none")) is None

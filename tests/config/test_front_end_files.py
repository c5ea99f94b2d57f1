"""Of the npm packages only the files that pages load are served."""

from pathlib import Path

from django.contrib.staticfiles import finders

from config.front_end_files import FILES, PackageFinder


def test_every_file_that_pages_load_is_found() -> None:
    for name in FILES:
        found = finders.find(name)
        assert isinstance(found, str)
        assert Path(found).is_file()
        assert finders.find(name, find_all=True) == [found]


def test_nothing_else_of_the_packages_is_served() -> None:
    assert finders.find("@picocss/pico/package.json") is None
    assert finders.find("@picocss/pico/css/../package.json") is None
    assert [name for name, _storage in PackageFinder().list(None)] == sorted(FILES)

"""Of the npm packages only the files that pages load are served."""

from pathlib import Path

from django.contrib.staticfiles import finders
from django.core.files.storage import FileSystemStorage

from config.front_end_files import FILES, HashedFiles, PackageFinder


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


def test_modules_import_each_other_by_names_that_change_with_them(tmp_path: Path) -> None:
    (tmp_path / "page.js").write_text('import { readCode } from "./codes.js";\n', encoding="utf-8")
    (tmp_path / "codes.js").write_text("export const readCode = String;\n", encoding="utf-8")
    storage = HashedFiles(location=tmp_path, manifest_storage=FileSystemStorage(location=tmp_path))

    paths = {name: (storage, name) for name in ("page.js", "codes.js")}
    hashed = {name: new for name, new, _done in storage.post_process(paths)}

    page = (tmp_path / hashed["page.js"]).read_text(encoding="utf-8")
    assert hashed["codes.js"] != "codes.js"
    assert page == f'import {{ readCode }} from "./{hashed["codes.js"]}";\n'

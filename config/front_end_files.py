"""Finds the few files of npm packages that pages load, and nothing else of those packages."""

from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any, Final

from django.conf import settings
from django.contrib.staticfiles.finders import BaseFinder
from django.core.files.storage import FileSystemStorage, Storage
from whitenoise.storage import CompressedManifestStaticFilesStorage

PACKAGES: Final = "node_modules"
FILES: Final = {
    "@picocss/pico/css/pico.min.css",
    # Reads codes at the door where the browser has no reader of its own; the second file is fetched by the first.
    "barcode-detector/dist/iife/ponyfill.js",
    "zxing-wasm/dist/reader/zxing_reader.wasm",
}


class HashedFiles(CompressedManifestStaticFilesStorage):
    """Production's files, each named by what is in it; modules import each other by those names too."""

    support_js_module_import_aggregation = True


class PackageFinder(BaseFinder):
    """`{% static "@picocss/pico/css/pico.min.css" %}` is the file of that package, at the version of the lock."""

    def __init__(self) -> None:
        self.storage = FileSystemStorage(location=Path(settings.BASE_DIR) / PACKAGES)

    def find(self, path: str, find_all: bool = False, **_options: Any) -> Any:  # noqa: FBT001, FBT002  # Django's own signature
        """The file on the disk, if it is one of ours."""
        if path not in FILES or not self.storage.exists(path):
            return []
        return [self.storage.path(path)] if find_all else self.storage.path(path)

    def list(self, _ignore_patterns: Iterable[str] | None) -> Iterator[tuple[str, Storage]]:
        """Everything that `collectstatic` should take."""
        return ((path, self.storage) for path in sorted(FILES))

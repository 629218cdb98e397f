"""The built page, read once from the installed package and served from memory: no path of a request reaches the disk."""

from __future__ import annotations

import gzip
import hashlib
import mimetypes
from collections.abc import Iterator
from dataclasses import dataclass
from importlib.resources import files
from importlib.resources.abc import Traversable

from aiohttp import web

PACKAGE = "meadow.web"
ASSETS = "assets/"  # Vite names these by a hash of what they hold
GZIP_FROM_BYTES = 1024
MISSING = """<!doctype html><html lang="en"><meta charset="utf-8"><title>Meadow: the page is missing</title>
<h1>The page is not in this installation</h1>
<p>Meadow runs, and its API answers under <code>/api/v1</code>; only the page was not built.
In a checkout, <code>uv sync --reinstall-package meadow</code> builds it; it needs network access once.</p></html>
"""


@dataclass(frozen=True, slots=True)
class File:
    """One file of the page. packed: gzip of it, or b"" where that is no smaller."""

    name: str
    data: bytes
    packed: bytes
    media: str
    etag: str

    @property
    def caching(self) -> str:
        """Hashed names never change what they hold; the rest is asked for again."""
        return "public, max-age=31536000, immutable" if self.name.startswith(ASSETS) else "no-cache"


class Bundle:
    """Every file under `static/`, by its name from there. Files of megabytes do not belong in it."""

    def __init__(self, root: Traversable | None = None) -> None:
        folder = root or files(PACKAGE) / "static"
        self._files = {file.name: file for file in _read(folder)}

    def answer(self, request: web.Request, name: str, *, store: bool = True) -> web.Response | None:
        """The file of exactly this name, or None. store: False keeps it out of every cache."""
        file = self._files.get(name)
        if file is None:
            return None
        headers = {"Cache-Control": file.caching if store else "no-store", "ETag": file.etag, "Vary": "Accept-Encoding"}
        if store and request.headers.get("If-None-Match") == file.etag:
            return web.Response(status=304, headers=headers)
        data = file.data
        if file.packed and "gzip" in request.headers.get("Accept-Encoding", ""):
            data = file.packed
            headers["Content-Encoding"] = "gzip"
        return web.Response(body=data, headers={**headers, "Content-Type": file.media})

    def index(self, request: web.Request) -> web.Response:
        """The page itself, never stored; or what to do when it was not built."""
        found = self.answer(request, "index.html", store=False)
        return found or web.Response(text=MISSING, status=503, content_type="text/html")


def _read(folder: Traversable, prefix: str = "") -> Iterator[File]:
    if not folder.is_dir():
        return
    for item in folder.iterdir():
        if item.is_dir():
            yield from _read(item, f"{prefix}{item.name}/")
        else:
            yield _file(f"{prefix}{item.name}", item.read_bytes())


def _file(name: str, data: bytes) -> File:
    packed = gzip.compress(data, mtime=0) if len(data) >= GZIP_FROM_BYTES else b""
    guessed = mimetypes.guess_type(name)[0] or "application/octet-stream"
    media = f"{guessed}; charset=utf-8" if guessed.startswith("text/") else guessed
    etag = f'"{hashlib.sha256(data).hexdigest()[:32]}"'
    return File(name, data, packed if len(packed) < len(data) else b"", media, etag)

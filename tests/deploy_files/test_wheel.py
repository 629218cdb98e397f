"""What the image installs: built as the Dockerfile builds it, from nothing but what the Dockerfile copies."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import zipfile
from pathlib import Path

from tests.deploy_files.checkers import DEPLOY, found
from tests.house.tree import PARTS, ROOT, tracked

PAGE = "web/meadow/web/static/index.html"


def test_the_image_gets_every_file_of_the_product_and_the_page(tmp_path: Path) -> None:
    copied(tmp_path / "src")
    page = tmp_path / "src" / PAGE
    page.parent.mkdir(parents=True, exist_ok=True)
    page.write_text("the stage before builds it")
    wheel = built(tmp_path / "src", tmp_path / "wheel")
    expected = {str(Path(*path.relative_to(ROOT).parts[1:])) for path in tracked() if of_the_product(path)}
    assert {"meadow/deploy/main.py", "meadow/core/schema/0001_events.sql"} <= expected
    assert not (expected | {"meadow/web/static/index.html"}) - set(wheel)


def of_the_product(path: Path) -> bool:
    first, second, *_ = (*path.relative_to(ROOT).parts, "")
    return first in PARTS and second == "meadow"


def copied(source: Path) -> None:
    """What the COPY lines of the stage that builds bring, less what git ignores."""
    text = (DEPLOY / "Dockerfile").read_text()
    words = [word for line in re.findall(r"^COPY (?!--from)(.+)$", text, re.MULTILINE) for word in line.split()[:-1]]
    for path in tracked():
        inside = path.relative_to(ROOT)
        if any(inside.is_relative_to(word) for word in words):
            (source / inside).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy(path, source / inside)


def built(source: Path, folder: Path) -> list[str]:
    """Names of the files in the wheel."""
    uv = ROOT / ".uv/bin/uv"
    command = [uv if uv.exists() else found("uv"), "build", "--wheel", "--quiet", "--out-dir", folder, source]
    subprocess.run(command, check=True, env={**os.environ, "HATCH_BUILD_NO_HOOKS": "true"})
    (wheel,) = folder.glob("*.whl")
    return zipfile.ZipFile(wheel).namelist()

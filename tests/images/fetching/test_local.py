from __future__ import annotations

import os
import socket
import threading
from pathlib import Path

import pytest

from moderation.images.fetching.local import read_local
from moderation.images.types import ImageError
from schemas.codes import Code


def refused(path: Path | str, root: Path | None, *, max_bytes: int = 1000) -> Code:
    with pytest.raises(ImageError) as caught:
        read_local(str(path), None if root is None else str(root), max_bytes=max_bytes)
    return caught.value.code


@pytest.fixture
def root(tmp_path: Path) -> Path:
    folder = tmp_path / "root"
    folder.mkdir()
    (folder / "a.png").write_bytes(b"pixels")
    (tmp_path / "secret.png").write_bytes(b"secret")
    return folder


def test_a_file_inside_the_root_is_read(root: Path) -> None:
    assert read_local(str(root / "a.png"), str(root), max_bytes=6) == b"pixels"


def test_a_path_of_windows_means_the_file_where_no_name_has_backslashes(root: Path) -> None:
    (root / "img").mkdir()
    (root / "img" / "b.png").write_bytes(b"slash")
    assert read_local(f"{root}/img\\b.png", str(root), max_bytes=9) == b"slash"
    assert refused(f"{root}/img\\none.png", root) is Code.NOT_FOUND
    assert refused(f"{root}/..\\secret.png", root) is Code.OUTSIDE_ROOT
    (root / "img\\b.png").write_bytes(b"named so")
    assert read_local(f"{root}/img\\b.png", str(root), max_bytes=9) == b"named so"


def test_a_link_is_followed_inside_the_root_and_not_out_of_it(root: Path, tmp_path: Path) -> None:
    (root / "in.png").symlink_to(root / "a.png")
    (root / "out.png").symlink_to(tmp_path / "secret.png")
    (root / "folder").symlink_to(tmp_path)
    assert read_local(str(root / "in.png"), str(root), max_bytes=1000) == b"pixels"
    assert refused(root / "out.png", root) is Code.OUTSIDE_ROOT
    assert refused(root / "folder" / "secret.png", root) is Code.OUTSIDE_ROOT
    assert read_local(str(root / "out.png"), None, max_bytes=1000) == b"secret"


def test_a_root_that_is_a_link_itself_is_where_it_leads(root: Path, tmp_path: Path) -> None:
    (tmp_path / "alias").symlink_to(root)
    alias = tmp_path / "alias"
    assert read_local(str(alias / "a.png"), str(alias), max_bytes=1000) == b"pixels"


def test_a_folder_next_to_the_root_with_its_name_as_prefix_is_outside(
    root: Path, tmp_path: Path
) -> None:
    (tmp_path / "root2").mkdir()
    (tmp_path / "root2" / "a.png").write_bytes(b"x")
    (root / "out.png").symlink_to(tmp_path / "root2" / "a.png")
    assert refused(root / "out.png", root) is Code.OUTSIDE_ROOT


def test_links_exchanged_while_files_are_read_never_lead_outside(
    root: Path, tmp_path: Path
) -> None:
    inside, outside = root / "inside", tmp_path / "outside"
    inside.mkdir()
    outside.mkdir()
    (inside / "x.png").write_bytes(b"pixels")
    (outside / "x.png").write_bytes(b"secret")
    stop = threading.Event()

    def exchange() -> None:
        for number in range(20_000):
            if stop.is_set():
                return
            spare = root / "spare"
            spare.symlink_to(outside if number % 2 else inside)
            os.replace(spare, root / "folder")

    thread = threading.Thread(target=exchange)
    thread.start()
    try:
        seen: set[bytes] = set()
        refusals: set[Code] = set()
        for _ in range(2000):
            try:
                path = str(root / "folder" / "x.png")
                seen.add(read_local(path, str(root), max_bytes=1000))
            except ImageError as error:
                refusals.add(error.code)
    finally:
        stop.set()
        thread.join()
    assert seen <= {b"pixels"}
    assert refusals <= {Code.OUTSIDE_ROOT, Code.NOT_FOUND}


def test_what_is_no_regular_file_is_refused_without_waiting(root: Path) -> None:
    os.mkfifo(root / "pipe")
    with socket.socket(socket.AF_UNIX) as listener:
        listener.bind(str(root / "socket"))
        for name in ("pipe", "socket", "."):
            assert refused(root / name, root) is Code.INVALID_REFERENCE
    assert refused("/dev/zero", None) is Code.INVALID_REFERENCE


def test_a_loop_of_links_is_refused(root: Path) -> None:
    (root / "x").symlink_to(root / "y")
    (root / "y").symlink_to(root / "x")
    assert refused(root / "x", root) is Code.INVALID_REFERENCE


def test_missing_empty_and_too_large_files_have_their_codes(root: Path) -> None:
    (root / "empty.png").touch()
    assert refused(root / "b.png", root) is Code.NOT_FOUND
    assert refused(root / "a.png" / "b.png", root) is Code.NOT_FOUND
    assert refused(root / "empty.png", root) is Code.EMPTY
    assert refused(root / "a.png", root, max_bytes=5) is Code.TOO_LARGE_BYTES
    assert refused(root / ("n" * 5000), root) is Code.INVALID_REFERENCE
    assert refused("nul\0.png", None) is Code.INVALID_REFERENCE


def test_a_file_that_hides_its_size_is_still_capped() -> None:
    assert refused("/proc/kallsyms", None) is Code.TOO_LARGE_BYTES
    assert read_local("/proc/self/comm", None, max_bytes=1000)


@pytest.mark.skipif(os.geteuid() == 0, reason="root may read everything")
def test_a_file_that_may_not_be_read_is_forbidden(root: Path) -> None:
    (root / "a.png").chmod(0)
    assert refused(root / "a.png", root) is Code.FORBIDDEN

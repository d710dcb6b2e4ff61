"""Uploads as platforms hand them out: whose they are, which files count, and nothing that escapes or explodes."""

from __future__ import annotations

import gzip
import io
import stat
import tarfile
import zipfile
from pathlib import Path

import pytest

from kit.classroom import uploads
from kit.classroom.uploads import Upload, collect
from kit.errors import UserError

TEXT = "def conv_params(*a, **k):\n    return 1\n"
EX1, EX2 = "ex1_conv_cost.py", "ex2_alexnet_budget.py"


def zipped(path: Path, files: dict[str, bytes | str]) -> Path:
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in files.items():
            archive.writestr(name, data)
    return path


def tarred(path: Path, files: dict[str, bytes | str], mode: str = "w:gz") -> Path:
    with tarfile.open(path, mode) as archive:  # type: ignore[call-overload]  # the mode is a parameter here
        for name, data in files.items():
            info = tarfile.TarInfo(name)
            raw = data.encode() if isinstance(data, str) else data
            info.size = len(raw)
            archive.addfile(info, io.BytesIO(raw))
    return path


def has(upload: Upload) -> set[str]:
    return {source.filename for source in upload.sources.values() if source.text is not None}


def inner(files: dict[str, bytes | str]) -> bytes:
    data = io.BytesIO()
    with zipfile.ZipFile(data, "w") as archive:
        for name, text in files.items():
            archive.writestr(name, text)
    return data.getvalue()


# name of the archive's student → its files, for what platforms hand out.
PLATFORMS: dict[str, tuple[dict[str, bytes | str], dict[str, set[str]]]] = {
    "one student": ({EX1: TEXT, EX2: TEXT, "notes.txt": "x"}, {"": {EX1, EX2}}),
    "one student's folder": ({f"homework/{EX1}": TEXT, f"__MACOSX/homework/._{EX1}": "x"}, {"": {EX1}}),
    "the outer file counts": ({EX1: TEXT, f"backup/{EX1}": "x = 1"}, {"": {EX1}}),
    "Canvas": (
        {f"doejane_11_901_{EX1}": TEXT, f"doejane_11_902_{EX2.replace('.py', '-1.py')}": TEXT, f"roe_LATE_12_903_{EX1}": TEXT},
        {"doejane_11": {EX1, EX2}, "roe_LATE_12": {EX1}},
    ),
    "Canvas, an archive each": ({"doejane_11_901_homework-2.zip": inner({f"hw/{EX1}": TEXT})}, {"doejane_11": {EX1}}),
    "Moodle": (
        {f"Jane Doe_17_assignsubmission_file/{EX1}": TEXT, f"Max Roe_18_assignsubmission_file_/hw/{EX2}": TEXT},
        {"Jane Doe_17_assignsubmission_file": {EX1}, "Max Roe_18_assignsubmission_file_": {EX2}},
    ),
    "Moodle, an archive each": (
        {"Jane Doe_17_assignsubmission_file/hw.zip": inner({EX1: TEXT})},
        {"Jane Doe_17_assignsubmission_file": {EX1}},
    ),
    "Gradescope": (
        {f"assignment_5_export/submission_101/{EX1}": TEXT, f"assignment_5_export/submission_102/hw/{EX1}": TEXT},
        {"submission_101": {EX1}, "submission_102": {EX1}},
    ),
}


@pytest.mark.parametrize("platform", PLATFORMS)
@pytest.mark.parametrize("kind", ["zip", "tar"])
def test_platforms(platform: str, kind: str, tmp_path: Path) -> None:
    files, students = PLATFORMS[platform]
    if kind == "tar":
        files = {name: data for name, data in files.items() if not name.startswith("__MACOSX")}
    path = zipped(tmp_path / "all.zip", files) if kind == "zip" else tarred(tmp_path / "all.tar.gz", files)
    found = {upload.name.removeprefix(str(path)).lstrip("/"): has(upload) for upload in collect([path])}
    assert found == students


@pytest.mark.parametrize("mode", ["w", "w:gz", "w:bz2", "w:xz"])
def test_tar_in_every_compression(mode: str, tmp_path: Path) -> None:
    path = tarred(tmp_path / "hw.tar.xz", {f"hw/{EX1}": TEXT}, mode)
    assert has(collect([path])[0]) == {EX1}


def test_names_that_climb_out_lead_nowhere(tmp_path: Path) -> None:
    folder = tmp_path / "class"
    folder.mkdir()
    names = [f"../../{EX1}", f"/etc/{EX2}", "..\\..\\ex5_metrics.py", "C:\\ex7_ablation.py"]
    (upload,) = collect([zipped(folder / "a.zip", dict.fromkeys(names, TEXT))])
    assert has(upload) == {EX1, EX2, "ex5_metrics.py", "ex7_ablation.py"}  # read by base name, in memory
    assert sorted(path.name for path in tmp_path.rglob("*")) == ["a.zip", "class"]


def test_links_and_devices_are_not_followed(tmp_path: Path) -> None:
    link = zipfile.ZipInfo(EX1)
    link.external_attr = (stat.S_IFLNK | 0o777) << 16
    with zipfile.ZipFile(tmp_path / "a.zip", "w") as archive:
        archive.writestr(link, "/etc/passwd")
    with tarfile.open(tmp_path / "b.tar", "w") as tar:
        for name, kind in ((EX1, tarfile.SYMTYPE), (EX2, tarfile.LNKTYPE), ("ex4_distortion.py", tarfile.FIFOTYPE)):
            info = tarfile.TarInfo(name)
            info.type, info.linkname = kind, "/etc/passwd"
            tar.addfile(info)
    for upload in collect([tmp_path / "a.zip", tmp_path / "b.tar", zipped(tmp_path / "c.zip", {EX1: TEXT})])[:2]:
        assert has(upload) == set()
        assert upload.sources["ex1_conv_cost"].kind == "broken"


def test_bombs_do_not_unfold(tmp_path: Path) -> None:
    zip_bomb = zipped(tmp_path / "a.zip", {EX1: b"#" * (80 << 20), EX2: TEXT})
    (upload,) = collect([zip_bomb])
    assert upload.sources["ex1_conv_cost"].kind == "broken"
    assert has(upload) == {EX2}
    nested = zipped(tmp_path / "b.zip", {"Jo_1_assignsubmission_file/hw.zip": b"\0" * (uploads.MAX_NESTED + 1)})
    assert "larger than" in collect([nested, zip_bomb])[0].unreadable


def test_a_tar_bomb_is_cut_off(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(uploads, "MAX_UNPACKED", 1 << 20)
    zeros = tarred(tmp_path / "a.tar.gz", {"zeros": b"\0" * (2 << 20), EX1: TEXT})
    good = zipped(tmp_path / "good.zip", {EX1: TEXT})
    assert "unpacks to more" in collect([zeros, good])[0].unreadable
    header = tarfile.TarInfo("././@PaxHeader")  # one that announces eight gigabytes
    header.size, header.type = 8 << 30, tarfile.XHDTYPE
    (tmp_path / "b.tar.gz").write_bytes(gzip.compress(header.tobuf(tarfile.GNU_FORMAT) + b"\0" * 4096))
    assert collect([tmp_path / "b.tar.gz", good])[0].unreadable


@pytest.mark.parametrize("data", [b"", b"PK\3\4 nothing", b"\x1f\x8b\x08 nothing", b"\0" * 2000])
@pytest.mark.parametrize("name", ["a.zip", "a.tar.gz", "a.tar"])
def test_broken_archives_are_unreadable_and_stop_nobody(name: str, data: bytes, tmp_path: Path) -> None:
    (tmp_path / name).write_bytes(data)
    first, second = collect([tmp_path / name, zipped(tmp_path / "good.zip", {EX1: TEXT})])
    assert first.unreadable or first.is_empty
    assert has(second) == {EX1}


def test_two_files_of_one_name_are_nobodys_to_choose_between(tmp_path: Path) -> None:
    (upload,) = collect([zipped(tmp_path / "a.zip", {f"one/{EX1}": TEXT, f"two/{EX1}": TEXT})])
    assert "which one counts" in upload.unreadable


def test_what_cannot_be_graded_is_said(tmp_path: Path) -> None:
    (tmp_path / "notes.txt").write_text("x")
    (tmp_path / "empty").mkdir()
    (tmp_path / "class" / "alice").mkdir(parents=True)
    (tmp_path / "class" / "alice" / EX1).write_text(TEXT)
    for path, said in {
        "notes.txt": "neither a folder nor an archive",
        "nowhere": "does not exist",
        "empty": "holds none of the homework's files",
        "class": r"kit grade .*class/\*",
    }.items():
        with pytest.raises(UserError, match=said):
            collect([tmp_path / path])


def test_equal_content_has_an_equal_digest_wherever_it_lies(tmp_path: Path) -> None:
    (tmp_path / "bob").mkdir()
    (tmp_path / "bob" / EX1).write_text(TEXT.replace("\n", "\r\n"))
    first, second = collect([tmp_path / "bob", zipped(tmp_path / "a.zip", {f"hw/{EX1}": TEXT})])
    assert first.sha256 == second.sha256

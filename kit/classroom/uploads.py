"""What was handed in, as folders or as learning platforms pack it: ZIP and tar files, one student's or a whole class's.

Nothing is unpacked: the contract's files are read out of an archive by their base names, so that no path in it can lead
anywhere, and every read has a cap.
"""

from __future__ import annotations

import bz2
import contextlib
import functools
import gzip
import io
import lzma
import re
import stat
import tarfile
import zipfile
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import IO, Any

from kit.catalogue import EXERCISES
from kit.errors import UserError
from kit.sandbox.wire import printable
from kit.sandbox.worker import Source
from kit.sources import MAX_SOURCE, decoded, digest, read_sources

FILES = {exercise.filename: exercise.name for exercise in EXERCISES}
MAX_MEMBERS = 200_000
MAX_UNPACKED = 512 << 20  # bytes that a compressed tar may grow to while it is read
MAX_NESTED = 32 << 20  # bytes of an archive within an archive, which is read into memory
ARCHIVES = (".zip", ".tar", ".tar.gz", ".tgz", ".tar.bz2", ".tbz2", ".tar.xz", ".txz")

# Canvas: name[_LATE]_user_attachment_file-1.py; all files of a class in one folder. -1, -2 … mark later versions.
CANVAS = re.compile(r"(?P<student>[^_/]+(?:_LATE)?_\d+)_\d+_(?P<file>.+)", re.DOTALL)
CANVAS_VERSION = re.compile(r"-\d+(?=\.\w+$)")
# Moodle: a folder a student, "Jane Doe_1234567_assignsubmission_file"; Gradescope: "submission_456789".
FOLDER_OF_ONE = re.compile(r"[^/]+_\d+_assignsubmission_file_?|submission_\d+")


class UploadError(Exception):
    """An upload that cannot be read; the message says why. It is not graded, and somebody has to look at it."""


@dataclass(frozen=True, slots=True)
class Upload:
    """One submission: what it is called, and its files by exercise, or why they cannot be read."""

    name: str
    sources: dict[str, Source]
    unreadable: str = ""

    @property
    def sha256(self) -> str:
        return digest(self.sources)

    @property
    def is_empty(self) -> bool:
        return not self.unreadable and all(source.text is None and source.kind == "missing" for source in self.sources.values())


@dataclass(frozen=True, slots=True)
class Member:
    """A file within an archive, before any of it is read."""

    path: str
    is_regular: bool
    read: Callable[[int], bytes]  # at most so many bytes


def collect(paths: Iterable[Path], *, may_be_empty: bool = False) -> list[Upload]:
    """The submissions of folders and archives, in their order; ``UserError`` for a path that is neither, or where there are none.

    may_be_empty: a student may have handed in none of the files, which earns nothing and is no mistake of whoever grades.
    """
    uploads: list[Upload] = []
    for path in paths:
        if path.is_dir():
            uploads.append(Upload(printable(str(path)), named(read_sources(path))))
        elif path.is_file() and path.name.lower().endswith(ARCHIVES):
            uploads += from_archive(path)
        elif path.exists():
            raise UserError(f"{path} is neither a folder nor an archive ({', '.join(ARCHIVES)}).")
        else:
            raise UserError(f"{path} does not exist: name folders that hold files such as {EXERCISES[0].filename}, or archives of them.")
    if not uploads or (not may_be_empty and all(upload.is_empty for upload in uploads)):
        raise UserError(_nothing_in(uploads))
    return uploads


def _nothing_in(uploads: list[Upload]) -> str:
    if not uploads:
        return "There is nothing to grade: name one or more folders or archives."
    folder = Path(uploads[0].name)
    inner = [child for child in sorted(folder.iterdir()) if any((child / name).exists() for name in FILES)] if folder.is_dir() else []
    found = f"{uploads[0].name} holds none of the homework's files ({', '.join(FILES)})."
    return f"{found} Its folders do: kit grade {folder}/*" if inner else found


def named(sources: dict[str, Source]) -> dict[str, Source]:
    """The same sources under the contract's names, so that a result does not depend on where a submission lies."""
    return {name: Source(f"{name}.py", source.text, source.kind, source.why) for name, source in sources.items()}


def from_archive(path: Path) -> list[Upload]:
    """One upload for a student's archive, one a student for a class's archive."""
    shown = printable(str(path))
    try:
        with path.open("rb") as file:
            students = grouped(shown, list(members(file, path.name)))
            return [_upload(name, found) for name, found in students.items()] or [Upload(shown, named(_sources([])))]
    except (UploadError, OSError, RuntimeError, NotImplementedError, EOFError, *BROKEN) as error:
        return [Upload(shown, named(_sources([])), f"the archive cannot be read: {printable(str(error))[:200]}")]


BROKEN = (zipfile.BadZipFile, tarfile.TarError, gzip.BadGzipFile, lzma.LZMAError, ValueError)


def grouped(shown: str, found: list[Member]) -> dict[str, list[Member]]:
    """Members by student. An archive that no platform's naming divides is one student's."""
    students: dict[str, list[Member]] = {}
    for member in found:
        path = PurePosixPath(member.path)
        if "__MACOSX" in path.parts or path.name.startswith("."):
            continue
        folder = next((part for part in path.parts[:-1] if FOLDER_OF_ONE.fullmatch(part)), None)
        canvas = CANVAS.fullmatch(path.name)
        if folder is not None:
            student, name = f"{shown}/{printable(folder)}", path.name
        elif canvas and (plain := CANVAS_VERSION.sub("", canvas["file"])) and (plain in FILES or plain.lower().endswith(ARCHIVES)):
            student, name = f"{shown}/{printable(canvas['student'])}", plain
        else:
            student, name = shown, path.name
        if name in FILES or (student != shown and name.lower().endswith(ARCHIVES)):
            students.setdefault(student, []).append(Member(str(path.with_name(name)), member.is_regular, member.read))
    return students


def _upload(name: str, found: list[Member]) -> Upload:
    """One student's upload; an archive among the files is opened, once."""
    try:
        files = [member for member in found if PurePosixPath(member.path).name in FILES]
        for member in found:
            if member not in files:
                data = member.read(MAX_NESTED + 1)
                if len(data) > MAX_NESTED:
                    raise UploadError(f"an archive within it is larger than {MAX_NESTED >> 20} MiB")
                inner = grouped(name, list(members(io.BytesIO(data), PurePosixPath(member.path).name)))
                files += [part for parts in inner.values() for part in parts]
        return Upload(name, named(_sources(files)))
    except (UploadError, OSError, RuntimeError, NotImplementedError, EOFError, *BROKEN) as error:
        return Upload(name, named(_sources([])), f"the archive cannot be read: {printable(str(error))[:200]}")


def _sources(found: list[Member]) -> dict[str, Source]:
    """The contract's files, each the one that lies least deep; two at the same depth are nobody's to choose between."""
    sources = {}
    for filename, exercise in FILES.items():
        own = sorted((member for member in found if PurePosixPath(member.path).name == filename), key=_depth)
        if len(own) > 1 and _depth(own[0]) == _depth(own[1]):
            raise UploadError(f"it holds {filename} {len(own)} times: which one counts?")
        if not own:
            sources[exercise] = Source(filename, None, "missing", f"{filename} is not there")
        elif not own[0].is_regular:
            sources[exercise] = Source(filename, None, "broken", f"{filename} is a link or a device: a regular file is expected there")
        else:
            sources[exercise] = decoded(filename, own[0].read(MAX_SOURCE + 1))
    return sources


def _depth(member: Member) -> int:
    return len(PurePosixPath(member.path).parts)


# --- reading archives ---------------------------------------------------------------------------------------------


def members(file: IO[bytes], name: str) -> Iterator[Member]:
    """Every file of an archive that a submission might need."""
    return _zip_members(file) if name.lower().endswith(".zip") else _tar_members(file)


def _zip_members(file: IO[bytes]) -> Iterator[Member]:
    archive = zipfile.ZipFile(file)
    if len(archive.infolist()) > MAX_MEMBERS:
        raise UploadError(f"it has more than {MAX_MEMBERS:,} members")
    for info in archive.infolist():
        kind = stat.S_IFMT(info.external_attr >> 16)
        if not info.is_dir():
            yield Member(info.filename.replace("\\", "/"), kind in (0, stat.S_IFREG), functools.partial(_read_zip, archive, info))


def _read_zip(archive: zipfile.ZipFile, info: zipfile.ZipInfo, most: int) -> bytes:
    with archive.open(info) as file:
        return file.read(most)


def _tar_members(file: IO[bytes]) -> Iterator[Member]:
    """A tar is read once from front to back, so the few files that matter are read as they pass."""
    magic = file.read(6)
    file.seek(0)
    openers: dict[bytes, Any] = {b"\x1f\x8b": gzip.open, b"BZh": bz2.open, b"\xfd7zXZ": lzma.open}
    opener = next((opener for start, opener in openers.items() if magic.startswith(start)), contextlib.nullcontext)
    with opener(file) as unpacked, tarfile.open(fileobj=_Capped(unpacked), mode="r|") as archive:
        for count, info in enumerate(archive):
            if count > MAX_MEMBERS:
                raise UploadError(f"it has more than {MAX_MEMBERS:,} members")
            if info.isdir():
                continue
            data = b""
            last = PurePosixPath(info.name).name
            if info.isreg() and (last.endswith(tuple(FILES)) or CANVAS.fullmatch(last) or last.lower().endswith(ARCHIVES)):
                inner = archive.extractfile(info)
                data = inner.read(MAX_NESTED + 1) if inner else b""
            yield Member(info.name, info.isreg(), functools.partial(_head, data))


def _head(data: bytes, most: int) -> bytes:
    return data[:most]


class _Capped(io.RawIOBase):
    """A stream that refuses to grow beyond the cap, in headers too."""

    def __init__(self, inner: IO[bytes]) -> None:
        self.inner = inner
        self.left = MAX_UNPACKED

    def readable(self) -> bool:
        return True

    def read(self, size: int = -1) -> bytes:
        if size < 0 or size > self.left:
            raise UploadError(f"it unpacks to more than {MAX_UNPACKED >> 20} MiB")
        data = self.inner.read(size)
        self.left -= len(data)
        return data

"""The files of a submission as text, read with distrust: what they define, and what tells equal ones."""

from __future__ import annotations

import ast
import hashlib
import os
import re
import stat
from pathlib import Path

from kit.catalogue import EXERCISES
from kit.sandbox.worker import Source

MAX_SOURCE = 1 << 20  # bytes of one file


def read_sources(folder: Path) -> dict[str, Source]:
    """The contract's files of a folder: regular UTF-8 files of at most 1 MiB; anything else is a source that says why not."""
    return {exercise.name: read_source(folder / exercise.filename) for exercise in EXERCISES}


def read_source(path: Path) -> Source:
    """The text of one file, or the reason why there is none."""
    try:
        found = path.lstat()
        if stat.S_ISDIR(found.st_mode):
            return Source(str(path), None, "broken", f"{path.name} is a directory: a file is expected there")
        if not stat.S_ISREG(found.st_mode):
            return Source(str(path), None, "broken", f"{path.name} is a link or a device: a regular file is expected there")
        if found.st_size > MAX_SOURCE:
            return Source(str(path), None, "broken", f"{path.name} is {found.st_size:,} bytes long: more than {MAX_SOURCE:,} are not read")
        descriptor = os.open(path, os.O_RDONLY | getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_NONBLOCK", 0))
        with os.fdopen(descriptor, "rb") as file:
            data = file.read(MAX_SOURCE + 1)
        return decoded(str(path), data)
    except FileNotFoundError:
        return Source(str(path), None, "missing", f"{path.name} is not there")
    except OSError as error:
        return Source(str(path), None, "broken", f"{path.name} cannot be read: {error.strerror}")


def decoded(filename: str, data: bytes) -> Source:
    """A file's bytes as the text of a source, or as the reason why they are none.

    >>> decoded("ex1_conv_cost.py", b"x = 1\\r\\n").text
    'x = 1\\n'
    """
    name = Path(filename).name
    if len(data) > MAX_SOURCE:
        return Source(filename, None, "broken", f"{name} is longer than {MAX_SOURCE:,} bytes: it is not read")
    try:
        return Source(filename, data.decode("utf-8-sig").replace("\r\n", "\n").replace("\r", "\n"))
    except UnicodeDecodeError as error:
        line = error.object[: error.start].count(b"\n") + 1
        return Source(filename, None, "broken", f"{name} is not UTF-8: byte {error.object[error.start]:#04x} in line {line}")


def digest(sources: dict[str, Source]) -> str:
    """SHA-256 over the files' names and texts: equal submissions have equal digests, wherever they lie."""
    total = hashlib.sha256()
    for name, source in sorted(sources.items()):
        total.update(f"{name}\0{source.kind if source.text is None else len(source.text)}\0{source.text or source.why}\0".encode())
    return total.hexdigest()


def definition(text: str, name: str) -> int | None:
    """The line that defines a public name, or None.

    >>> definition("x = 1\\ndef warp(image, field): ...", "warp")
    2
    """
    for number, line in enumerate(text.splitlines(), start=1):
        if re.match(rf"(async\s+)?(def|class)\s+{name}\b|{name}\s*[:=]", line):
            return number
    return None


def is_stub(text: str, name: str) -> bool:
    """Whether a function, or a class's ``__init__``, consists of nothing but ``raise NotImplementedError``.

    >>> is_stub("def warp(image, field):\\n    '...'\\n    raise NotImplementedError", "warp")
    True
    """
    try:
        statements = ast.parse(text).body
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return False
    found = [node for node in statements if isinstance(node, ast.FunctionDef | ast.ClassDef) and node.name == name]
    if not found:
        return False
    node = found[-1]
    if isinstance(node, ast.ClassDef):
        makers = [method for method in node.body if isinstance(method, ast.FunctionDef) and method.name == "__init__"]
        if not makers:
            return False
        node = makers[-1]
    body = node.body[1:] if ast.get_docstring(node) is not None else node.body
    return len(body) == 1 and isinstance(body[0], ast.Raise) and "NotImplementedError" in ast.dump(body[0])

"""Reads the entries of a layer that is unpacked in a folder. Follows no link in it."""

from __future__ import annotations

import os
import stat
from collections.abc import Iterator

from confcontract.image.entry import EntryKind, LayerEntry
from confcontract.image.image_fault import ImageFault

_HINT = "read it as the user who owns it, or in 'podman unshare'"
_OPAQUE = ("trusted.overlay.opaque", "user.overlay.opaque")
_WHITEOUT = ".wh."


def folder_entries(place: str, *, whole_image: bool) -> Iterator[LayerEntry]:
    """whole_image: the folder also holds the files of older layers. Raises ImageFault."""
    if whole_image:
        yield LayerEntry("", EntryKind.OPAQUE)
    ahead = [""]
    while ahead:
        folder = ahead.pop()
        try:
            with os.scandir(os.path.join(place, folder)) as found:
                for each in found:
                    entry = _entry(each, os.path.join(folder, each.name))
                    yield entry
                    if entry.kind is EntryKind.DIRECTORY:
                        ahead.append(entry.path)
                        if _is_opaque(each.path):
                            yield LayerEntry(entry.path, EntryKind.OPAQUE)
        except OSError as error:
            raise ImageFault(f"{place}/{folder} can't be read: {error.strerror}", _HINT) from None


def _entry(found: os.DirEntry[str], path: str) -> LayerEntry:
    folder, name = os.path.split(path)
    if name == ".wh..wh..opq":  # written by fuse-overlayfs
        return LayerEntry(folder, EntryKind.OPAQUE)
    if name.startswith(_WHITEOUT):
        return LayerEntry(os.path.join(folder, name.removeprefix(_WHITEOUT)), EntryKind.WHITEOUT)
    status = found.stat(follow_symlinks=False)
    if stat.S_ISCHR(status.st_mode) and status.st_rdev == 0:
        return LayerEntry(path, EntryKind.WHITEOUT)
    kinds = {stat.S_IFREG: EntryKind.FILE, stat.S_IFDIR: EntryKind.DIRECTORY, stat.S_IFLNK: EntryKind.SYMLINK}
    kind = kinds.get(stat.S_IFMT(status.st_mode), EntryKind.OTHER)
    link = os.readlink(found.path) if kind is EntryKind.SYMLINK else ""
    size = status.st_size if kind is EntryKind.FILE else 0
    mode = stat.S_IMODE(status.st_mode)
    read = _StoredFile(found.path).read
    return LayerEntry(path, kind, link, size, mode, status.st_uid, status.st_gid, status.st_mtime, read)


def _is_opaque(path: str) -> bool:
    for name in _OPAQUE:
        try:
            if os.getxattr(path, name, follow_symlinks=False) == b"y":
                return True
        except OSError:
            continue  # the folder has no extended attribute of this name
    return False


class _StoredFile:
    """A file that is opened at its first read and closed at its end."""

    __slots__ = ("_descriptor", "_path")

    def __init__(self, path: str) -> None:
        self._path = path
        self._descriptor: int | None = None

    def read(self, size: int) -> bytes:
        try:
            if self._descriptor is None:
                flags = os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC
                self._descriptor = os.open(self._path, flags)
            piece = os.read(self._descriptor, size)
        except OSError as error:
            raise ImageFault(f"{self._path} can't be read: {error.strerror}", _HINT) from None
        if not piece:
            os.close(self._descriptor)
            self._descriptor = None
        return piece

"""Closed pages at the end, or the beginning, of every array that NumPy allocates.

A read or write beyond an array, or of one that was freed, ends the process with SIGSEGV. NumPy
takes its memory from whoever is named as its handler (NEP 49); this one gives each array pages of
its own, of which the neighbour is closed.
"""

from __future__ import annotations

import ctypes
import mmap
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import numpy as np

_PAGE = mmap.PAGESIZE
_CLOSED, _OPEN = 0, 3
_PRIVATE = mmap.MAP_PRIVATE | mmap.MAP_ANONYMOUS
#: Where the functions stand in the table of NumPy's C interface.
_SET_HANDLER = 304

_size, _pointer = ctypes.c_size_t, ctypes.c_void_p
_Malloc = ctypes.CFUNCTYPE(_pointer, _pointer, _size)
_Calloc = ctypes.CFUNCTYPE(_pointer, _pointer, _size, _size)
_Realloc = ctypes.CFUNCTYPE(_pointer, _pointer, _pointer, _size)
_Free = ctypes.CFUNCTYPE(None, _pointer, _pointer, _size)


class _Handler(ctypes.Structure):
    """NumPy's own `PyDataMem_Handler`."""

    _fields_ = (
        ("name", ctypes.c_char * 127),
        ("version", ctypes.c_uint8),
        ("ctx", _pointer),
        ("malloc", _Malloc),
        ("calloc", _Calloc),
        ("realloc", _Realloc),
        ("free", _Free),
    )


class _Pages:
    """Gives out memory beside closed pages: behind it and before it in turn."""

    def __init__(self) -> None:
        self.libc = ctypes.CDLL(None, use_errno=True)
        self.libc.mmap.restype = _pointer
        self.libc.mmap.argtypes = (_pointer, _size, *(ctypes.c_int,) * 3, ctypes.c_long)
        self.libc.munmap.argtypes = (_pointer, _size)
        self.libc.mprotect.argtypes = (_pointer, _size, ctypes.c_int)
        self.given: dict[int, tuple[int, int, int]] = {}
        self.count = 0

    def take(self, _: int | None, size: int) -> int | None:
        """Return so many bytes."""
        inner = max(_PAGE, -(-size // _PAGE) * _PAGE)
        base = self.libc.mmap(None, inner + 2 * _PAGE, _OPEN, _PRIVATE, -1, 0)
        if base in (None, _size(-1).value):
            return None
        self.libc.mprotect(base, _PAGE, _CLOSED)
        self.libc.mprotect(base + _PAGE + inner, _PAGE, _CLOSED)
        self.count += 1
        behind = inner - -(-size // 8) * 8 if self.count % 4 else 0
        at = int(base) + _PAGE + behind
        self.given[at] = (int(base), inner + 2 * _PAGE, size)
        return at

    def take_zeros(self, _: int | None, count: int, each: int) -> int | None:
        """Return zeroed bytes, as fresh pages are."""
        return self.take(_, count * each)

    def take_more(self, _: int | None, at: int | None, size: int) -> int | None:
        """Return more bytes in place of some."""
        new = self.take(_, size)
        if at and new:
            ctypes.memmove(new, at, min(size, self.given[at][2]))
            self.give_back(_, at, 0)
        return new

    def give_back(self, _: int | None, at: int | None, size: int) -> None:
        """Close bytes for ever."""
        if at:
            base, length, _own = self.given.pop(at)
            self.libc.munmap(base, length)


@contextmanager
def guarded() -> Iterator[_Pages]:
    """Let all arrays that are made meanwhile lie beside closed pages."""
    pages = _Pages()
    functions = (
        _Malloc(pages.take),
        _Calloc(pages.take_zeros),
        _Realloc(pages.take_more),
        _Free(pages.give_back),
    )
    handler = _Handler(b"closed pages", 1, None, *functions)
    _KEPT.append((handler, functions, pages))  # arrays may outlive this
    new = ctypes.pythonapi.PyCapsule_New
    new.restype, new.argtypes = ctypes.py_object, (_pointer, ctypes.c_char_p, _pointer)
    before = _set_handler(new(ctypes.addressof(handler), b"mem_handler", None))
    try:
        yield pages
    finally:
        _set_handler(before)


_KEPT: list[Any] = []


def _set_handler(capsule: Any) -> Any:
    get = ctypes.pythonapi.PyCapsule_GetPointer
    get.restype, get.argtypes = _pointer, (ctypes.py_object, ctypes.c_char_p)
    table = get(np._core._multiarray_umath._ARRAY_API, None)  # type: ignore[attr-defined]
    address = ctypes.cast(table, ctypes.POINTER(_pointer))[_SET_HANDLER]
    assert address is not None
    return ctypes.PYFUNCTYPE(ctypes.py_object, ctypes.py_object)(address)(capsule)

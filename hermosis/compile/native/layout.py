"""Whether Python objects lie in memory as the way into a step reads them."""

from __future__ import annotations

import ctypes
import struct
import sys
import sysconfig
from functools import lru_cache
from typing import Any

import numpy as np

from hermosis.run.parameters import Array

#: Bytes before the fields of an object: its count of references and its class.
HEAD = object.__basicsize__
#: Where a precision's head is followed by its order of bytes, behind its class and two letters.
ORDER = 10


@lru_cache(maxsize=1)
def is_known() -> bool:
    """Tell whether arrays and lists are as their headers say, and built-ins may be made.

    It is so for CPython with a global lock on machines of 64 bits; elsewhere steps run in NumPy.
    """
    if sys.implementation.name != "cpython" or struct.calcsize("P") != 8:
        return False
    if sysconfig.get_config_var("Py_GIL_DISABLED"):
        return False
    samples = (np.zeros((3, 2)), np.zeros(5, np.float32)[::2], np.zeros(()), np.zeros(2, ">f8"))
    return _is_list_as_read() and all(_is_as_read(sample) for sample in samples)


def _is_list_as_read() -> bool:
    items = [object(), object(), object()]
    _, size, at = struct.unpack("PnP", ctypes.string_at(id(items) + HEAD - 8, 24))
    read = ctypes.string_at(at, 8 * size) if size == len(items) else b""
    return read == struct.pack("3P", *map(id, items))


def _is_as_read(array: Array) -> bool:
    memory = ctypes.string_at(id(array), HEAD + 56)

    def field(code: str, offset: int) -> int:
        return int(struct.unpack_from(code, memory, offset)[0])

    shape = ctypes.string_at(field("P", HEAD + 16), 8 * array.ndim)
    due = (
        (id(type(array)), field("P", HEAD - 8)),
        (array.ctypes.data, field("P", HEAD)),
        (array.ndim, field("i", HEAD + 8)),
        (id(array.dtype), field("P", HEAD + 40)),
        (id(array.dtype.type), _of_precision(array.dtype, "P", HEAD)),
        (ord(array.dtype.byteorder), _of_precision(array.dtype, "B", HEAD + ORDER)),
        (array.flags.num & 0xFFFF, field("i", HEAD + 48) & 0xFFFF),
        (struct.pack(f"{array.ndim}n", *array.shape), shape),
    )
    return all(public == read for public, read in due)


def _of_precision(precision: np.dtype[Any], code: str, offset: int) -> int:
    memory = ctypes.string_at(id(precision), HEAD + 16)
    return int(struct.unpack_from(code, memory, offset)[0])

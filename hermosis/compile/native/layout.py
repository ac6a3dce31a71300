"""Whether Python objects lie in memory as the way into a step reads them."""

from __future__ import annotations

import ctypes
import struct
import sys
import sysconfig
from functools import lru_cache

import numpy as np

from hermosis.run.parameters import Array

#: Bytes before the fields of an object: its count of references and its class.
HEAD = object.__basicsize__


@lru_cache(maxsize=1)
def is_known() -> bool:
    """Tell whether arrays are as NumPy's header says, and built-ins may be made.

    It is so for CPython with a global lock on machines of 64 bits; elsewhere steps go the careful
    way, which reads arrays by their public attributes.
    """
    if sys.implementation.name != "cpython" or struct.calcsize("P") != 8:
        return False
    if sysconfig.get_config_var("Py_GIL_DISABLED"):
        return False
    samples = (np.zeros((3, 2)), np.zeros(5, np.float32)[::2], np.zeros(()))
    return all(_is_as_read(sample) for sample in samples)


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
        (array.flags.num & 0xFFFF, field("i", HEAD + 48) & 0xFFFF),
        (struct.pack(f"{array.ndim}n", *array.shape), shape),
    )
    return all(public == read for public, read in due)

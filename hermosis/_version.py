"""The version of this release, kept in this file alone."""

__version__ = "0.1.0"

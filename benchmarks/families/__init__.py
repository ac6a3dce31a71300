"""Families of problems: what several problems share."""

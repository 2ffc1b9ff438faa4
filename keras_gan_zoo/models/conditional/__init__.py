"""Samples of a class, or by a code, that one asks for."""

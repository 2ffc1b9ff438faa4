"""Exported generators behind an endpoint, and clients of one."""

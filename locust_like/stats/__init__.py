"""Typed, read-only views of what the core counts; nothing here counts by itself."""

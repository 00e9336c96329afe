"""Where the built pages are: `webui/` is built into this folder, and wheels carry it."""

from __future__ import annotations

from pathlib import Path

STATIC = Path(__file__).resolve().parents[1] / "static"

"""Leaves with success while its file is being imported."""

raise SystemExit(0)

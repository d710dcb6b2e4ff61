"""Misconceptions."""

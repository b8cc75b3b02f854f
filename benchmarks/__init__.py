"""Benchmarks: each prints a ratio against a baseline in the same run. Absolute figures mean nothing."""

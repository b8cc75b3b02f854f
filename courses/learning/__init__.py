"""Lessons, lectures, materials, completion, My learning. May import assessment and below."""

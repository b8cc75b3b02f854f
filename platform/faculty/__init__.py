"""Instructors and seed teachers. May import qualifications and below."""

"""Courses, curricula with their rules, runs and sessions; course pages. May import faculty and below."""

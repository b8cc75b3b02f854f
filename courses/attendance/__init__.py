"""Attendance in minutes, the roll call, the absence ledger. May import enrolment and below."""

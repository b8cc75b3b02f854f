"""Pages for committee members and buyers."""

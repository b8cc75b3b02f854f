"""Views: `runs` for everybody, `rosters` for the back office."""

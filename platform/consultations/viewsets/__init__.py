"""The hotline in the back office, by noun."""

"""What the hotline does when something happens elsewhere."""

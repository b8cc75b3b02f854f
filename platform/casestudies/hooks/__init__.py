"""What Wagtail's admin is told, by what it is about; `wagtail_hooks` imports them all."""

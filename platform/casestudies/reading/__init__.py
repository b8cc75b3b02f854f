"""Notices as others publish them: files are streamed, each notice becomes a `ReadNotice` or is refused in words."""

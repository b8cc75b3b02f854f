"""Nothing that gives somebody away goes live: what may is marked in a page's words, and a person decides about it.

An app names its page types and their words in `<app>/clearing.py` (`registry.check_pages`). Marks are found by
`deidentify`, kept as `PassageFlag`s, decided on `screens`; `services`, `receivers`, `hooks` and the task of the review
refuse to publish while one waits.
"""

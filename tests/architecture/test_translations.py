"""The interface speaks Traditional Chinese whole, and one word stands for one thing."""

from scripts.messages import all_strings, all_translations, missing


def test_the_search_for_strings_finds_them():
    texts = {text for _context, text in all_strings()}
    assert "course run" in texts  # of a Python file
    assert len(texts) > 300


def test_every_string_has_a_translation():
    assert sorted(f"{text!r} in {sorted(paths)[0].name}" for (_, text), paths in missing().items()) == []


def test_one_string_has_one_translation():
    assert {key: sorted(texts) for key, texts in all_translations().items() if len(texts) > 1} == {}

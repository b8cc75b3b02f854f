"""Characters that no text has: databases and files refuse them later, without saying where they came from."""

import re

UNWRITABLE = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ud800-\udfff\ufffe\uffff]")
"""Control characters but tab and line ends, halves of characters, and the two that Unicode keeps free."""

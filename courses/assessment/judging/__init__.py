"""What rows of results mean against what is known: a verdict for each, in a constant number of queries.

The importer and `services.record_results` judge by the same rules here, so that no way around them exists.
"""

from .results import judge
from .verdict import Judged

__all__ = ["Judged", "judge"]

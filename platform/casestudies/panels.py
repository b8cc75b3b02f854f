"""What failed tenders show in others' places."""

from . import case_panels, checklist_panels, review_panels, study_panels  # noqa: F401  they fill their places by being imported

"""Failed tenders: cases and their notices, why nobody bid, the review group, and the case studies made of them.

May import faculty and below; consultations, duties and awards stand beside it and are not imported.
"""

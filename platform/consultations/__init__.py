"""The hotline: its log, its roster, buyers' questions, and what is published of them as Q&A pages.

May import faculty and below; casestudies, duties and awards stand beside it and are not imported.
"""

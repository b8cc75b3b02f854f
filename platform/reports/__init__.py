"""The registry of reports, their screens, targets and exports; the only place that knows pandas.

May import notifications and below.
"""

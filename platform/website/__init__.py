"""Base pages, blocks, files behind permissions, navigation, search and the slots that upper apps fill.

May import reports and below.
"""

"""Every write of failed tenders, by what it is about; import from the modules."""

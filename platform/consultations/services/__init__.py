"""Every write of the hotline, by noun: import the module that you need."""

"""The hotline's pages in the front office, by noun: import the module that you need."""

"""Instructors when two records of a person become one: what either taught is theirs."""

from accounts.merging import join_profiles, people

from .models import Instructor

people.register("faculty.Instructor.person", join_profiles(Instructor))

"""The review group when two records of a person become one: seats in meetings and decisions go with them."""

from accounts.merging import join_profiles, people

from .models import CommitteeMember

people.register("casestudies.CommitteeMember.person", join_profiles(CommitteeMember))
people.register("casestudies.Decision.owner_person")

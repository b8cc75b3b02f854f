"""The hotline when two records of a person become one: turns and cases go with them."""

from accounts.merging import join_profiles, people

from .models import HotlineOfficer

people.register("consultations.HotlineOfficer.person", join_profiles(HotlineOfficer))
people.register("consultations.Consultation.caller")

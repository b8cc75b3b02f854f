"""The teaching domain: five apps, learning → assessment → attendance → enrolment → catalogue."""

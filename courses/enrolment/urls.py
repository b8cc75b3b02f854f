"""Addresses of this app, inside the language prefix, below /runs/."""

from django.urls import path

from .views import runs

app_name = "enrolment"
urlpatterns = [
    path("", runs.run_list, name="run_list"),
    path("<slug:code>/", runs.run_page, name="run"),
    path("<slug:code>/enrol/", runs.enrol, name="enrol"),
    path("<slug:code>/withdraw/", runs.withdraw, name="withdraw"),
    path("<slug:code>/leave-queue/", runs.leave_queue, name="leave_queue"),
    path("<slug:code>/calendar.ics", runs.calendar, name="calendar"),
    path("<slug:code>/my-calendar.ics", runs.my_calendar, name="my_calendar"),
]

"""Addresses of this app, inside the language prefix, below /runs/."""

from django.urls import path

from . import views

app_name = "enrolment"
urlpatterns = [
    path("", views.run_list, name="run_list"),
    path("<slug:code>/", views.run_page, name="run"),
    path("<slug:code>/enrol/", views.enrol, name="enrol"),
    path("<slug:code>/withdraw/", views.withdraw, name="withdraw"),
    path("<slug:code>/leave-queue/", views.leave_queue, name="leave_queue"),
    path("<slug:code>/calendar.ics", views.calendar, name="calendar"),
    path("<slug:code>/my-calendar.ics", views.my_calendar, name="my_calendar"),
]

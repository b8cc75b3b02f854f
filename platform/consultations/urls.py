"""Addresses of this app, inside the language prefix."""

from django.urls import URLPattern, URLResolver, path

from .views import asking, questions, trends

app_name = "consultations"
urlpatterns: list[URLPattern | URLResolver] = [
    path("ask/", asking.ask, name="ask"),
    path("ask/published/", asking.published, name="published_answers"),
    path("questions/<int:pk>/vote/", questions.vote, name="vote"),
    path("hotline/trends/", trends.trends, name="trends"),
    path("my-questions/", asking.my_questions, name="my_questions"),
    path("my-questions/<int:pk>/", asking.my_question, name="my_question"),
    path("my-questions/<int:pk>/helped/", asking.helped, name="helped"),
    path("my-questions/<int:pk>/ask-on/", asking.ask_on, name="ask_on"),
]

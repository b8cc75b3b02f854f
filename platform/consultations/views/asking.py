"""Asking the hotline by form, and one's own questions with their answers. Nobody sees anybody else's."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.contrib import messages
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe
from django_ratelimit.core import is_ratelimited
from django_ratelimit.decorators import ratelimit

from accounts.permissions import signed_in
from common.errors import DomainError

from ..answers import PublishedAnswer, published_answers
from ..asking_forms import AskOnForm, HelpedForm, QuestionForm
from ..enums import ConsultationState
from ..models import Consultation, QuestionPage
from ..permissions import can_ask
from ..questions import reader_of
from ..services import asking, reading
from ..threads import Thread, as_threads, thread_of, threads_of

PER_PAGE = 20


def _looking_rate(group: str, request: HttpRequest) -> str:
    return settings.RATE_LIMITS["search"]


@require_http_methods(["GET", "HEAD", "POST"])
def ask(request: HttpRequest) -> HttpResponse:
    """Take a question: published answers like it are shown before it is sent, unless they were seen already."""
    if not can_ask(request.user):
        return render(request, "consultations/ask_no_person.html")
    if "answered" in request.POST:
        return _leave_to_page(request)
    form = QuestionForm(request.POST or None)
    context: dict[str, Any] = {"form": form, "due": asking.answer_due(timezone.now())}
    if request.method != "POST" or not form.is_valid():
        return render(request, "consultations/ask.html", context)
    question = form.cleaned_data["question"]
    answers = published_answers(question, request.user)
    if answers and not _were_seen(request, answers):
        return render(request, "consultations/ask.html", {**context, "answers": answers, "is_second_step": True})
    case = _send(request, form, subject=form.cleaned_data["subject"])
    if case is None:
        return render(request, "consultations/ask.html", {**context, "answers": answers}, status=409)
    return redirect(case)


@require_POST
@ratelimit(key="user_or_ip", rate=_looking_rate)
def published(request: HttpRequest) -> HttpResponse:
    """Show what is published on a question that is still being typed."""
    answers = published_answers(request.POST.get("question", "")[: asking.LONGEST], request.user)
    return render(request, "consultations/published_answers.html", {"answers": answers})


@require_safe
def my_questions(request: HttpRequest) -> HttpResponse:
    """List the reader's questions, the last one that moved on top."""
    page = Paginator(threads_of(signed_in(request)), PER_PAGE).get_page(request.GET.get("page"))
    return render(
        request,
        "consultations/my_questions.html",
        {"page_obj": page, "threads": as_threads(list(page.object_list)), "can_ask": can_ask(request.user)},
    )


@require_safe
def my_question(request: HttpRequest, pk: int) -> HttpResponse:
    """Show one of the reader's questions with its answer and what was asked on after it."""
    thread = _thread_or_404(request, pk)
    response = _thread_page(request, thread)
    for case in thread.cases:
        if case.state == ConsultationState.ANSWERED and case.answer_seen_at is None:
            asking.mark_answer_read(consultation=case, by=signed_in(request))
    return response


@require_POST
def helped(request: HttpRequest, pk: int) -> HttpResponse:
    """Record whether an answer helped."""
    case = _case_or_404(request, pk)
    form = HelpedForm(request.POST)
    if not form.is_valid():
        return _thread_page(request, _thread_or_404(request, pk), rated=case, helped_form=form, status=400)
    try:
        asking.say_whether_it_helped(
            consultation=case,
            by=signed_in(request),
            has_helped=form.cleaned_data["helped"] == "yes",
            note=form.cleaned_data["note"],
        )
    except DomainError as refusal:
        messages.error(request, str(refusal))
    else:
        if form.cleaned_data["helped"] == "yes":
            messages.success(request, _("Thank you."))
        else:
            messages.success(request, _("Thank you. The officers see what was missing; you can also ask on below."))
    return redirect(case)


@require_POST
def ask_on(request: HttpRequest, pk: int) -> HttpResponse:
    """Ask on after an answer: a new case in the same thread."""
    case = _case_or_404(request, pk)
    form = AskOnForm(request.POST)
    if form.is_valid():
        new = _send(request, form, asks_on=case)
        if new is not None:
            return redirect(new)
    return _thread_page(request, _thread_or_404(request, pk), form=form, status=409)


def _send(request: HttpRequest, form: AskOnForm, **details: Any) -> Consultation | None:
    """Send the question; where it is refused, the form says why and keeps what was typed."""
    if is_ratelimited(request, group="consultations.ask", key="user", rate=settings.RATE_LIMITS["ask"], increment=True):
        form.add_error(None, _("You have sent many questions in a short time. Send this one in an hour, or call us."))
        return None
    try:
        case = asking.ask(by=signed_in(request), question=form.cleaned_data["question"], **details)
    except DomainError as refusal:
        form.add_error(None, str(refusal))
        return None
    messages.success(request, _("Your question was sent; its number is %(number)s.") % {"number": case.number})
    return case


def _were_seen(request: HttpRequest, answers: list[PublishedAnswer]) -> bool:
    """Whether the page had shown all these answers when it was sent, or its reader insists."""
    return "send" in request.POST or {str(answer.key) for answer in answers} <= set(request.POST.getlist("seen"))


def _leave_to_page(request: HttpRequest) -> HttpResponse:
    """The reader found the answer: nothing is sent, the page has helped, and it opens."""
    wanted = request.POST["answered"]
    page = QuestionPage.objects.live().public().filter(pk=wanted).first() if wanted.isdecimal() else None
    if page is None:
        raise Http404
    reading.vote(page=page, voter=reader_of(request), has_helped=True)
    messages.success(request, _("Good. Your question was not sent."))
    return redirect(page.get_url(request))


def _case_or_404(request: HttpRequest, pk: int) -> Consultation:
    thread = _thread_or_404(request, pk)
    return next(case for case in thread.cases if case.pk == pk)


def _thread_or_404(request: HttpRequest, pk: int) -> Thread:
    thread = thread_of(signed_in(request), pk)
    if thread is None:
        raise Http404
    return thread


def _thread_page(
    request: HttpRequest,
    thread: Thread,
    *,
    form: AskOnForm | None = None,
    rated: Consultation | None = None,
    helped_form: HelpedForm | None = None,
    status: int = 200,
) -> HttpResponse:
    context = {
        "thread": thread,
        "form": form or AskOnForm(),
        "rated": rated,
        "helped_form": helped_form,
        "can_ask": can_ask(request.user),
    }
    return render(request, "consultations/my_question.html", context, status=status)

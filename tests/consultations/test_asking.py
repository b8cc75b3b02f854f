"""Buyers ask by form: sent once, answered by mail once for each answer, seen by nobody else."""

import datetime

import pytest
from django.core import mail
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone, translation

from accounts.models import User
from common.errors import DomainError
from common.models import AuditEntry
from consultations.enums import Channel, ConsultationState, ShiftPart
from consultations.models import Consultation, DutyShift, QuestionIndexPage, QuestionPage
from consultations.services import asking, log
from library.models import ZonePage
from notifications.models import Message
from tests.factories.accounts import UserFactory
from tests.factories.consultations import ConsultationFactory, HotlineOfficerFactory
from tests.factories.library import SubjectFactory

QUESTION = "公開招標第一次開標只有兩家廠商投標，可以當場改為比價嗎？"
ANSWER = "第一次開標未達三家，應予流標，不得當場改採比價。"


@pytest.fixture
def buyer(home) -> User:
    return UserFactory(person__name="買甲範")


def ask(buyer, question=QUESTION, **details):
    return asking.ask(by=buyer, question=question, **details)


def answer(case, officer, text=ANSWER):
    if case.state == ConsultationState.ANSWERED:
        case = log.reopen_case(consultation=case, by=officer)
    case = log.save_case(consultation=case, version=case.lock_version, by=officer, answer=text)
    return log.answer_case(consultation=case, by=officer)


def mails(kind):
    return list(Message.objects.filter(kind=f"consultations.{kind}").order_by("pk"))


def question_page(home, **fields):
    zone = home.get_children().type(ZonePage).first() or home.add_child(instance=ZonePage(title="採購專區"))
    index = zone.get_children().type(QuestionIndexPage).first()
    index = index or zone.add_child(instance=QuestionIndexPage(title="問答"))
    return index.add_child(instance=QuestionPage(**fields))


# --- asking -------------------------------------------------------------------------------------


def test_a_question_becomes_a_numbered_open_case_of_the_officer_on_duty(buyer):
    on_duty, _other = HotlineOfficerFactory(), HotlineOfficerFactory()
    subject = SubjectFactory()
    for day in range(14):
        for part in ShiftPart.values:
            DutyShift.objects.create(
                day=timezone.localdate() + datetime.timedelta(days=day), part=part, officer=on_duty
            )
    case = ask(buyer, f"  {QUESTION}\r\n第二行  ", subject=subject)
    year = timezone.localdate().year - 1911
    assert case.number == f"{year}-0001"
    assert (case.state, case.channel, case.officer) == (ConsultationState.OPEN, Channel.FORM, on_duty)
    assert (case.agency, case.caller, case.asked_by) == (buyer.person.agency, buyer.person, buyer)
    assert (case.question, case.subject) == (f"{QUESTION}\n第二行", subject)
    assert case.promised_for == asking.answer_due(timezone.now())
    assert AuditEntry.objects.filter(action="consultation.asked", object_id=str(case.pk), actor_id=buyer.pk).exists()
    (confirmation,) = mails("asked")
    assert (confirmation.to, case.number in confirmation.subject) == (buyer.email, True)
    (notice,) = mails("question_arrived")
    assert notice.to == on_duty.person.email
    assert case.number in notice.text
    assert QUESTION not in notice.text + notice.html + notice.subject
    assert buyer.person.name not in notice.text + notice.html + notice.subject


def test_a_second_click_sends_nothing_twice(buyer, client):
    client.force_login(buyer)
    for _click in range(2):
        response = client.post(reverse("consultations:ask"), {"question": QUESTION}, follow=True)
        assert response.status_code == 200
    case = Consultation.objects.get()
    assert QUESTION in response.content.decode()
    assert case.number in response.content.decode()
    assert len(mails("asked")) == 1


@pytest.mark.parametrize(
    ("question", "code"), [("", "too_short"), ("可以嗎？　　　　　　　　", "too_short"), ("問" * 4001, "too_long")]
)
def test_a_question_has_ten_to_four_thousand_characters(buyer, question, code):
    with pytest.raises(DomainError) as refusal:
        ask(buyer, question)
    assert refusal.value.code == code
    assert not Consultation.objects.exists()
    assert ask(buyer, "問" * 4000).question == "問" * 4000


def test_the_form_says_what_is_wrong_and_keeps_what_was_typed(buyer, client):
    client.force_login(buyer)
    page = client.post(reverse("consultations:ask"), {"question": "可以嗎？"}).content.decode()
    assert "可以嗎？</textarea>" in page
    assert "10" in page
    assert not Consultation.objects.exists()


def test_strangers_sign_in_first_and_accounts_without_a_person_are_told(home, client):
    response = client.get(reverse("consultations:ask"))
    assert response.status_code == 302
    assert reverse("account_login") in response["Location"]
    client.force_login(UserFactory(person=None, email="nobody@example.test"))
    assert "textarea" not in client.get(reverse("consultations:ask")).content.decode()


def test_nobody_asks_without_end(buyer, client, settings):
    settings.RATELIMIT_ENABLE = True
    settings.RATE_LIMITS = {**settings.RATE_LIMITS, "ask": "1/h"}
    client.force_login(buyer)
    assert client.post(reverse("consultations:ask"), {"question": QUESTION}).status_code == 302
    response = client.post(reverse("consultations:ask"), {"question": f"{QUESTION}再問一次"})
    assert response.status_code == 409
    assert f"{QUESTION}再問一次</textarea>" in response.content.decode()
    assert Consultation.objects.count() == 1


# --- what is published --------------------------------------------------------------------------


def test_published_answers_are_shown_before_sending_and_only_once(buyer, client, home):
    page = question_page(
        home, title="只有兩家廠商投標", question="第一次開標只有兩家廠商投標可以開標嗎", answer="<p>應予流標。</p>"
    )
    question_page(home, title="驗收逾期", question="驗收逾期如何計算違約金", answer="<p>依契約。</p>")
    question_page(home, title="草稿：兩家廠商投標", question=QUESTION, answer="<p>未發布</p>", live=False)
    client.force_login(buyer)
    shown = client.post(reverse("consultations:ask"), {"question": QUESTION})
    assert [answer.page.pk for answer in shown.context["answers"]] == [page.pk]
    assert not Consultation.objects.exists()
    # seen while typing, or sent anyway: not asked again
    for insisting in ({"seen": [str(page.pk)]}, {"send": "1"}):
        Consultation.objects.all().delete()
        response = client.post(reverse("consultations:ask"), {"question": QUESTION, **insisting})
        assert response["Location"] == Consultation.objects.get().get_absolute_url()


def test_who_finds_the_answer_sends_nothing(buyer, client, home):
    page = question_page(home, title="只有兩家廠商投標", question=QUESTION, answer="<p>應予流標。</p>")
    client.force_login(buyer)
    typed = client.post(reverse("consultations:published_answers"), {"question": QUESTION}).content.decode()
    assert f'name="answered" value="{page.pk}"' in typed
    response = client.post(reverse("consultations:ask"), {"question": QUESTION, "answered": str(page.pk)})
    assert response["Location"] == page.get_url()
    assert [word.has_helped for word in page.votes.all()] == [True]
    assert not Consultation.objects.exists()


# --- the answer ---------------------------------------------------------------------------------


@pytest.mark.django_db(transaction=True)
def test_each_answer_is_mailed_once_and_a_changed_one_as_corrected(buyer, officer):
    with translation.override("en"):
        case = ask(buyer)
    case = answer(case, officer)
    (first,) = mails("answered")
    assert (first.to, first.language) == (buyer.email, "en")
    assert ANSWER in first.text
    assert f"/en/my-questions/{case.pk}/" in first.text
    # the same words again, and a signal sent again: nothing
    case = answer(case, officer, f"{ANSWER}\r\n")
    asking.mail_answer(consultation=case)
    assert asking.sweep_answer_mails() == 0
    assert (len(mails("answered")), len(mails("answer_corrected"))) == (1, 0)
    case = answer(case, officer, "更正：應予流標。")
    (corrected,) = mails("answer_corrected")
    assert "更正：應予流標。" in corrected.text
    assert corrected.subject == f"Corrected answer to your question {case.number}"
    assert mail.outbox == []  # what is sent is the outbox's business


def test_an_answer_whose_signal_was_lost_is_mailed_by_the_sweep(buyer):
    lost = ConsultationFactory(answered=True, asked_by=buyer, channel=Channel.FORM)
    ConsultationFactory(answered=True)  # by telephone: nobody to write to
    assert asking.sweep_answer_mails() == 1
    assert asking.sweep_answer_mails() == 0
    assert [message.person for message in mails("answered")] == [buyer.person]
    lost.refresh_from_db()
    assert lost.mailed_answer == asking.answer_fingerprint(lost.answer)


def test_only_the_asker_sees_the_thread(buyer, client, officer):
    case = answer(ask(buyer), officer)
    addresses = [
        ("get", reverse("consultations:my_question", args=[case.pk]), {}),
        ("post", reverse("consultations:helped", args=[case.pk]), {"helped": "yes"}),
        ("post", reverse("consultations:ask_on", args=[case.pk]), {"question": QUESTION}),
    ]
    colleague = UserFactory(person__agency=buyer.person.agency)
    for stranger in (colleague, officer):
        client.force_login(stranger)
        for method, address, data in addresses:
            assert getattr(client, method)(address, data).status_code == 404, (stranger, address)
        assert case.number not in client.get(reverse("consultations:my_questions")).content.decode()
    client.force_login(buyer)
    page = client.get(case.get_absolute_url()).content.decode()
    assert ANSWER in page
    assert case.number in client.get(reverse("consultations:my_questions")).content.decode()
    case.refresh_from_db()
    assert (case.has_helped, Consultation.objects.count()) == (None, 1)


def test_an_answer_is_news_until_it_is_read(buyer, client, officer):
    case = answer(ask(buyer), officer)
    client.force_login(buyer)
    assert case.number in client.get(reverse("learning:my_learning")).content.decode()
    client.get(case.get_absolute_url())
    assert case.number not in client.get(reverse("learning:my_learning")).content.decode()


def test_who_was_not_helped_asks_on_and_the_one_who_answered_goes_on(buyer, client, officer):
    case = answer(ask(buyer), officer)
    client.force_login(buyer)
    client.post(reverse("consultations:helped", args=[case.pk]), {"helped": "no", "note": "第二次開標呢？"})
    case.refresh_from_db()
    assert (case.has_helped, case.helped_note) == (False, "第二次開標呢？")
    assert " open>" in client.get(case.get_absolute_url()).content.decode()  # asking on is offered
    response = client.post(
        reverse("consultations:ask_on", args=[case.pk]), {"question": "那麼第二次開標需要幾家廠商投標？"}
    )
    later = Consultation.objects.get(asks_on=case)
    assert response["Location"] == later.get_absolute_url()
    assert later.officer == officer.person.hotline_officer
    # not before the next answer, and never after somebody else's question
    with pytest.raises(DomainError) as refusal:
        ask(buyer, "還有第三個問題想要請教一下", asks_on=later)
    assert refusal.value.code == "not_answered"
    with pytest.raises(DomainError) as refusal:
        ask(UserFactory(), asks_on=case)
    assert refusal.value.code == "not_yours"
    # the thread has one beginning, however far it goes
    third = ask(buyer, "還有第三個問題想要請教一下", asks_on=answer(later, officer))
    assert third.asks_on == case
    page = client.get(third.get_absolute_url()).content.decode()
    assert page.index(case.question) < page.index(later.question) < page.index(third.question)


def test_a_corrected_answer_takes_back_what_was_said_of_the_earlier_one(buyer, officer):
    case = answer(ask(buyer), officer)
    asking.mail_answer(consultation=case)
    asking.say_whether_it_helped(consultation=case, by=buyer, has_helped=False, note="看不懂")
    case = answer(Consultation.objects.get(pk=case.pk), officer, "更正後的答覆。")
    asking.mail_answer(consultation=case)
    case.refresh_from_db()
    assert (case.has_helped, case.helped_note, case.answer_seen_at) == (None, "", None)


def test_the_list_asks_as_often_for_three_threads_as_for_one(buyer, client):
    client.force_login(buyer)
    address = reverse("consultations:my_questions")

    def thread():
        first = ConsultationFactory(asked_by=buyer, subject=SubjectFactory())
        ConsultationFactory(asked_by=buyer, asks_on=first)

    def count():
        with CaptureQueriesContext(connection) as queries:
            client.get(address)
        return [q["sql"][:150] for q in queries.captured_queries]

    thread()
    count()
    one = count()
    thread()
    thread()
    three = count()
    assert three == one

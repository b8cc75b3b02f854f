"""Published questions as readers meet them: found, read, voted on, marked when the law changes, listed for editors."""

import datetime
import json

import pytest
from django.conf import settings
from django.core.cache import cache
from django.test import RequestFactory
from django.urls import reverse
from django.utils import timezone, translation
from wagtail.models import Site

from accounts.enums import Role
from consultations.models import HelpfulVote, QuestionPage, QuestionReads
from consultations.panels import questions_for_desk, questions_for_task, questions_for_zone
from consultations.questions import attention_for, drafts, most_read, needing_attention
from consultations.services.publishing import draft_page
from consultations.services.reading import count_read, vote, voter_of
from library.citing_pages import page_text, quoted_articles
from library.models import ProcurementTask
from library.services import import_laws
from tests.factories.accounts import UserFactory
from tests.factories.consultations import ErrorPatternFactory
from tests.factories.library import SubjectFactory
from tests.factories.questions import case_with, question_index, question_page
from tests.factories.website import stream
from website.search import find_pages

pytestmark = pytest.mark.django_db


@pytest.fixture
def administrator(home):
    return UserFactory(roles=[Role.ADMINISTRATOR])


def english(page):
    return QuestionPage.objects.get(alias_of=page)


def titles(response):
    return [page.title for page in response.context["page_obj"]]


def vote_url(page):
    return reverse("consultations:vote", args=[page.pk])


def read_on(page, count, *, days_ago=0):
    QuestionReads.objects.create(page=page, day=timezone.localdate() - datetime.timedelta(days=days_ago), count=count)


# --- the list ---------------------------------------------------------------------------------------


def test_the_list_is_searched_narrowed_and_ordered(client, home):
    subject, pattern = SubjectFactory(), ErrorPatternFactory()
    first = question_page("等標期可以縮短嗎？", subject=subject)
    second = question_page("底價何時訂定？", error_pattern=pattern)
    third = question_page("流標後怎麼辦？", subject=subject, error_pattern=pattern)
    read_on(second, 5)
    read_on(first, 2)
    for number in range(3):
        vote(page=third, voter=f"u{number}", has_helped=True)
    url = question_index().url
    assert titles(client.get(url)) == [second.title, first.title, third.title]
    assert titles(client.get(url, {"order": "new"})) == [third.title, second.title, first.title]
    assert titles(client.get(url, {"order": "helpful"})) == [third.title, second.title, first.title]
    assert titles(client.get(url, {"subject": subject.code})) == [first.title, third.title]
    assert titles(client.get(url, {"pattern": pattern.code, "subject": subject.code})) == [third.title]
    assert titles(client.get(url, {"q": "底"})) == [second.title]  # one character
    assert titles(client.get(url, {"q": "底價 流標"})) == []
    nonsense = client.get(url, {"subject": "x'", "pattern": "9", "order": "?", "page": "x"})
    assert titles(nonsense) == [second.title, first.title, third.title]


def test_the_english_list_shows_the_aliases_with_the_figures_of_their_sources(client, home):
    page = question_page("等標期可以縮短嗎？")
    read_on(page, 7)
    response = client.get(question_index().get_translations().get().url)
    [shown] = response.context["page_obj"]
    assert (shown.pk, shown.times_read, shown.content_language) == (english(page).pk, 7, "zh-hant")
    assert b'lang="zh-hant">' in response.content


def test_lists_need_no_more_queries_for_three_than_for_one(client, home, django_assert_max_num_queries, administrator):
    subject = SubjectFactory()
    task = ProcurementTask.objects.create(slug="open", name="公開招標")
    task.subjects.add(subject)
    url, counted = question_index().url, {}
    request = RequestFactory().get("/")
    request.user = administrator
    client.force_login(administrator)

    def look():
        Site.clear_site_root_paths_cache()
        cache.clear()
        client.get(url)
        client.get(reverse("consultations_publishing:index") + "?list=attention")
        questions_for_zone(request, None)
        questions_for_task(request, task)
        questions_for_desk(request, None)

    for count in (1, 3):
        while QuestionPage.objects.filter(alias_of=None).count() < count:
            page = question_page(f"第{QuestionPage.objects.count()}題？", subject=subject)
            read_on(page, 1)
            for voter in range(3):
                vote(page=page, voter=f"u{voter}", has_helped=False, note="看不懂")
        look()  # what is asked for once
        with django_assert_max_num_queries(200) as queries:
            look()
        counted[count] = len(queries)
    assert counted[3] == counted[1]


# --- one question -----------------------------------------------------------------------------------


def test_a_question_shows_its_answer_with_articles_linked_and_what_is_near(client, act):
    subject = SubjectFactory()
    near = question_page("相近的問題？", subject=subject)
    question_page("別的問題？", subject=SubjectFactory())
    article = act.articles.get(number="48")
    page = question_page(
        "兩家可以開標嗎？", question="兩家可以開標嗎？依採購法第 49 條呢？", subject=subject,
        answer="<p>依採購法第 48 條第 1 項，不行。</p>", basis=stream(("article", article.pk)),
        effective_from=datetime.date(2026, 3, 7),
    )  # fmt: skip
    response = client.get(page.url)
    shown = response.content.decode()
    assert f'href="{article.get_absolute_url()}#p1"' in shown
    assert 'href="/laws/A0030057/49/"' in shown
    assert "115 年 3 月 7 日" in shown
    assert response.context["related"] == [near]
    assert response.context["articles"] == [article]
    assert reverse("consultations:ask") in shown
    assert "rich-text" not in shown
    in_english = client.get(english(page).url).content.decode()
    assert "Did this help you?" in in_english
    assert "7 March 2026" in in_english


def test_a_question_is_found_by_its_words_in_both_languages(home):
    page = question_page("底價何時訂定？", answer="<p>開標前定之。</p>")
    anonymous = UserFactory()
    for words in ("底", "訂定", "開標前"):
        assert find_pages(words, anonymous) == [page], words
    with translation.override("en"):
        assert find_pages("底價", anonymous) == [english(page)]


def test_drafts_are_found_and_read_by_nobody(client, officer):
    question_index()
    page = draft_page(consultation=case_with("底價何時訂定？", "開標前。"), by=officer)
    assert find_pages("底價", officer) == []
    assert client.get(question_index().url + page.slug + "/").status_code == 404
    assert client.post(vote_url(page), {"helped": "yes"}).status_code == 404


# --- reads ------------------------------------------------------------------------------------------


def test_reads_are_counted_once_per_session_and_page_and_on_the_source(client, home):
    page = question_page()
    client.get(page.url)  # carries no cookie, as robots do
    assert not QuestionReads.objects.exists()
    assert client.cookies.get(settings.SESSION_COOKIE_NAME) is None
    client.get(page.url)
    client.get(english(page).url)
    client.get(page.url)
    assert [(row.page_id, row.day, row.count) for row in QuestionReads.objects.all()] == [
        (page.pk, timezone.localdate(), 1)
    ]


def test_a_preview_counts_nothing(client, administrator):
    page = question_page()
    client.force_login(administrator)
    client.get(reverse("wagtailadmin_pages:view_draft", args=[page.pk]))
    assert not QuestionReads.objects.exists()


def test_readings_of_many_add_up(home):
    page = question_page()
    for _turn in range(3):
        count_read(page=english(page), day=timezone.localdate())
    assert QuestionReads.objects.get().count == 3


def test_most_read_looks_back_ninety_days(home):
    old, new = question_page("從前的？"), question_page("最近的？")
    read_on(old, 50, days_ago=90)
    read_on(new, 2, days_ago=89)
    assert most_read() == [new]


# --- votes ------------------------------------------------------------------------------------------


def test_one_word_per_reader_and_the_last_one_counts(client, home):
    page = question_page()
    response = client.post(vote_url(english(page)), {"helped": "yes"})
    assert response["Location"].endswith("#helped")
    client.post(vote_url(page), {"helped": "no", "note": "沒有例子"})
    [given] = HelpfulVote.objects.all()
    assert (given.page_id, given.has_helped, given.note) == (page.pk, False, "沒有例子")
    assert given.voter == voter_of(user_id=None, session_key=client.session.session_key)
    assert client.session.session_key not in given.voter
    assert "沒有例子" in client.get(page.url).content.decode()
    reader = UserFactory()
    client.logout()
    client.force_login(reader)
    client.post(vote_url(page), {"helped": "yes", "note": "很好"})
    given = HelpfulVote.objects.get(voter=f"u{reader.pk}")
    assert (given.has_helped, given.note) == (True, "")  # what was missing stands beside a no
    assert HelpfulVote.objects.count() == 2


def test_a_word_that_is_none_is_not_counted(client, home):
    page = question_page()
    for data in ({}, {"helped": "maybe"}, {"helped": "no", "note": "長" * 301}):
        client.post(vote_url(page), data)
    assert not HelpfulVote.objects.exists()
    assert client.get(vote_url(page)).status_code == 405


def test_votes_are_limited(client, home, settings):
    settings.RATELIMIT_ENABLE = True
    settings.RATE_LIMITS = {**settings.RATE_LIMITS, "vote": "2/m"}
    page = question_page()
    answers = [client.post(vote_url(page), {"helped": "yes"}).status_code for _turn in range(3)]
    assert answers == [302, 302, 429]


# --- what editors see ---------------------------------------------------------------------------------


def test_questions_that_do_not_help_come_up_with_what_readers_missed(client, administrator, home):
    bad, good, few = question_page("沒幫助？"), question_page("有幫助？"), question_page("太少人？")
    for number in range(4):
        vote(page=bad, voter=f"u{number}", has_helped=number == 0, note="" if number == 0 else f"少了{number}")
        vote(page=good, voter=f"u{number}", has_helped=number != 0)
    vote(page=few, voter="u1", has_helped=False, note="看不懂")
    [row] = attention_for(needing_attention())
    assert (row.page, row.does_not_help, row.reviews) == (bad, True, [])
    assert [note.note for note in row.notes] == ["少了3", "少了2", "少了1"]
    client.force_login(administrator)
    listed = client.get(reverse("consultations_publishing:index") + "?list=attention").content.decode()
    desk = client.get(reverse("website:desk")).content.decode()
    for shown in (listed, desk):
        assert "沒幫助？" in shown
        assert "少了3" in shown
        assert "太少人？" not in shown


def test_the_list_of_drafts_is_for_officers(client, officer):
    question_index()
    page = draft_page(consultation=case_with("環保局陳先生問？", "好。"), by=officer)
    [row] = drafts()
    assert (row.pk, row.open_flags, row.in_review) == (page.pk, 1, False)
    address = reverse("consultations_publishing:index")
    client.force_login(officer)
    assert "1 處待判斷" in client.get(address).content.decode()
    client.force_login(UserFactory(roles=[Role.INSTRUCTOR]))
    for url in (address, reverse("consultations_publishing:clear", args=[page.pk])):
        assert client.get(url, follow=True).redirect_chain[-1][0] == reverse("wagtailadmin_home")


# --- a change of law ----------------------------------------------------------------------------------


def law_file(path, text, amended_on):
    path.write_text(
        json.dumps(
            {
                "法規性質": "法律", "法規名稱": "政府採購法", "法規類別": "行政",
                "法規網址": "https://law.moj.gov.tw/LawClass/LawAll.aspx?pcode=A0030057",
                "最新異動日期": amended_on, "沿革內容": "制定",
                "法規內容": [
                    {"條號": "第 48 條", "條文內容": text},
                    {"條號": "第 49 條", "條文內容": "公開取得。"},
                    {"條號": "第 50 條", "條文內容": "不予開標。"},
                ],
            },
            ensure_ascii=False,
        ),
        encoding="utf-8",
    )  # fmt: skip
    return path


def test_a_question_that_cites_a_changed_article_says_so(client, home, tmp_path):
    import_laws([law_file(tmp_path / "old.json", "三家以上。", "20190522")])
    from library.models import Article

    article = Article.objects.get(number="48")
    in_words = question_page("條文在文字裡？", answer="<p>依政府採購法第 48 條。</p>")
    in_basis = question_page("條文在依據裡？", basis=stream(("article", article.pk)))
    other = question_page("別條？", answer="<p>依政府採購法第 49 條。</p>")
    assert "第 48 條" in page_text(in_words)
    assert quoted_articles(in_basis) == [article]
    assert "待複核" not in client.get(in_words.url).content.decode()
    import_laws([law_file(tmp_path / "new.json", "二家以上。", "20260307")])
    for page in (in_words, in_basis):
        assert "115 年 3 月 7 日" in client.get(page.url).content.decode()
        assert "7 March 2026" in client.get(english(page).url).content.decode()
    assert "115 年 3 月 7 日" not in client.get(other.url).content.decode()
    assert {row.page.pk for row in attention_for(needing_attention())} == {in_words.pk, in_basis.pk}

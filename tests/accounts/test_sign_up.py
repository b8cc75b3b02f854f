"""From the first visit to the signed-in account, with the links as they lie in the outbox."""

import re

import pytest
from allauth.account.models import EmailAddress
from django.test import Client
from django.urls import reverse

from accounts.enums import Role
from accounts.models import AgencyFormerName, Person, SignUp, User
from accounts.privacy import PRIVACY_VERSION
from notifications.models import Message
from tests.factories.accounts import PASSWORD, AgencyFactory, PersonFactory, UserFactory

pytestmark = pytest.mark.django_db


def answers(**changes: object) -> dict[str, object]:
    return {
        "name": "王小明",
        "agency": AgencyFactory().pk,
        "job_title": "科員",
        "email": "ming@example.test",
        "password1": PASSWORD,
        "password2": PASSWORD,
        "accept_privacy": "on",
        **changes,
    }


def link_for(email: str, kind: str) -> str:
    text = Message.objects.filter(to=email, kind=kind).latest("pk").text
    found = re.search(r"https?://[^/\s]+(/\S+)", text)
    assert found is not None
    return found[1]


def sign_up_and_verify(client: Client, **changes: object) -> User:
    data = answers(**changes)
    assert client.post(reverse("account_signup"), data).status_code == 302
    link = link_for(str(data["email"]), "account.email_confirmation_signup")
    assert client.get(link).status_code == 200
    client.post(link)
    return User.objects.get(email=data["email"])


def test_a_newcomer_signs_up_verifies_and_is_signed_in(client: Client) -> None:
    user = sign_up_and_verify(client)
    assert user.person is not None
    assert (user.person.name, user.person.job_title, user.person.email) == ("王小明", "科員", "ming@example.test")
    assert user.person.agency is not None
    assert not user.person.has_confirmed_agency
    assert user.role_names == {Role.TRAINEE.value}
    assert user.privacy_version == PRIVACY_VERSION
    assert user.privacy_accepted_at is not None
    assert not SignUp.objects.exists()
    assert client.get(reverse("accounts:account")).context["person"] == user.person
    elsewhere = Client()
    login = elsewhere.post(reverse("account_login"), {"login": user.email, "password": PASSWORD})
    assert login.url == reverse("website:start")


def test_the_link_alone_signs_nobody_in_elsewhere(client: Client) -> None:
    client.post(reverse("account_signup"), answers())
    thief = Client()
    thief.post(link_for("ming@example.test", "account.email_confirmation_signup"))
    assert thief.get(reverse("accounts:account")).status_code == 302


def test_before_the_link_is_followed_there_is_no_person_and_no_way_in(client: Client) -> None:
    client.post(reverse("account_signup"), answers())
    assert not Person.objects.filter(name="王小明").exists()
    response = client.post(reverse("account_login"), {"login": "ming@example.test", "password": PASSWORD})
    assert response.url == reverse("account_email_verification_sent")
    assert client.get(reverse("accounts:account")).status_code == 302


def test_following_the_link_twice_makes_one_person(client: Client) -> None:
    sign_up_and_verify(client)
    link = link_for("ming@example.test", "account.email_confirmation_signup")
    assert client.get(link).status_code == 200
    client.post(link)
    assert Person.objects.filter(name="王小明").count() == 1


def test_the_records_person_with_this_name_and_e_mail_is_found_again(client: Client) -> None:
    known = PersonFactory(name="王小明", email="ming@example.test")
    user = sign_up_and_verify(client, agency=known.agency.pk)
    assert user.person == known
    assert user.person.has_confirmed_agency  # the same agency as before: nothing to confirm anew


def test_a_colleague_with_the_same_mailbox_does_not_inherit_the_records(client: Client) -> None:
    PersonFactory(name="前任承辦", email="ming@example.test")
    user = sign_up_and_verify(client)
    assert user.person is not None
    assert user.person.name == "王小明"


def test_a_person_with_an_account_is_not_taken_over(client: Client) -> None:
    owner = UserFactory(person=PersonFactory(name="王小明", email="ming@example.test"), email="other@example.test")
    user = sign_up_and_verify(client)
    assert user.person != owner.person


@pytest.mark.parametrize(
    ("known", "typed", "is_the_same"),
    [
        ("巴奈‧測試", "巴奈·測試", True),
        ("溫小明", "温小明", True),
        ("王小明", "王?明", False),
        ("蔡?安", "蔡𥕢安", False),
        ("王小明", "王大明", False),
    ],
)
def test_who_signs_up_is_found_however_the_name_is_written_but_never_by_a_lost_character(
    client: Client, known: str, typed: str, is_the_same: bool
) -> None:
    person = PersonFactory(name=known, email="ming@example.test")
    user = sign_up_and_verify(client, name=typed)
    assert (user.person == person) is is_the_same


def test_somebody_whose_agency_is_not_listed_signs_up_without_one(client: Client) -> None:
    user = sign_up_and_verify(client, agency="not-listed")
    assert user.person is not None
    assert user.person.agency is None


@pytest.mark.parametrize("missing", ["name", "agency", "email", "password1", "accept_privacy"])
def test_what_is_missing_is_said_and_what_was_typed_stays(client: Client, missing: str) -> None:
    response = client.post(reverse("account_signup"), answers(**{missing: ""}))
    assert response.status_code == 200
    assert set(response.context["form"].errors) == {missing}
    assert not User.objects.exists()
    if missing != "name":
        assert 'value="王小明"' in response.content.decode()


def test_the_privacy_notice_stands_on_the_page_with_its_version(client: Client) -> None:
    for address, words in (
        ("/accounts/signup/", ("蒐集的目的", "資料的類別", "期間", "您的權利")),
        ("/en/accounts/signup/", ("Purpose", "Kinds of data", "Period", "Your rights")),
    ):
        page = client.get(address).content.decode()
        assert PRIVACY_VERSION in page
        for word in words:
            assert word in page


def test_signing_up_again_with_a_known_e_mail_tells_only_its_owner(client: Client) -> None:
    owner = UserFactory()
    response = client.post(reverse("account_signup"), answers(email=owner.email))
    assert response.url == reverse("account_email_verification_sent")
    assert list(Message.objects.values_list("kind", "to")) == [("account.account_already_exists", owner.email)]
    assert User.objects.count() == 1


def test_a_forgotten_password_is_chosen_anew_by_a_link(client: Client) -> None:
    user = UserFactory()
    client.post(reverse("account_reset_password"), {"email": user.email})
    form = client.get(link_for(user.email, "account.password_reset_key"), follow=True)
    new = "another-horse-battery"
    client.post(form.request["PATH_INFO"], {"password1": new, "password2": new})
    user.refresh_from_db()
    assert user.check_password(new)
    # the link opens nothing a second time
    again = client.get(link_for(user.email, "account.password_reset_key"), follow=True)
    assert again.context["token_fail"]


def test_an_invited_account_gets_in_by_choosing_a_password(client: Client) -> None:
    user = UserFactory()
    user.set_unusable_password()
    user.save()
    EmailAddress.objects.filter(user=user).update(verified=False)
    client.post(reverse("account_reset_password"), {"email": user.email})
    form = client.get(link_for(user.email, "account.password_reset_key"), follow=True)
    client.post(form.request["PATH_INFO"], {"password1": PASSWORD, "password2": PASSWORD})
    response = client.post(reverse("account_login"), {"login": user.email, "password": PASSWORD})
    assert response.url in {reverse("website:start"), reverse("account_email_verification_sent")}


def test_mails_speak_the_language_of_the_page(client: Client) -> None:
    client.post("/en/accounts/signup/", answers())
    message = Message.objects.get()
    assert (message.language, message.subject) == ("en", "Verify your e-mail to finish signing up")
    assert "/en/accounts/confirm-email/" in message.text
    client.post("/accounts/signup/", answers(email="hua@example.test"))
    assert Message.objects.latest("pk").subject == "請驗證電子郵件，完成註冊"


def test_the_search_for_agencies_finds_names_former_names_and_both_characters_for_tai(client: Client) -> None:
    library, bureau = AgencyFactory(name="臺中市立圖書館"), AgencyFactory(name="臺中市政府民政局")
    AgencyFormerName.objects.create(agency=bureau, name="臺中縣政府民政處")
    address = reverse("accounts:agency_options")

    def found(text: str) -> list[str]:
        page = client.get(address, {"agency_search": text}).content.decode()
        return re.findall(r'<option value="\d+">([^<]+)</option>', page)

    assert found("台中市立") == [library.name]
    assert found("縣政府") == [bureau.name]
    assert found("沒有這個") == []
    assert set(found("")) == {library.name, bureau.name}

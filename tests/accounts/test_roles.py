"""Roles are code: the groups hold exactly what roles.py says, whatever was done by hand."""

import pytest
from django.contrib.auth.models import Group, Permission
from django.core.management.sql import emit_post_migrate_signal
from wagtail.models import GroupApprovalTask, Workflow

from accounts.enums import Role
from accounts.models import AgencyNameRule
from accounts.name_rules import DEFAULT_RULES
from accounts.permissions import (
    can_view_agency,
    can_view_person,
    has_role,
    is_administrator,
    is_agency_contact,
)
from accounts.roles import sync_roles
from tests.factories.accounts import AgencyFactory, PersonFactory, UserFactory

pytestmark = pytest.mark.django_db


def permissions_of(role: Role) -> set[str]:
    return {
        f"{p.content_type.app_label}.{p.codename}"
        for p in Group.objects.get(name=role.value).permissions.select_related("content_type")
    }


def test_every_role_is_a_group_and_wagtails_own_groups_are_gone() -> None:
    assert set(Group.objects.values_list("name", flat=True)) == {
        "trainee", "agency_contact", "instructor", "hotline_officer", "committee_member", "administrator",
        "report_viewer",
    }  # fmt: skip


def test_only_instructors_hotline_officers_and_administrators_enter_the_back_office() -> None:
    may = {role for role in Role if "wagtailadmin.access_admin" in permissions_of(role)}
    assert may == {Role.INSTRUCTOR, Role.HOTLINE_OFFICER, Role.ADMINISTRATOR}


def test_trainees_contacts_and_committee_members_have_no_permission_of_a_model() -> None:
    assert permissions_of(Role.TRAINEE) == set()
    assert permissions_of(Role.COMMITTEE_MEMBER) == set()
    assert permissions_of(Role.AGENCY_CONTACT) == set()


def test_administrators_delete_neither_people_nor_the_audit_trail() -> None:
    administrator = permissions_of(Role.ADMINISTRATOR)
    assert {"accounts.change_person", "common.view_auditentry", "catalogue.add_courserun"} <= administrator
    assert not {
        "accounts.delete_person", "accounts.delete_user", "accounts.delete_agency", "common.change_auditentry",
        "common.delete_auditentry", "notifications.change_message", "notifications.delete_message",
    } & administrator  # fmt: skip


def test_syncing_takes_back_what_was_granted_by_hand() -> None:
    trainee = Group.objects.get(name=Role.TRAINEE.value)
    trainee.permissions.add(Permission.objects.get(codename="change_person"))
    sync_roles()
    assert permissions_of(Role.TRAINEE) == set()


def test_syncing_twice_changes_nothing() -> None:
    def state() -> tuple[object, ...]:
        return (
            [(g.name, g.permissions.count(), g.page_permissions.count(), g.collection_permissions.count())
             for g in Group.objects.order_by("name")],
            Workflow.objects.count(),
            GroupApprovalTask.objects.count(),
        )  # fmt: skip

    before = state()
    sync_roles()
    assert state() == before


def test_instructors_write_drafts_and_administrators_publish() -> None:
    def on_pages(role: Role) -> set[str]:
        return set(Group.objects.get(name=role.value).page_permissions.values_list("permission__codename", flat=True))

    assert on_pages(Role.INSTRUCTOR) == set()  # theirs come with the pages they write under: tests/learning
    assert "publish_page" in on_pages(Role.ADMINISTRATOR)
    reviewers = GroupApprovalTask.objects.filter(groups__name=Role.ADMINISTRATOR.value)
    assert reviewers.exists()


def test_roles_and_rules_are_laid_after_every_migrate() -> None:
    Group.objects.all().delete()
    Permission.objects.all().delete()
    AgencyNameRule.objects.all().delete()
    emit_post_migrate_signal(verbosity=0, interactive=False, db="default")
    assert Group.objects.count() == len(Role)
    assert "wagtailadmin.access_admin" in permissions_of(Role.ADMINISTRATOR)
    assert AgencyNameRule.objects.count() == len(DEFAULT_RULES)


def test_rules_that_an_administrator_changed_are_left_alone() -> None:
    AgencyNameRule.objects.exclude(order=10).delete()
    emit_post_migrate_signal(verbosity=0, interactive=False, db="default")
    assert AgencyNameRule.objects.count() == 1


def test_a_superuser_holds_every_role_and_a_switched_off_account_none() -> None:
    superuser = UserFactory(is_superuser=True)
    assert all(has_role(superuser, role) for role in Role)
    assert not is_administrator(UserFactory(roles=[Role.ADMINISTRATOR], is_active=False))


class TestWhoseDataSomebodySees:
    """A trainee never sees another trainee's data; a contact only their own agency's."""

    def test_a_trainee_sees_only_themselves(self) -> None:
        trainee, colleague = UserFactory(), PersonFactory()
        colleague.agency = trainee.person.agency
        colleague.save()
        assert can_view_person(trainee, trainee.person)
        assert not can_view_person(trainee, colleague)
        assert not can_view_agency(trainee, trainee.person.agency)

    def test_a_contact_sees_the_confirmed_people_of_their_own_agency(self) -> None:
        contact = UserFactory(roles=[Role.AGENCY_CONTACT])
        agency = contact.person.agency
        assert can_view_agency(contact, agency)
        assert can_view_person(contact, PersonFactory(agency=agency))
        assert not can_view_person(contact, PersonFactory(agency=agency, agency_confirmed_at=None))
        assert not can_view_person(contact, PersonFactory())
        assert not can_view_agency(contact, AgencyFactory())
        assert not can_view_agency(contact, AgencyFactory(parent=agency))

    def test_a_contact_whose_own_agency_is_only_declared_sees_nobody(self) -> None:
        agency = AgencyFactory()
        impostor = UserFactory(
            roles=[Role.AGENCY_CONTACT], person=PersonFactory(agency=agency, agency_confirmed_at=None)
        )
        assert not is_agency_contact(impostor)
        assert not can_view_agency(impostor, agency)
        assert not can_view_person(impostor, PersonFactory(agency=agency))

    def test_an_administrator_sees_everybody_and_an_instructor_not(self) -> None:
        person = PersonFactory()
        assert can_view_person(UserFactory(roles=[Role.ADMINISTRATOR]), person)
        assert not can_view_person(UserFactory(roles=[Role.INSTRUCTOR]), person)
        assert not can_view_person(UserFactory(roles=[Role.REPORT_VIEWER]), person)

"""People, accounts, agencies."""

from typing import Any

import factory
from allauth.account.models import EmailAddress
from django.contrib.auth.models import Group
from django.utils import timezone
from factory.django import DjangoModelFactory

from accounts.enums import AgencyKind, Role
from accounts.models import Agency, District, Person, User

PASSWORD = "correct-horse-battery"


class DistrictFactory(DjangoModelFactory[District]):
    class Meta:
        model = District
        django_get_or_create = ("code",)

    code = factory.Sequence(lambda n: f"D{n:03}")
    name = factory.Sequence(lambda n: f"第{n}區")
    name_en = factory.Sequence(lambda n: f"District {n}")


class AgencyFactory(DjangoModelFactory[Agency]):
    class Meta:
        model = Agency

    name = factory.Sequence(lambda n: f"臺中市政府第{n}局")
    kind = AgencyKind.BUREAU
    is_confirmed = True


class PersonFactory(DjangoModelFactory[Person]):
    class Meta:
        model = Person

    name = factory.Sequence(lambda n: f"測試{n}")
    email = factory.Sequence(lambda n: f"person{n}@example.test")
    job_title = "科員"
    agency = factory.SubFactory(AgencyFactory)
    agency_confirmed_at = factory.LazyFunction(timezone.now)


class UserFactory(DjangoModelFactory[User]):
    """A verified account of a person; `roles=[Role.ADMINISTRATOR]` puts it into groups."""

    class Meta:
        model = User
        skip_postgeneration_save = True

    person = factory.SubFactory(PersonFactory)
    email = factory.LazyAttribute(lambda o: o.person.email)

    @factory.post_generation
    def password(obj: User, create: bool, extracted: str | None, **kwargs: Any) -> None:
        obj.set_password(extracted or PASSWORD)
        obj.save(update_fields=["password"])
        EmailAddress.objects.create(user=obj, email=obj.email, verified=True, primary=True)

    @factory.post_generation
    def roles(obj: User, create: bool, extracted: list[Role] | None, **kwargs: Any) -> None:
        for role in extracted or [Role.TRAINEE]:
            obj.groups.add(Group.objects.get(name=role.value))

"""Emptying a demonstration on PostgreSQL, where other processes can be seen."""

import pytest
from django.db import connection

from common.errors import DomainError
from demo.models import DemoLayer
from demo.services import database_name, note_layer, reset_demonstration

pytestmark = [pytest.mark.postgres, pytest.mark.django_db(transaction=True, serialized_rollback=True)]


def test_a_demonstration_that_others_are_connected_to_is_not_emptied():
    note_layer("agencies")
    other = connection.copy()
    other.connect()
    try:
        with pytest.raises(DomainError, match="other connections") as refusal:
            reset_demonstration(name=database_name(), tell=lambda _line: None)
    finally:
        other.close()
    assert refusal.value.code == "being_served"
    assert DemoLayer.objects.exists()

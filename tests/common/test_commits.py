"""A failure after a commit is logged and takes nothing back."""

import pytest
from django.db import connection

from common.commits import after_commit


def broker_is_away(_what: str) -> None:
    raise ConnectionError("the broker is away")


@pytest.mark.django_db
def test_what_fails_after_a_commit_is_left_to_the_log():
    after_commit(broker_is_away, "task")
    pending, connection.run_on_commit = connection.run_on_commit, []
    _savepoints, call, robust = pending[-1]
    assert robust is True
    assert "after_commit" in call.__qualname__  # what Django's log line needs
    with pytest.raises(ConnectionError, match="the broker is away"):
        call()

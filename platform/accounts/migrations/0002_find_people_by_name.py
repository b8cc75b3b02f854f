"""People are found by a key of their name; those on record get theirs."""

from typing import Any

from django.db import migrations

import accounts.models
from common.names import name_key

_AT_ONCE = 1000


def fill(apps: Any, schema_editor: Any) -> None:
    """Give everybody on record their key."""
    people = apps.get_model("accounts", "Person").objects.using(schema_editor.connection.alias)
    some = []
    for person in people.only("pk", "name").iterator(chunk_size=_AT_ONCE):
        person.name_key = name_key(person.name)[:240]
        some.append(person)
        if len(some) == _AT_ONCE:
            people.bulk_update(some, ["name_key"])
            some = []
    people.bulk_update(some, ["name_key"])


class Migration(migrations.Migration):
    """Adds the key and fills it."""

    dependencies = [("accounts", "0001_initial")]

    operations = [
        migrations.AddField(
            model_name="person",
            name="name_key",
            field=accounts.models.NameKeyField(db_index=True, default="", editable=False, max_length=240),
        ),
        migrations.RunPython(fill, migrations.RunPython.noop),
    ]

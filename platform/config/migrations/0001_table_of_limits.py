"""The table of the cache called `limits`: counts of attempts while Redis is away."""

from typing import Any

from django.core.management import call_command
from django.db import migrations


def make_table(apps: Any, schema_editor: Any) -> None:
    """Make the table unless it is there."""
    call_command("createcachetable", database=schema_editor.connection.alias, verbosity=0)


class Migration(migrations.Migration):
    """Runs once in every database."""

    dependencies = []
    operations = [migrations.RunPython(make_table, migrations.RunPython.noop)]

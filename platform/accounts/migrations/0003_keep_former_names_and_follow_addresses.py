"""Former names are kept; people are written to at the verified address of their account."""

import django.db.models.deletion
import django.utils.timezone
from django.conf import settings
from django.db import migrations, models


def follow_addresses(apps, schema_editor):
    """Let people whose account moved to another verified address be written to there, as from now on by itself."""
    alias = schema_editor.connection.alias
    people = apps.get_model("accounts", "Person").objects.using(alias)
    entries = apps.get_model("common", "AuditEntry").objects.using(alias)
    addresses = apps.get_model("account", "EmailAddress").objects.using(alias)
    followed = addresses.filter(primary=True, verified=True, user__person__isnull=False)
    for key, email in list(followed.values_list("user__person", "email")):
        person = people.get(pk=key)
        if person.email.lower() == email.lower():
            continue
        former, person.email = person.email, email.lower()
        person.save(update_fields=["email"])
        entries.create(
            action="person.email_followed", object_type="accounts.Person", object_id=str(key),
            object_label=person.name, data={"email": person.email, "former_email": former},
        )  # fmt: skip


class Migration(migrations.Migration):

    dependencies = [
        ("account", "0009_emailaddress_unique_primary_email"),
        ("accounts", "0002_find_people_by_name"),
        ("common", "0002_office_days"),
    ]

    operations = [
        migrations.CreateModel(
            name='NameChange',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('former_name', models.CharField(max_length=80, verbose_name='former name')),
                ('new_name', models.CharField(max_length=80, verbose_name='new name')),
                ('changed_at', models.DateTimeField(default=django.utils.timezone.now, verbose_name='changed at')),
                ('decided_at', models.DateTimeField(blank=True, null=True, verbose_name='decided at')),
                ('changed_by', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='changed by')),
                ('decided_by', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='decided by')),
                ('person', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='name_changes', to='accounts.person', verbose_name='person')),
            ],
            options={
                'verbose_name': 'change of name',
                'verbose_name_plural': 'changes of name',
                'ordering': ['pk'],
                'constraints': [models.UniqueConstraint(condition=models.Q(('decided_at__isnull', True)), fields=('person',), name='one_name_change_waits', violation_error_message='A change of this name already waits for a decision.')],
            },
        ),
        migrations.RunPython(follow_addresses, migrations.RunPython.noop),
    ]

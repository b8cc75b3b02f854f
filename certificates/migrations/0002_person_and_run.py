"""A certificate names its person and its run, so that the database can hold one valid certificate for both."""

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0001_initial"),
        ("catalogue", "0001_initial"),
        ("certificates", "0001_initial"),
    ]

    operations = [
        migrations.AddField(
            model_name="certificate",
            name="person",
            field=models.ForeignKey(
                null=True, on_delete=django.db.models.deletion.PROTECT, related_name="certificates",
                to="accounts.person", verbose_name="trainee",
            ),
        ),
        migrations.AddField(
            model_name="certificate",
            name="run",
            field=models.ForeignKey(
                null=True, on_delete=django.db.models.deletion.PROTECT, related_name="certificates",
                to="catalogue.courserun", verbose_name="course run",
            ),
        ),
    ]  # fmt: skip

"""Instructors are listed by the strokes of their names."""

import common.strokes
from django.db import migrations


class Migration(migrations.Migration):

    dependencies = [
        ('faculty', '0002_initial'),
    ]

    operations = [
        migrations.AlterModelOptions(
            name='instructor',
            options={'ordering': [common.strokes.Strokes('person__name'), 'pk'], 'verbose_name': 'instructor', 'verbose_name_plural': 'instructors'},
        ),
    ]

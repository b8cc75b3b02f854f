from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('enrolment', '0003_join_enrolments_of_one_person'),
    ]

    operations = [
        migrations.AddConstraint(
            model_name='enrolment',
            constraint=models.UniqueConstraint(condition=models.Q(('state__in', ('confirmed', 'withdrawn'))), fields=('run', 'person'), name='one_enrolment_per_person', violation_error_message='This person already has an enrolment in this run.'),
        ),
        migrations.AddConstraint(
            model_name='enrolment',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('state', 'confirmed'), ('withdrawn_at__isnull', True)), models.Q(('state__in', ['withdrawn', 'in_error']), ('withdrawn_at__isnull', False)), _connector='OR'), name='ended_has_a_date', violation_error_message='Only an enrolment that has ended has a day of withdrawal.'),
        ),
    ]

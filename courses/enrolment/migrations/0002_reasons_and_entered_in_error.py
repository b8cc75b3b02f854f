from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('enrolment', '0001_initial'),
    ]

    operations = [
        migrations.RemoveConstraint(
            model_name='enrolment',
            name='one_active_enrolment',
        ),
        migrations.RemoveConstraint(
            model_name='enrolment',
            name='withdrawn_has_a_date',
        ),
        migrations.AddField(
            model_name='enrolment',
            name='entry_reason',
            field=models.CharField(blank=True, max_length=200, verbose_name='reason of the late entry'),
        ),
        migrations.AddField(
            model_name='enrolment',
            name='exit_reason',
            field=models.CharField(blank=True, max_length=200, verbose_name='reason of the withdrawal'),
        ),
        migrations.AddField(
            model_name='enrolment',
            name='is_agency_confirmed',
            field=models.BooleanField(default=True, verbose_name='agency confirmed'),
        ),
        migrations.AddField(
            model_name='enrolment',
            name='restored_at',
            field=models.DateTimeField(blank=True, null=True, verbose_name='withdrawal taken back at'),
        ),
        migrations.AlterField(
            model_name='enrolment',
            name='state',
            field=models.CharField(choices=[('confirmed', 'enrolled'), ('withdrawn', 'withdrawn'), ('in_error', 'entered in error')], default='confirmed', max_length=10, verbose_name='state'),
        ),
    ]

"""Flagged passages and the task of their review now serve the pages of every app: their rows go to `website`.

The tables are dropped by the next migration: PostgreSQL alters none while rows of the same transaction wait for their
keys to be checked.
"""

from django.db import migrations

FLAG_FIELDS = ("page_id", "kind", "text", "state", "decided_by_id", "decided_at")
CHUNK = 1000
OURS = ("consultations", "questionreviewtask")
THEIRS = ("website", "passagereviewtask")


def to_website(apps, schema_editor):
    _copy_flags(schema_editor, apps.get_model("consultations", "PrivacyFlag"), apps.get_model("website", "PassageFlag"))
    _hand_tasks(apps, schema_editor, OURS, THEIRS)


def to_consultations(apps, schema_editor):
    """Take back what is about questions; who checked other pages loses their flags with `website`'s table."""
    using = schema_editor.connection.alias
    flags = apps.get_model("website", "PassageFlag").objects.using(using)
    questions = apps.get_model("consultations", "QuestionPage").objects.using(using).values("pk")
    of_questions = flags.filter(page__in=questions)
    _copy_flags(schema_editor, of_questions, apps.get_model("consultations", "PrivacyFlag"))
    of_questions.delete()
    _hand_tasks(apps, schema_editor, THEIRS, OURS)


def _copy_flags(schema_editor, source, target):
    using = schema_editor.connection.alias
    rows = source.objects.using(using) if hasattr(source, "objects") else source
    chunk = []
    for values in rows.order_by("pk").values(*FLAG_FIELDS).iterator(chunk_size=CHUNK):
        chunk.append(target(**values))
        if len(chunk) == CHUNK:
            target.objects.using(using).bulk_create(chunk)
            chunk = []
    target.objects.using(using).bulk_create(chunk)


def _hand_tasks(apps, schema_editor, source, target):
    """Give the tasks another child row and another type; what hangs on the task itself (workflows, states) stays."""
    using = schema_editor.connection.alias
    old, new = apps.get_model(*source), apps.get_model(*target)
    types = apps.get_model("contenttypes", "ContentType").objects.using(using)
    old_type = types.filter(app_label=source[0], model=source[1]).first()
    numbers = list(old.objects.using(using).order_by("pk").values_list("pk", flat=True))
    if not numbers or old_type is None:
        return
    new_type, _created = types.get_or_create(app_label=target[0], model=target[1])
    for number in numbers:
        new(groupapprovaltask_ptr_id=number).save_base(raw=True, using=using, force_insert=True)  # the child row alone
    tasks = apps.get_model("wagtailcore", "Task").objects.using(using)
    tasks.filter(pk__in=numbers, content_type=old_type).update(content_type=new_type)
    table = schema_editor.quote_name(old._meta.db_table)
    schema_editor.execute(f"DELETE FROM {table}")  # not through the model: that would delete the tasks as well


class Migration(migrations.Migration):

    dependencies = [
        ("consultations", "0001_initial"),
        ("contenttypes", "0002_remove_content_type_name"),
        ("website", "0002_keep_flagged_passages_and_their_review"),
    ]

    operations = [migrations.RunPython(to_website, to_consultations)]

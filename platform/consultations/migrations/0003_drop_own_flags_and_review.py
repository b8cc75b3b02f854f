from django.db import migrations


class Migration(migrations.Migration):

    dependencies = [("consultations", "0002_hand_flags_and_review_to_website")]

    operations = [
        migrations.DeleteModel(name="PrivacyFlag"),
        migrations.DeleteModel(name="QuestionReviewTask"),
    ]

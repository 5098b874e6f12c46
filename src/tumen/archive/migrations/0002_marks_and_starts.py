"""A bulk job remembers which change wrote its cursor, a job how often it was taken up."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("archive", "0001_initial")]
    operations = [
        migrations.AddField(
            "batch",
            "marked",
            models.BigIntegerField(
                default=0, help_text="the change that wrote `cursor`; a resume takes back more"
            ),
        ),
        migrations.AlterField(
            "batch",
            "state",
            models.CharField(
                choices=[("open", "Open"), ("closed", "Closed"), ("dropping", "Dropping"), ("dropped", "Dropped")],
                db_index=True,
                default="open",
                max_length=8,
            ),
        ),
        migrations.AddField(
            "job", "starts", models.IntegerField(default=0, help_text="how often it was taken up")
        ),
    ]

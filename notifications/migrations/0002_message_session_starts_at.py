"""A message remembers the start that it speaks of."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("notifications", "0001_initial"),
    ]

    operations = [
        migrations.AddField(
            model_name="message",
            name="session_starts_at",
            field=models.DateTimeField(blank=True, null=True),
        ),
    ]

"""A stage keeps what its source says beyond its own columns."""

from typing import ClassVar

from django.db import migrations, models


class Migration(migrations.Migration):
    """An empty object for the stages that are there."""

    dependencies: ClassVar = [("events", "0002_kinds_and_categories")]

    operations: ClassVar = [
        migrations.AddField(
            model_name="stage",
            name="source_facts",
            field=models.JSONField(blank=True, default=dict),
        ),
    ]

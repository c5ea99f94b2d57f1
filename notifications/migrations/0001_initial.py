"""The outbox and its traces."""

import uuid

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    initial = True

    dependencies = [
        ("events", "0001_initial"),
        ("registrations", "0001_initial"),
    ]

    operations = [
        migrations.CreateModel(
            name="Heartbeat",
            fields=[
                ("name", models.CharField(max_length=40, primary_key=True, serialize=False)),
                ("finished_at", models.DateTimeField()),
            ],
        ),
        migrations.CreateModel(
            name="Message",
            fields=[
                ("id", models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ("dedupe_key", models.CharField(max_length=200, unique=True)),
                ("kind", models.CharField(max_length=40)),
                ("channel", models.CharField(choices=[("email", "E-mail"), ("sms", "SMS")], max_length=10)),
                (
                    "priority",
                    models.SmallIntegerField(
                        choices=[(0, "Cancellation"), (1, "Change"), (2, "Offer"), (3, "Confirmation"), (5, "Reminder")]
                    ),
                ),
                (
                    "language",
                    models.CharField(choices=[("pl", "Polish"), ("en", "English"), ("uk", "Ukrainian")], max_length=2),
                ),
                ("to", models.CharField(blank=True, max_length=254)),
                ("subject", models.TextField(blank=True)),
                ("body", models.TextField(blank=True)),
                ("html", models.TextField(blank=True)),
                ("calendar", models.TextField(blank=True)),
                ("calendar_method", models.CharField(blank=True, max_length=10)),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("planned", "Planned"),
                            ("sending", "Being sent"),
                            ("sent", "Sent"),
                            ("delivered", "Delivered"),
                            ("failed", "Failed"),
                            ("unknown", "Outcome not known yet"),
                            ("cancelled", "No longer needed"),
                            ("missed", "Too late to be useful"),
                            ("suppressed", "The address must not be used"),
                        ],
                        default="planned",
                        max_length=20,
                    ),
                ),
                ("state_reason", models.TextField(blank=True)),
                ("created_at", models.DateTimeField()),
                ("due_at", models.DateTimeField()),
                ("useful_until", models.DateTimeField()),
                ("next_attempt_at", models.DateTimeField()),
                ("lease_token", models.UUIDField(blank=True, null=True)),
                ("lease_until", models.DateTimeField(blank=True, null=True)),
                ("claims", models.PositiveSmallIntegerField(default=0)),
                ("provider_id", models.CharField(blank=True, max_length=200)),
                ("provider_status", models.CharField(blank=True, max_length=40)),
                ("sent_at", models.DateTimeField(blank=True, null=True)),
                (
                    "event",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="messages",
                        to="events.event",
                    ),
                ),
                (
                    "event_change",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="messages",
                        to="events.eventchange",
                    ),
                ),
                (
                    "registration",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="messages",
                        to="registrations.registration",
                    ),
                ),
                (
                    "registration_change",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="messages",
                        to="registrations.registrationchange",
                    ),
                ),
                (
                    "session",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="messages",
                        to="events.session",
                    ),
                ),
            ],
            options={
                "ordering": ["created_at", "id"],
            },
        ),
        migrations.CreateModel(
            name="DeliveryAttempt",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("at", models.DateTimeField()),
                (
                    "result",
                    models.CharField(
                        choices=[
                            ("accepted", "Accepted by the provider"),
                            ("kept", "Kept here, nothing left this machine"),
                            ("refused", "Refused for good"),
                            ("deferred", "Not taken now, will be tried again"),
                            ("unclear", "No clear answer"),
                        ],
                        max_length=20,
                    ),
                ),
                ("code", models.CharField(blank=True, max_length=40)),
                ("detail", models.TextField(blank=True)),
                ("provider_id", models.CharField(blank=True, max_length=200)),
                (
                    "message",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="attempts", to="notifications.message"
                    ),
                ),
            ],
            options={
                "ordering": ["id"],
            },
        ),
        migrations.CreateModel(
            name="ProviderReport",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("provider_id", models.CharField(max_length=200)),
                ("status", models.CharField(max_length=40)),
                ("code", models.CharField(blank=True, max_length=40)),
                ("at", models.DateTimeField()),
                (
                    "message",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="reports",
                        to="notifications.message",
                    ),
                ),
            ],
            options={
                "ordering": ["id"],
            },
        ),
        migrations.CreateModel(
            name="ReminderRun",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("starts_at", models.DateTimeField()),
                ("due_at", models.DateTimeField()),
                ("planned_at", models.DateTimeField()),
                ("messages", models.PositiveIntegerField(default=0)),
                (
                    "rule",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="runs", to="events.reminderrule"
                    ),
                ),
                (
                    "session",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="reminder_runs", to="events.session"
                    ),
                ),
            ],
        ),
        migrations.AddIndex(
            model_name="message",
            index=models.Index(
                condition=models.Q(("state", "planned")),
                fields=["channel", "priority", "next_attempt_at", "id"],
                name="message_due",
            ),
        ),
        migrations.AddIndex(
            model_name="message",
            index=models.Index(
                condition=models.Q(("state__in", ["sending", "unknown"])),
                fields=["lease_until"],
                name="message_unclear",
            ),
        ),
        migrations.AddIndex(
            model_name="message",
            index=models.Index(fields=["event", "created_at"], name="message_of_event"),
        ),
        migrations.AddIndex(
            model_name="message",
            index=models.Index(
                condition=models.Q(("provider_id", ""), _negated=True),
                fields=["provider_id"],
                name="message_by_provider_id",
            ),
        ),
        migrations.AddConstraint(
            model_name="providerreport",
            constraint=models.UniqueConstraint(fields=("provider_id", "status", "code"), name="provider_report_once"),
        ),
        migrations.AddConstraint(
            model_name="reminderrun",
            constraint=models.UniqueConstraint(fields=("rule", "session", "starts_at"), name="reminder_run_once"),
        ),
    ]

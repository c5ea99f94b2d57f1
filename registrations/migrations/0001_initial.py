"""What people do with events."""

import django.db.models.deletion
import phonenumber_field.modelfields
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    initial = True

    dependencies = [
        ("events", "0001_initial"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="CalendarFeed",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("email_key", models.CharField(max_length=64, unique=True)),
                ("generation", models.PositiveIntegerField(default=1)),
                ("created_at", models.DateTimeField()),
            ],
        ),
        migrations.CreateModel(
            name="Registration",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("awaiting_approval", "Waiting for approval"),
                            ("held", "Waiting for the address to be confirmed"),
                            ("confirmed", "Confirmed"),
                            ("waitlisted", "On the reserve list"),
                            ("offered", "A seat is offered"),
                            ("rejected", "Rejected"),
                            ("expired", "Expired"),
                            ("declined", "Offer declined"),
                            ("cancelled_by_participant", "Cancelled by the participant"),
                            ("cancelled_by_organizer", "Cancelled by the organiser"),
                        ],
                        max_length=30,
                    ),
                ),
                ("seats", models.PositiveSmallIntegerField(default=1)),
                ("holds_seat", models.BooleanField(default=False)),
                (
                    "source",
                    models.CharField(
                        choices=[
                            ("web", "Website"),
                            ("api", "API"),
                            ("phone", "By phone"),
                            ("paper", "On paper"),
                            ("walk_in", "At the door"),
                        ],
                        max_length=20,
                    ),
                ),
                (
                    "language",
                    models.CharField(
                        choices=[("pl", "Polish"), ("en", "English"), ("uk", "Ukrainian")], default="pl", max_length=2
                    ),
                ),
                ("email_key", models.CharField(blank=True, max_length=64, null=True)),
                ("reference", models.CharField(max_length=12, unique=True)),
                ("ticket_code", models.CharField(max_length=12, unique=True)),
                ("link_generation", models.PositiveIntegerField(default=1)),
                ("sms_reminders", models.BooleanField(default=False)),
                (
                    "attendance",
                    models.CharField(
                        choices=[
                            ("not_recorded", "Not recorded"),
                            ("present", "Present"),
                            ("no_show", "Did not come"),
                            ("excused", "Excused"),
                        ],
                        default="not_recorded",
                        max_length=20,
                    ),
                ),
                ("created_at", models.DateTimeField()),
                ("queued_at", models.DateTimeField()),
                ("hold_expires_at", models.DateTimeField(blank=True, null=True)),
                ("offer_expires_at", models.DateTimeField(blank=True, null=True)),
                ("confirmed_at", models.DateTimeField(blank=True, null=True)),
                ("is_example", models.BooleanField(default=False)),
                (
                    "category",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="registrations",
                        to="events.participantcategory",
                    ),
                ),
                (
                    "event",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="registrations", to="events.event"
                    ),
                ),
                (
                    "notice",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="registrations",
                        to="events.informationnotice",
                    ),
                ),
                ("sessions", models.ManyToManyField(blank=True, related_name="registrations", to="events.session")),
                (
                    "waiting_pool",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="queue",
                        to="events.seatpool",
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="Participant",
            fields=[
                (
                    "registration",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.CASCADE,
                        primary_key=True,
                        related_name="participant",
                        serialize=False,
                        to="registrations.registration",
                    ),
                ),
                ("first_name", models.CharField(max_length=100)),
                ("last_name", models.CharField(max_length=100)),
                ("email", models.EmailField(blank=True, max_length=254)),
                ("phone", phonenumber_field.modelfields.PhoneNumberField(blank=True, max_length=128, region=None)),
                ("organisation", models.CharField(blank=True, max_length=200)),
                ("search_text", models.TextField(blank=True)),
            ],
        ),
        migrations.CreateModel(
            name="CheckIn",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "kind",
                    models.CharField(
                        choices=[("admit", "Admitted"), ("void", "Taken back")], default="admit", max_length=10
                    ),
                ),
                (
                    "source",
                    models.CharField(
                        choices=[("qr", "QR code"), ("search", "Search"), ("list", "List")], max_length=10
                    ),
                ),
                ("nonce", models.CharField(max_length=64, unique=True)),
                ("device", models.CharField(blank=True, max_length=80)),
                ("device_at", models.DateTimeField(blank=True, null=True)),
                ("at", models.DateTimeField()),
                ("reason", models.TextField(blank=True)),
                (
                    "by",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="check_ins",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "registration",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="check_ins",
                        to="registrations.registration",
                    ),
                ),
            ],
            options={
                "ordering": ["id"],
            },
        ),
        migrations.CreateModel(
            name="RegistrationChange",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "cause",
                    models.CharField(
                        choices=[
                            ("signed_up", "Signed up"),
                            ("address_confirmed", "Address confirmed"),
                            ("hold_expired", "The time to confirm ran out"),
                            ("promoted", "A seat became free"),
                            ("offer_accepted", "Offer accepted"),
                            ("offer_declined", "Offer declined"),
                            ("offer_lapsed", "The offer ran out"),
                            ("cancelled", "Cancelled"),
                            ("event_cancelled", "The event was cancelled"),
                            ("address_corrected", "Address corrected"),
                            ("link_requested", "Asked for the link again"),
                            ("asked_again", "Tried to register again"),
                            ("edited", "Details changed"),
                            ("erased", "Personal data erased"),
                        ],
                        max_length=30,
                    ),
                ),
                (
                    "from_state",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("awaiting_approval", "Waiting for approval"),
                            ("held", "Waiting for the address to be confirmed"),
                            ("confirmed", "Confirmed"),
                            ("waitlisted", "On the reserve list"),
                            ("offered", "A seat is offered"),
                            ("rejected", "Rejected"),
                            ("expired", "Expired"),
                            ("declined", "Offer declined"),
                            ("cancelled_by_participant", "Cancelled by the participant"),
                            ("cancelled_by_organizer", "Cancelled by the organiser"),
                        ],
                        max_length=30,
                    ),
                ),
                (
                    "to_state",
                    models.CharField(
                        choices=[
                            ("awaiting_approval", "Waiting for approval"),
                            ("held", "Waiting for the address to be confirmed"),
                            ("confirmed", "Confirmed"),
                            ("waitlisted", "On the reserve list"),
                            ("offered", "A seat is offered"),
                            ("rejected", "Rejected"),
                            ("expired", "Expired"),
                            ("declined", "Offer declined"),
                            ("cancelled_by_participant", "Cancelled by the participant"),
                            ("cancelled_by_organizer", "Cancelled by the organiser"),
                        ],
                        max_length=30,
                    ),
                ),
                ("at", models.DateTimeField()),
                ("reason", models.TextField(blank=True)),
                ("notify", models.BooleanField(default=True)),
                ("planned_at", models.DateTimeField(blank=True, null=True)),
                (
                    "by",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="registration_changes",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "registration",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="changes",
                        to="registrations.registration",
                    ),
                ),
            ],
            options={
                "ordering": ["id"],
            },
        ),
        migrations.CreateModel(
            name="HeadcountEntry",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("delta", models.SmallIntegerField()),
                ("nonce", models.CharField(max_length=64, unique=True)),
                ("at", models.DateTimeField()),
                (
                    "by",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="headcounts",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "category",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="headcounts",
                        to="events.participantcategory",
                    ),
                ),
                (
                    "event",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="headcounts", to="events.event"
                    ),
                ),
            ],
            options={
                "verbose_name_plural": "headcount entries",
                "ordering": ["id"],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("delta", 0), _negated=True), name="headcount_counts_something"
                    )
                ],
            },
        ),
        migrations.AddIndex(
            model_name="registration",
            index=models.Index(fields=["event", "state", "id"], name="registration_of_event"),
        ),
        migrations.AddIndex(
            model_name="registration",
            index=models.Index(
                condition=models.Q(("waiting_pool__isnull", False)),
                fields=["waiting_pool", "queued_at", "id"],
                name="registration_queue",
            ),
        ),
        migrations.AddIndex(
            model_name="registration",
            index=models.Index(
                condition=models.Q(("state", "held")), fields=["hold_expires_at"], name="registration_holds_due"
            ),
        ),
        migrations.AddIndex(
            model_name="registration",
            index=models.Index(
                condition=models.Q(("state", "offered")), fields=["offer_expires_at"], name="registration_offers_due"
            ),
        ),
        migrations.AddIndex(
            model_name="registration",
            index=models.Index(fields=["email_key"], name="registration_by_person"),
        ),
        migrations.AddConstraint(
            model_name="registration",
            constraint=models.UniqueConstraint(
                condition=models.Q(("state__in", ("awaiting_approval", "held", "confirmed", "waitlisted", "offered"))),
                fields=("event", "email_key"),
                name="registration_one_per_email",
            ),
        ),
        migrations.AddConstraint(
            model_name="registration",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("state", "confirmed"), _negated=True), ("holds_seat", True), _connector="OR"
                ),
                name="registration_confirmed_has_seat",
            ),
        ),
        migrations.AddConstraint(
            model_name="registration",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("state", "waitlisted"), _negated=True),
                    models.Q(("holds_seat", False), ("waiting_pool__isnull", False)),
                    _connector="OR",
                ),
                name="registration_waitlisted_stands_in_a_queue",
            ),
        ),
        migrations.AddConstraint(
            model_name="registration",
            constraint=models.CheckConstraint(condition=models.Q(("seats__gte", 1)), name="registration_has_seats"),
        ),
        migrations.AddIndex(
            model_name="registrationchange",
            index=models.Index(
                condition=models.Q(("notify", True), ("planned_at__isnull", True)),
                fields=["id"],
                name="registration_change_unplanned",
            ),
        ),
    ]

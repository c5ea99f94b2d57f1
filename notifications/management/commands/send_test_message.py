"""`manage.py send_test_message`: proves the mail and SMS set-up with one message each."""

import uuid
from datetime import timedelta
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone

from notifications.channels import Outgoing, is_set_up, open_channel
from notifications.enums import Channel
from notifications.errors import ChannelError
from notifications.tokens import envelope_sender

_NEEDS = {Channel.EMAIL: "EMAIL_URL", Channel.SMS: "TWILIO_ACCOUNT_SID and its companions"}


class Command(BaseCommand):
    help = "Sends one test message to an address, a number, or both, and says what the provider answered."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--email", metavar="ADDRESS")
        parser.add_argument("--sms", metavar="NUMBER", help="with country code, as in +48123456789")

    def handle(self, *args: Any, **options: Any) -> None:  # noqa: ARG002 - Django's own signature
        wanted = {Channel.EMAIL: options["email"], Channel.SMS: options["sms"]}
        targets = {channel: to for channel, to in wanted.items() if to}
        if not targets:
            raise CommandError("Say where to send: --email ADDRESS, --sms NUMBER, or both.")
        failures = [failure for channel, to in targets.items() if (failure := self._send(channel, to))]
        if failures:
            raise CommandError(" ".join(failures))

    def _send(self, channel: Channel, to: str) -> str:
        """What went wrong, or "" ."""
        if not is_set_up(channel):
            return f"{channel.label} is not set up: it needs {_NEEDS[channel]}."
        now = timezone.now()
        number = uuid.uuid4()
        outgoing = Outgoing(
            id=number,
            to=to,
            subject="Wiec: test",
            text=f"This is a test message of {settings.BASE_URL}. The set-up works.",
            language="en",
            sent_at=now,
            useful_until=now + timedelta(hours=1),
            # A relay may refuse to carry mail for this address, and that shall show now.
            envelope_sender=envelope_sender(number),
        )
        try:
            with open_channel(channel) as carrier:
                acceptance = carrier.send(outgoing)
        except ChannelError as error:
            return f"{channel.label} was not taken: {error}."
        self.stdout.write(f"{channel.label} was taken: {acceptance.status} {acceptance.provider_id}".rstrip())
        return ""

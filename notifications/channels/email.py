"""Mail over one kept-open SMTP connection: one recipient per message, and always clear in which phase it failed."""

import io
import re
import smtplib
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from typing import Any, Final, NamedTuple
from urllib.parse import urlsplit

from django.conf import settings
from django.core.mail.backends.smtp import EmailBackend

from notifications.channels.mime import address_of, mail_of
from notifications.channels.outgoing import Acceptance, Carrier, Meanwhile, Outgoing
from notifications.enums import SuppressionReason
from notifications.errors import ChannelError

# A message takes no longer than this, whatever the server does; the outbox's lease is twice as long.
_CALL_SECONDS: Final = 60.0
# Some servers end a connection after so many messages; a fresh one in time costs less than finding out.
_MAILS_PER_CONNECTION: Final = 100
_ENDS_CONNECTION: Final = 421
_GO_AHEAD: Final = 354
_REFUSED: Final = 400
_FOR_GOOD: Final = 500
# Exchange counts connections and says so when there are too many at once, to whichever message is there.
_TOO_MANY_AT_ONCE: Final = 432
# "Exceeded storage allocation": a mailbox is emptied, and some servers say it when they are only busy.
_NO_ROOM: Final = 552
# RFC 3463: the address is none (but .7 and .8 are the sender's); or our network or words are refused, whoever reads.
_NO_SUCH_ADDRESS: Final = re.compile(rb"5\.1\.[0-9]")
_ABOUT_US: Final = re.compile(rb"5\.(1\.[78]|7\.[0-9]+)\b")
_ADDRESS: Final = re.compile(r"[^\s<>@]+@[^\s<>@]+")


class _ConnectionLost(Exception):
    """The connection ended before the message was complete: nothing was taken."""

    def __init__(self, detail: str, *, in_content: bool = False) -> None:
        super().__init__(detail)
        self.in_content = in_content

    def as_channel_error(self) -> ChannelError:
        """A server that hangs up on the content of one message may take the others."""
        return ChannelError("connection", str(self), is_outage=not self.in_content)


class _Answer(NamedTuple):
    """What a server says to a command."""

    code: int
    text: bytes


@contextmanager
def open_email() -> Iterator[Carrier]:
    """One connection for a batch, opened when the first message goes out."""
    relay = _Relay()
    try:
        yield relay
    finally:
        relay.close()


class _Relay:
    """The mail server that takes our mails."""

    def __init__(self) -> None:
        self._smtp: smtplib.SMTP | None = None
        self._carried = 0
        self._sender = settings.DEFAULT_FROM_EMAIL
        self._envelope_sender = address_of(self._sender).addr_spec
        self._domain = urlsplit(settings.BASE_URL).hostname or "localhost"

    def send(self, outgoing: Outgoing, meanwhile: Meanwhile | None = None) -> Acceptance:
        """Hand one mail over; a kept-open connection that turns out to be dead is replaced once."""
        deadline = time.monotonic() + _CALL_SECONDS
        try:
            recipient = address_of(outgoing.to).addr_spec.encode("ascii").decode()
            content = mail_of(outgoing, sender=self._sender, domain=self._domain)
        except (UnicodeError, ValueError, IndexError) as error:
            raise ChannelError("address", type(error).__name__, permanent=True, is_ours=True) from error
        sender = outgoing.envelope_sender or self._envelope_sender
        is_fresh = self._connect(deadline)
        try:
            return self._hand_over(sender, recipient, content, deadline, meanwhile)
        except _ConnectionLost as lost:
            if is_fresh:
                raise lost.as_channel_error() from lost
        self._connect(deadline)
        try:
            return self._hand_over(sender, recipient, content, deadline, meanwhile)
        except _ConnectionLost as lost:
            raise lost.as_channel_error() from lost

    def find(self, outgoing: Outgoing, *, known: frozenset[str]) -> None:  # noqa: ARG002 - see outgoing
        """A mail server cannot be asked."""
        return

    def close(self) -> None:
        """Leave politely, or just leave."""
        if self._smtp is None:
            return
        with suppress(OSError):
            self._smtp.quit()
        self._drop()

    def _drop(self) -> None:
        if self._smtp is not None:
            self._smtp.close()
        self._smtp = None

    def _connect(self, deadline: float) -> bool:
        """Whether the connection had to be made."""
        if self._smtp is not None and self._carried >= _MAILS_PER_CONNECTION:
            self.close()
        if self._smtp is not None:
            return False
        backend = EmailBackend(timeout=_patience(deadline), fail_silently=False)
        try:
            backend.open()
            smtp = backend.connection
            assert smtp is not None
            smtp.ehlo_or_helo_if_needed()
        except (smtplib.SMTPException, OSError) as error:
            with suppress(OSError):
                backend.close()
            code = str(getattr(error, "smtp_code", "") or "connect")
            is_locked_out = isinstance(error, smtplib.SMTPAuthenticationError)
            raise ChannelError(code, type(error).__name__, is_outage=True, is_locked_out=is_locked_out) from error
        self._smtp, self._carried = smtp, 0
        self._answers = _Answers(smtp)
        return True

    def _hand_over(
        self, envelope_sender: str, recipient: str, content: bytes, deadline: float, meanwhile: Meanwhile | None
    ) -> Acceptance:
        envelope = (f"MAIL FROM:<{envelope_sender}>", f"RCPT TO:<{recipient}>", "DATA")
        sender, to, data = self._ask_all(envelope, deadline)
        if sender.code >= _REFUSED:
            # It refuses who writes, not whom we write to.
            raise self._refusal(sender, is_outage=True)
        if to.code >= _REFUSED:
            raise self._refusal(to, is_about_recipient=True)
        if data.code != _GO_AHEAD:
            raise self._refusal(data)
        answer = self._transmit(content, deadline, meanwhile)
        if answer.code >= _REFUSED:
            raise self._refusal(answer)
        self._carried += 1
        return Acceptance(provider_id="", status=_words(answer.text))

    def _ask_all(self, commands: Sequence[str], deadline: float) -> list[_Answer]:
        """The answers to the commands that begin a message; after a refusal the last one is repeated for the rest.

        Where the server takes several at once (RFC 2920), that is one round trip instead of three.
        """
        smtp = self._within(deadline)
        if not smtp.has_extn("pipelining"):
            answers = [self._ask(commands[0], deadline)]
            for command in commands[1:]:
                is_refused = answers[-1].code >= _REFUSED
                answers.append(answers[-1] if is_refused else self._ask(command, deadline))
            return answers
        answers = self._converse("".join(f"{command}\r\n" for command in commands), len(commands), deadline)
        if answers[-1].code == _GO_AHEAD and any(answer.code >= _REFUSED for answer in answers):
            # It waits for content although it has refused: it gets none.
            self._converse(".\r\n", 1, deadline)
        return answers

    def _ask(self, command: str, deadline: float) -> _Answer:
        return self._converse(f"{command}\r\n", 1, deadline)[0]

    def _converse(self, said: str, expected: int, deadline: float) -> list[_Answer]:
        smtp = self._within(deadline)
        answers = []
        try:
            smtp.send(said)
            for _ in range(expected):
                answers.append(_Answer(*smtp.getreply()))
                if answers[-1].code == _ENDS_CONNECTION:
                    break
        except (smtplib.SMTPException, OSError) as error:
            self._drop()
            raise _ConnectionLost(type(error).__name__) from error
        if answers[-1].code == _ENDS_CONNECTION:
            self._drop()
            raise _ConnectionLost(_words(answers[-1].text))
        return answers

    def _transmit(self, content: bytes, deadline: float, meanwhile: Meanwhile | None) -> _Answer:
        """The message and its final dot; only after the dot is out can anything be unclear."""
        smtp = self._within(deadline)
        try:
            smtp.send(_with_dots(content))
        except (smtplib.SMTPException, OSError) as error:
            self._drop()
            raise _ConnectionLost(type(error).__name__, in_content=True) from error
        if meanwhile is not None:
            meanwhile()
        try:
            # With what patience is left (`_Answers`); none at all is no clear answer either, for the dot is out.
            answer = _Answer(*smtp.getreply())
        except (smtplib.SMTPException, OSError) as error:
            self._drop()
            raise ChannelError("no answer", type(error).__name__, unclear=True) from error
        if answer.code == _ENDS_CONNECTION:
            self._drop()
        return answer

    def _within(self, deadline: float) -> smtplib.SMTP:
        """The connection, with no more patience than is left for this message."""
        smtp = self._smtp
        if smtp is None or smtp.sock is None:
            raise _ConnectionLost("closed")
        if time.monotonic() >= deadline:
            # Somebody else may hold the message by now: nothing more of it goes out from here.
            self._drop()
            raise _ConnectionLost("too slow")
        smtp.sock.settimeout(_patience(deadline))
        self._answers.deadline = deadline
        return smtp

    def _refusal(self, answer: _Answer, *, is_outage: bool = False, is_about_recipient: bool = False) -> ChannelError:
        smtp = self._smtp
        if smtp is not None:
            try:
                smtp.rset()
            except (smtplib.SMTPException, OSError):
                self._drop()
        is_outage = is_outage or answer.code == _TOO_MANY_AT_ONCE
        permanent = answer.code >= _FOR_GOOD and answer.code != _NO_ROOM and not is_outage
        blames_address = permanent and is_about_recipient and not _ABOUT_US.match(answer.text)
        return ChannelError(
            str(answer.code),
            _words(answer.text),
            permanent=permanent,
            is_outage=is_outage,
            suppresses=SuppressionReason.BOUNCED if blames_address and _NO_SUCH_ADDRESS.match(answer.text) else None,
            blames_address=blames_address,
        )


class _Answers(io.RawIOBase):
    """What the server says, read with what patience is left: one that says a letter now and then would go on for ever."""

    def __init__(self, smtp: smtplib.SMTP) -> None:
        assert smtp.sock is not None
        self._socket = smtp.sock
        self.deadline = 0.0
        smtp.file = io.BufferedReader(self)

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int:
        """What has come by now, as the socket's own file does."""
        if time.monotonic() >= self.deadline:
            raise TimeoutError("too slow")
        self._socket.settimeout(_patience(self.deadline))
        return self._socket.recv_into(buffer)


def _patience(deadline: float) -> float:
    return max(0.1, min(float(settings.EMAIL_TIMEOUT), deadline - time.monotonic()))


def _with_dots(content: bytes) -> bytes:
    """As RFC 5321 transmits it: a dot that begins a line doubled, and a line with a dot alone at the end."""
    content = re.sub(rb"(?m)^\.", b"..", content)
    return content + (b".\r\n" if content.endswith(b"\r\n") else b"\r\n.\r\n")


def _words(answer: bytes) -> str:
    """A server's answer for the log, where no zero byte may stand; it likes to repeat the address."""
    return _ADDRESS.sub("[e-mail]", answer.decode(errors="replace").replace("\0", " "))[:300]

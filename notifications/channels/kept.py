"""No provider is set up: messages are kept here and shown, and nothing leaves this machine."""

from collections.abc import Iterator
from contextlib import contextmanager

from notifications.channels.outgoing import Acceptance, Carrier, Meanwhile, Outgoing
from notifications.enums import AttemptResult


class _Keeper:
    def send(self, outgoing: Outgoing, meanwhile: Meanwhile | None = None) -> Acceptance:  # noqa: ARG002 - the row has it all
        return Acceptance(provider_id="", status="kept", result=AttemptResult.KEPT)

    def find(self, outgoing: Outgoing, *, known: frozenset[str]) -> None:  # noqa: ARG002 - as above
        """Nothing was handed to anybody."""
        return


@contextmanager
def open_kept() -> Iterator[Carrier]:
    """Keep everything."""
    yield _Keeper()

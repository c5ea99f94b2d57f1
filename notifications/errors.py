"""What a channel says when a message was not taken."""

from dataclasses import dataclass, field

from notifications.enums import SuppressionReason


@dataclass(eq=False)
class ChannelError(Exception):
    """The provider did not take a message: `permanent` never will, `unclear` may have, else it may be tried again.

    `is_outage`: the channel as a whole is out of order (no connection, wrong password, too many requests); then the
    message is not to blame and its tries are not counted; with `retry_after` (seconds) it only asks for patience;
    `is_locked_out`: it does not let us in, and no patience will help. `is_suppressed`: the address may not be used;
    `suppresses`: nor by any later message, for this reason; `blames_address`: it was refused, which may have other reasons.
    `is_ours`: we refused it ourselves, and the provider was not asked.
    `is_trouble`: the message is to blame, and yet something of our own set-up, which staff should look at.
    `code` and `detail` go into the log that staff reads, so no secret link and no address may stand in them.
    """

    code: str
    detail: str = ""
    permanent: bool = field(default=False, kw_only=True)
    unclear: bool = field(default=False, kw_only=True)
    is_outage: bool = field(default=False, kw_only=True)
    is_locked_out: bool = field(default=False, kw_only=True)
    is_suppressed: bool = field(default=False, kw_only=True)
    suppresses: SuppressionReason | None = field(default=None, kw_only=True)
    blames_address: bool = field(default=False, kw_only=True)
    is_trouble: bool = field(default=False, kw_only=True)
    is_ours: bool = field(default=False, kw_only=True)
    retry_after: int | None = field(default=None, kw_only=True)

    def __str__(self) -> str:
        """Code and detail, as the row keeps them."""
        return f"{self.code} {self.detail}".strip()

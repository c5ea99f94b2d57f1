"""What a channel says when a message was not taken."""


class ChannelError(Exception):
    """The provider did not take a message: `permanent` never will, `unclear` may have, else it may be tried again.

    `is_outage`: the channel as a whole is out of order (no connection, wrong password, too many requests); then the
    message is not to blame and its tries are not counted. `is_suppressed`: the address must not be used any more.
    `code` and `detail` go into the log that staff reads, so no secret link and no address may stand in them.
    """

    def __init__(
        self,
        code: str,
        detail: str = "",
        *,
        permanent: bool = False,
        unclear: bool = False,
        is_outage: bool = False,
        is_suppressed: bool = False,
        retry_after: int | None = None,
    ) -> None:
        super().__init__(f"{code} {detail}".strip())
        self.code = code
        self.detail = detail
        self.permanent = permanent
        self.unclear = unclear
        self.is_outage = is_outage
        self.is_suppressed = is_suppressed
        self.retry_after = retry_after

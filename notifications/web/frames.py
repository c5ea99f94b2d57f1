"""What a page needs that shows mails in sandboxed frames: their own styles and pictures, and nothing that acts."""

from collections.abc import Callable
from typing import Any, TypeVar, cast

from csp.constants import UNSAFE_INLINE
from csp.decorators import csp_update

_View = TypeVar("_View", bound=Callable[..., Any])


def shows_mails(view: _View) -> _View:
    """Let a view's page show mails; a frame that is written into a page obeys the page's own policy."""
    allow = csp_update({"style-src": [UNSAFE_INLINE], "img-src": ["data:"]})
    # The library's types know no views with arguments.
    return cast("_View", allow(cast("Any", view)))

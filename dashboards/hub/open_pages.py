"""Counts the pages of a server, so that what closed pages leave is collected when it is worth the time."""

from __future__ import annotations

FEWEST_LEFT = 4


class OpenPages:
    """Counts open pages, and closed ones whose memory was not collected yet."""

    def __init__(self) -> None:
        self.open = self.left = 0

    def opened(self) -> None:
        """Count a page that was opened."""
        self.open += 1

    def closed(self) -> bool:
        """Count a page that was closed; return whether to collect garbage now.

        That is when half as many pages were closed as are open, so that the cost of looking at the open ones is shared.
        """
        self.open, self.left = self.open - 1, self.left + 1
        if self.left < max(FEWEST_LEFT, self.open // 2):
            return False
        self.left = 0
        return True

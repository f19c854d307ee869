"""The root address of a server, which leads to its page: with the parameters that were asked for."""

from __future__ import annotations

from typing import Any

from panel.io.server import RootHandler

from dashboards.live.panel_patches.presence import takes, usable


def keep_parameters() -> None:
    """Let the root address lead to the page that its parameters name, also below a prefix.

    Panel drops the parameters, and leads from `/lab` to `/app` in place of `/lab/app`.
    """
    redirect: Any = getattr(RootHandler, "redirect", None)
    if not usable("parameters at the root address", {"RootHandler.redirect(url)": takes(redirect, "url")}):
        return

    def redirect_with_parameters(self: Any, url: str, *rest: Any, **named: Any) -> None:
        if url.startswith("./") and "?" not in url:
            last, query = self.request.path.rpartition("/")[2], self.request.query
            url = f"./{last}{url[1:]}" if last else url
            url += f"?{query}" if query else ""
        redirect(self, url, *rest, **named)

    RootHandler.redirect = redirect_with_parameters

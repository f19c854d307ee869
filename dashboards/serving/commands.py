"""`gridworld serve` and `export`: the page, live and as a file; they join as entry points.

`gridworld --help` imports this module, so a command imports what is slow when it is called.
"""

from __future__ import annotations

import os
import socket
from pathlib import Path

import click

from gridworld.cli.loading import load_option, loaded_files
from gridworld.cli.parameters import BAR, Whole, note
from gridworld.cli.places import check_place
from gridworld.cli.programs import run_module
from gridworld.extensions import environment_naming

APP = Path(__file__).with_name("app.py")
KEEP_ALIVE = 25  # seconds; proxies close connections that are silent for 30 or 60
THEMES = ("auto", "light", "dark")
LARGEST_MESSAGE = 64 << 20  # bytes; an upload of a saved run travels in one message


@click.command(short_help="Serve the page that shows agents as they learn.")
@click.option("--port", type=Whole(0, 65535), default=5006, show_default=True, help="The port; 0: any free one.")
@click.option("--address", default="localhost", show_default=True, help="The address to listen on; 0.0.0.0: all.")
@click.option("--show/--no-show", default=True, show_default=True, help="Open the page in a browser.")
@click.option(
    "--allow-websocket-origin",
    "origins",
    metavar="HOST[:PORT]",
    multiple=True,
    help="A host whose pages may connect to this server.",
)
@click.option(
    "--runs",
    type=click.Path(file_okay=False, path_type=Path),
    help="The folder of the library.  [default: $GRIDWORLD_RUNS, or the system's folder for user data]",
)
@click.option(
    "--memory",
    type=Whole(16, 1 << 20),
    metavar="MB",
    help="Memory for runs and their keyframes.  [default: $GRIDWORLD_MEMORY, or 512]",
)
@load_option
def serve(port: int, address: str, show: bool, origins: tuple[str, ...], runs: Path | None, memory: int | None) -> int:
    """Serve the page that shows agents as they learn. Ctrl-C ends it."""
    from gridworld.storage.library import VARIABLE

    _check_free(address, port)
    options = ["--port", port, "--address", address, "--plugins", "dashboards.serving.plugin"]
    options += ["--keep-alive", KEEP_ALIVE * 1000]
    options += ["--websocket-max-message-size", LARGEST_MESSAGE, *(["--show"] if show else [])]
    options += [word for origin in origins for word in ("--allow-websocket-origin", origin)]
    environment = {**os.environ, **environment_naming(loaded_files())}
    if runs is not None:
        if runs.exists() and not runs.is_dir():
            raise ValueError(f"--runs {runs} is not a folder; give a folder, or a name that does not exist yet.")
        environment[VARIABLE] = str(runs.absolute())
    if memory is not None:
        environment["GRIDWORLD_MEMORY"] = str(memory)
    return run_module("panel", ["serve", str(APP), *map(str, options)], environment)


def _check_free(address: str, port: int) -> None:
    """Refuse an address or a port that the server could not use."""
    try:
        family, kind, protocol, _, place = socket.getaddrinfo(address, port, type=socket.SOCK_STREAM)[0]
    except OSError:
        raise ValueError(
            f"--address {address} is not an address of this machine; localhost and 0.0.0.0 always are."
        ) from None
    with socket.socket(family, kind, protocol) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(place)
        except OSError as problem:
            reason = (problem.strerror or str(problem)).lower()
            raise ValueError(
                f"The page can't be served at port {port} of {address}: {reason}. Choose another one by --port; 0: any "
                "free one."
            ) from None


@click.command(short_help="Write a saved run as one HTML page.")
@click.argument("file", type=click.Path(path_type=Path))
@click.argument("out", metavar="OUT.html", type=click.Path(path_type=Path))
@click.option(
    "--theme",
    type=click.Choice(THEMES),
    default=THEMES[0],
    show_default=True,
    help="The colours of the page; auto: as the browser prefers.",
)
@click.option(
    "--overlay",
    default="state value",
    show_default=True,
    help='What the colours of the board mean, as in the list "Colour by", such as visits.',
)
@load_option
def export(file: Path, out: Path, theme: str, overlay: str) -> None:
    """Write the saved run of FILE as one HTML page that needs no server."""
    from tqdm import tqdm

    from dashboards.export import export_html
    from gridworld.storage import run_file

    check_place(out, "page", ".html", ".htm")
    session = run_file.load(file)
    with tqdm(total=1.0, desc=out.name, bar_format=BAR, leave=False, disable=None) as bar:
        export_html(session, out, theme=theme, overlay=overlay, progress=lambda share: bar.update(share - bar.n))
    note(f"Written: {out}")

"""What ffmpeg does: films as MP4, and the comments they carry. It comes in the wheel of the extra "video"."""

from __future__ import annotations

import subprocess
from collections.abc import Generator
from pathlib import Path
from types import ModuleType

import numpy as np

from gridworld.errors import MissingLibraryError

COMMENT = "comment="
SECONDS = 30  # that reading a comment may take


def ffmpeg() -> ModuleType:
    """Return the library that has ffmpeg.

    Raises
    ------
    MissingLibraryError
        With what to install, where it is missing.
    """
    try:
        import imageio_ffmpeg
    except ImportError:
        raise MissingLibraryError(
            "An MP4 needs ffmpeg: pip install 'gridworld-lab[video]'; a GIF needs nothing."
        ) from None
    return imageio_ffmpeg


def mp4_writer(path: Path, size: tuple[int, int], rate: float, comment: str) -> Generator[None, np.ndarray | None]:
    """Return a generator to which the frames of a film are sent, uint8 [height, width, 3], after a first None."""
    return ffmpeg().write_frames(
        str(path), size, fps=rate, codec="libx264", pix_fmt_in="rgb24", pix_fmt_out="yuv420p", macro_block_size=2,
        quality=None, ffmpeg_log_level="error",
        output_params=["-preset", "veryfast", "-crf", "20", "-movflags", "+faststart", "-metadata", COMMENT + comment],
    )  # fmt: skip


def comment_of(path: Path) -> str | None:
    """Return the comment of an MP4, None if it has none. Raises as `ffmpeg`."""
    command = [ffmpeg().get_ffmpeg_exe(), "-v", "error", "-i", str(path), "-f", "ffmetadata", "-"]
    try:
        done = subprocess.run(command, stdin=subprocess.DEVNULL, capture_output=True, timeout=SECONDS, check=False)
    except subprocess.TimeoutExpired:
        return None
    for line in done.stdout.decode("utf-8", "replace").replace("\\\n", "\n").splitlines():
        if line.startswith(COMMENT):
            return _unescaped(line.removeprefix(COMMENT))
    return None


def _unescaped(text: str) -> str:
    """Return a value of ffmpeg's metadata without the backslashes before =, ;, # and backslashes."""
    letters, is_escaped = [], False
    for letter in text:
        is_escaped = letter == "\\" and not is_escaped
        if not is_escaped:
            letters.append(letter)
    return "".join(letters)

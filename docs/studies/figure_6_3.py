"""Draw Figure 6.3 of Sutton and Barto from the results beside this file: `python docs/studies/figure_6_3.py`."""

from pathlib import Path

from gridworld.experiments.study import read_study
from gridworld.pictures.picture import Drawing
from gridworld.pictures.study import draw_studies

HERE = Path(__file__).parent
PICTURE = HERE.parent / "images" / "figure-6-3.svg"
PARTS = {
    "asymptotic, all of 100,000 episodes": "figure_6_3_asymptotic.json",
    "interim, the first 100 episodes": "figure_6_3_interim.json",
}
BOOK = (-160.0, 0.0)  # the book's axis


def draw() -> Drawing:
    """Return the figure, with the axis of the book."""
    return draw_studies({name: read_study(HERE / file) for name, file in PARTS.items()}, BOOK)


if __name__ == "__main__":
    draw().save(PICTURE)

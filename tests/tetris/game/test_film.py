"""A game as an animated GIF."""

from io import BytesIO
from itertools import islice

from PIL import Image

from gridworld.tetris.game.film import gif
from gridworld.tetris.game.watch import demo
from gridworld.tetris.players.builtin import BUILT_IN


def test_a_film_has_a_frame_for_each_piece_and_ends_slowly():
    player = BUILT_IN["dt10"]
    scenes = list(islice(demo(player.weights, features=player.features, seed=4), 21))
    film = Image.open(BytesIO(gif(scenes, rate=20.0, pixels=4)))
    assert (film.n_frames, film.size) == (21, (40, 96))
    assert film.info["duration"] == 50
    film.seek(20)
    assert film.info["duration"] == 2000
    assert gif(scenes) == gif(scenes), "the same game is the same film"

"""Games as runs: alone, beside another player's, and with weights that change."""

from gridworld.runs.commands import Configure, Reset, Step
from gridworld.tetris.players.builtin import BUILT_IN
from gridworld.tetris.players.demo_run import DemoRun

DT10, BCTS = BUILT_IN["dt10"], BUILT_IN["bcts"]


def after(run: DemoRun, pieces: int):
    run.send(Step(pieces))
    return run.poll(60.0)


def test_two_players_are_dealt_the_same_pieces_and_play_their_own_games():
    run = DemoRun(DT10.weights, DT10.features, rival=(BCTS.weights, BCTS.features), seed=5)
    for _ in range(30):
        scene = after(run, 1).scene
        assert (scene.board.piece, scene.board.next_piece) == (scene.rival.piece, scene.rival.next_piece)
    assert scene.board.pieces == scene.rival.pieces == run.step
    assert (scene.board.cells != scene.rival.cells).any()
    alone = after(DemoRun(BCTS.weights, BCTS.features, seed=5), 30).scene
    assert (alone.board.cells == scene.rival.cells).all(), "neither disturbs the other"
    assert alone.rival is None


def test_a_game_goes_on_until_both_are_over():
    bad = tuple(-weight for weight in BCTS.weights)
    run = DemoRun(bad, rival=(BCTS.weights, BCTS.features))
    scene = after(run, 200).scene
    assert scene.board.over
    assert not scene.rival.over
    assert scene.rival.pieces == run.step == 200
    assert not run.finished


def test_other_weights_hold_from_the_next_piece_on_in_the_same_game():
    run, same = (DemoRun(BCTS.weights, BCTS.features, seed=2) for _ in range(2))
    before = after(run, 20)
    run.send(Configure({"weights": tuple(-w for w in DT10.weights), "features": DT10.features}))
    frame = after(run, 5)
    assert (frame.epoch, frame.step) == (before.epoch, 25)
    assert frame.settings["features"] == DT10.features
    assert (frame.scene.board.cells != after(same, 25).scene.board.cells).any()


def test_a_seed_is_a_game_that_a_reset_begins_again():
    run = DemoRun(BCTS.weights, BCTS.features, seed=7)
    first = after(run, 25).scene.board
    run.send(Reset({"weights": BCTS.weights, "features": BCTS.features, "seed": 7}))
    assert (after(run, 25).scene.board.cells == first.cells).all()
    run.send(Reset())
    assert (after(run, 25).scene.board.cells == first.cells).all()
    run.send(Reset({"weights": BCTS.weights, "features": BCTS.features, "seed": 8}))
    assert (after(run, 25).scene.board.cells != first.cells).any()

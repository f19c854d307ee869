"""`gridworld tetris`: players are trained, judged and shown, and a mistake is one line."""

import json

import pytest

from gridworld.compiled import CAN_COMPILE
from gridworld.errors import CheckpointError
from gridworld.tetris.evaluation.estimate import LinesEstimate
from gridworld.tetris.players.builtin import BUILT_IN
from gridworld.tetris.players.saved import Player, Players
from gridworld.tetris.search.storage import VARIABLE
from support.command_line import call, mistake, read_json

pytestmark = pytest.mark.skipif(not CAN_COMPILE, reason="too long for the plain loop")
SMALL = "--board 6x8 --games 80 --seed 1"
TRAINING = "tetris train --placements 3000 --set population=8 --set width=6 --set height=6 --seed 2 --threads 2"


@pytest.fixture(autouse=True)
def players(tmp_path, monkeypatch) -> Players:
    monkeypatch.setenv(VARIABLE, str(tmp_path / "tetris"))
    (tmp_path / "tetris" / "players").mkdir(parents=True)
    return Players(tmp_path / "tetris" / "players")


@pytest.mark.slow
def test_an_evaluation_has_a_mean_and_an_interval():
    found = read_json(f"tetris evaluate bcts {SMALL}")
    assert list(found) == ["player", "board", "rules", "games", "finished", "mean_lines", "interval", "level"]
    facts = [found[name] for name in ("player", "board", "rules", "games", "finished", "level")]
    assert facts == ["bcts", "6x8", "literature", 80, 80, 0.95]
    low, high = found["interval"]
    assert low < found["mean_lines"] < high
    assert read_json(f"tetris evaluate bcts {SMALL} --threads 3") == found
    head, row = call(f"tetris evaluate bcts {SMALL} --csv").stdout.splitlines()
    assert dict(zip(head.split(","), row.split(","), strict=True))["mean_lines"] == str(found["mean_lines"])
    assert f"{found['mean_lines']:,.0f}" in call(f"tetris evaluate bcts {SMALL}").stdout


@pytest.mark.slow
def test_games_of_days_are_estimated_by_splitting(players, monkeypatch):
    monkeypatch.setattr("gridworld.cli.tetris.evaluate.BOARDS", {"6x12": (6, 12)})
    players.save(Player("Ada", BUILT_IN["bcts"].weights, ratings={"6x12": LinesEstimate(64, 0, 10**4)}))
    line = "tetris evaluate Ada --board 6x12 --splitting --games 40 --seed 1"
    outcome = call(f"{line} --json")
    found = json.loads(outcome.stdout)
    assert list(found) == ["player", "board", "rules", "estimates", "placements", "mean_lines", "interval", "level"]
    assert found["estimates"] == 16
    assert "rating of Ada on 6x12" in outcome.stderr
    assert players.read("Ada").ratings["6x12"].mean == found["mean_lines"]
    assert read_json(f"{line} --threads 1") == found
    assert f"{found['mean_lines']:,.0f}" in call(line).stdout
    finer = read_json(f"{line} --precision 0.2")
    low, high = finer["interval"]
    assert (high - low) / 2 <= 0.2 * finer["mean_lines"]
    assert finer["estimates"] % 16 == 0
    assert "too short for splitting" in call(line.replace("6x12", "5x4"), code=2).stderr


@pytest.mark.slow
def test_a_precision_is_reached():
    low, high = (found := read_json("tetris evaluate bcts --board 6x8 --precision 0.1"))["interval"]
    assert (high - low) / 2 <= 0.1 * found["mean_lines"]
    assert found["finished"] > 380


@pytest.mark.slow
def test_an_evaluation_goes_on_where_it_was_and_only_with_the_same_order():
    line = "tetris evaluate bcts --board 6x8 --precision 0.2 --state games.npz"
    first = read_json(line)
    assert read_json(line) == first, "there was nothing left to do"
    finer = read_json(line.replace("0.2", "0.1"))
    assert finer["finished"] > first["finished"]
    assert "games of another player" in mistake(line.replace("6x8", "6x6"))
    assert "games of another player" in mistake(line.replace("bcts", "dt10"))


@pytest.mark.slow
def test_a_saved_player_is_found_by_name_and_gets_the_better_rating(players):
    players.save(Player("Ada", BUILT_IN["bcts"].weights, ratings={"10x10": LinesEstimate(5, 1, 900)}))
    outcome = call("tetris evaluate Ada --board 10x10 --games 3")
    assert "rating of Ada on 10x10" in outcome.stderr
    assert players.read("Ada").ratings["10x10"].finished == 3
    assert "rating" not in call("tetris evaluate Ada --board 10x10 --games 2").stderr
    assert "rating" not in call("tetris evaluate Ada --board 10x10 --games 4 --rules strict").stderr
    call("tetris evaluate Ada --board 6x6 --games 2")
    assert list(players.read("Ada").ratings) == ["10x10"]


@pytest.mark.slow
def test_a_training_makes_a_player_that_can_be_evaluated_and_shown(players):
    found = read_json(f"{TRAINING} --save Bo")
    assert 3000 <= found["placements"] <= 3001
    assert len(found["weights"]) == len(found["features"]) == 9
    assert found["generations"][-1]["generation"] == found["generation"]
    assert list(players.read("Bo").weights) == found["weights"]
    assert read_json(TRAINING)["weights"] == found["weights"], "one seed is one player"
    assert read_json(f"tetris evaluate Bo {SMALL}")["finished"] == 80
    game = read_json("tetris play Bo --board 6x8 --pieces 5")
    assert (game["pieces"], len(game["cells"]), len(game["cells"][0])) == (5, 8, 6)
    rows = call("tetris play Bo --board 6x8 --pieces 5 --csv").stdout.splitlines()
    assert (rows[0], len(rows)) == ("piece,rotation,column,lines", 6)
    assert call("tetris play Bo --board 6x8 --pieces 4 --steps").stdout.count("+------+") == 5
    assert call(f"{TRAINING} --csv").stdout.startswith("generation,placements,cap,mean_lines")


@pytest.mark.slow
def test_a_training_goes_on_from_its_state():
    whole = read_json(TRAINING)
    read_json(f"{TRAINING.replace('3000', '1700')} --state training.npz")
    assert read_json(f"{TRAINING} --state training.npz") == whole


def test_a_name_that_no_player_can_get_is_refused_before_the_training(players, monkeypatch):
    players.save(Player("Ada", BUILT_IN["bcts"].weights))
    monkeypatch.setattr("gridworld.cli.tetris.train.make_trainer", lambda *settings: pytest.fail("it trained"))
    assert "'Ada' already; choose another name" in mistake(f"{TRAINING} --save Ada")
    assert "dot" in mistake(f"{TRAINING} --save ../Ada")


@pytest.mark.parametrize("command", [TRAINING, "tetris evaluate bcts --board 6x8 --games 4"])
def test_what_was_found_is_printed_though_the_disk_refuses_its_state(command, tmp_path, monkeypatch):
    def refuse(path, **options):
        raise CheckpointError("storage", "The disk is full.")

    monkeypatch.setattr("gridworld.cli.tetris.state_file.BETWEEN_SAVES", 0.0)
    for module in ("gridworld.tetris.evaluation.evaluation", "gridworld.tetris.search.worker"):
        monkeypatch.setattr(f"{module}.written_whole", refuse)
    outcome = call(f"{command} --json --state work.npz", code=2)
    assert json.loads(outcome.stdout)
    assert outcome.stderr.count("Not saved in between: The disk is full.") == 1
    assert outcome.stderr.strip().splitlines()[-1] == "The disk is full."


@pytest.mark.parametrize("command", ["train", "evaluate bcts"])
def test_a_state_that_is_none_is_named(command, tmp_path):
    (tmp_path / "notes.txt").write_text("no training")
    assert f"--state {tmp_path / 'notes.txt'}: " in mistake(f"tetris {command} --state {tmp_path / 'notes.txt'}")


def test_a_players_file_is_a_player(tmp_path):
    path = tmp_path / "handed on.player.json"
    path.write_text(BUILT_IN["dt20"].to_text())
    assert (
        read_json(f"tetris evaluate '{path}' {SMALL}")["mean_lines"]
        == read_json(f"tetris evaluate dt20 {SMALL}")["mean_lines"]
    )
    path.write_text(json.dumps({**json.loads(path.read_text()), "weights": [1.0]}))
    assert "finite weights" in mistake(f"tetris evaluate '{path}'")


@pytest.mark.parametrize(
    ("line", "sentence"),
    [
        ("tetris evaluate nobody", "built-in players are bcts, dt10, dt20"),
        ("tetris evaluate nowhere.json", "no such file"),
        ("tetris evaluate bcts --board 3x3", "width is 3; give a whole number from 4 to 32"),
        ("tetris evaluate bcts --board ten", "give columns and rows"),
        ("tetris evaluate bcts --games 0", "give a whole number from 1"),
        ("tetris evaluate bcts --precision 0", "give a number from 0.001 to 1"),
        ("tetris evaluate bcts --games 3 --precision 0.1", "either --games or --precision"),
        ("tetris evaluate bcts --splitting --games 100001", "with --splitting give 100,000 or fewer"),
        ("tetris evaluate bcts --splitting --state games.npz", "leave it or --splitting out"),
        ("tetris evaluate bcts --json --csv", "either --json or --csv"),
        ("tetris evaluate bcts --state nowhere/games.npz", "no such folder"),
        ("tetris train --set population=3", "population is 3; it must be"),
        ("tetris train --set nonsense=3", "no setting called nonsense"),
        ("tetris play bcts --steps --csv", "Give one of"),
        ("tetris dance", "the commands are train, evaluate, play"),
        ("tetris serve", "There is no command 'serve'"),
    ],
)
def test_a_mistake_is_one_line(line, sentence):
    assert sentence in mistake(line)

"""The program on the page is one that runs, and trains as the page does."""

from dashboards.pages.tetris.python_tab import program
from dashboards.pages.tetris.settings import default_settings
from gridworld.tetris.search.settings import CMA_ES


def test_the_program_runs(capsys):
    settings = {**default_settings(), "population": 8, "width": 6, "height": 6, "seed": 3, "target_lines": 9}
    text = program(settings)
    assert "'population': 8" in text
    assert "target_lines" not in text
    exec(text.replace("1_000_000", "3_000").replace("games=100", "games=5").replace("height=10", "height=6"), {})
    assert capsys.readouterr().out.count("(") == 1


def test_each_trainer_has_a_program():
    assert "'method': 'CMA-ES'" in program(default_settings(CMA_ES))
    deep = program({**default_settings("DQN"), "folder": "/somewhere", "memory": 500})
    assert "make_run({'algorithm': 'DQN', 'seed': 0, 'memory': 500})" in deep
    for text in (program(default_settings(CMA_ES)), deep):
        compile(text, "program", "exec")

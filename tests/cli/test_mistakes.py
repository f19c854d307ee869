"""One clear line and exit code 2 for each mistake."""

from pathlib import Path

import pytest

from support.command_line import call, mistake


@pytest.mark.parametrize(
    ("line", "sentence"),
    [
        ("trane easy", "There is no command 'trane'; the commands are train, solve,"),
        ("trane easy", "Did you mean one of: 'train', 'tune'?"),
        ("evalute cliff", "Did you mean 'evaluate'?"),
        ("train easy --agent q_lerning", "Did you mean 'q_learning'?"),
        ("train easy --agent ''", "There is no agent ''; the agents are q_learning, sarsa"),
        ("train easy --set stepsize=0.1", "Did you mean 'step_size'?"),
        ("train easy --epsiodes 3", "No such option '--epsiodes'. Did you mean '--episodes'?"),
        ("train FrozenLake-v1 --slip 0.1", "--slip belongs to grid worlds."),
        ("solve FrozenLake-v1 --step-reward 1", "--step-reward belongs to grid worlds."),
        ("train easy --steps 1e400", "'1e400' is not allowed; give a whole number from 1 to"),
        ("train easy --slip nan", "'nan' is not allowed; give a number from 0 to 1."),
        ("solve easy --discount inf", "'inf' is not allowed; give a number from 0 to 1."),
        ("train", "Name a WORLD"),
        ("train esay", "There is no world and no file 'esay'. Did you mean 'easy'?"),
        ("solve Taxi-v3", "use `Taxi-v4` instead"),
        ("train nothing_near", "There is no world and no file 'nothing_near'. Choose one of easy, medium,"),
        ("train missing.txt", "There is no world and no file 'missing.txt'"),
        ("train bad.txt", "bad.txt, line 1: the key 'slop' is not one of title, step reward"),
        ("train binary.txt", "binary.txt is not a text file"),
        ("train nonsense:World-v0", "The module 'nonsense' can't be imported"),
        ("train CartPole-v1", "needs Discrete"),
        ("train easy --agent sarza", "There is no agent 'sarza'; the agents are q_learning, sarsa"),
        ("train easy --set alpha=1", "has no hyperparameter 'alpha'; it has: discount, step_size"),
        ("train easy --set step_size=2", "step_size is 2; it must be a number from 0 to 1."),
        ("train easy --set step_size=nan", "step_size is nan; it must be a number from 0 to 1."),
        ("train easy --set step_size=big", "step_size is 'big'; it must be a number from 0 to 1."),
        ("train easy --set exploration=none", "it must be one of epsilon-greedy, softmax, UCB."),
        ("train easy --set step_size", "--set step_size is not of the form NAME=VALUE"),
        ("train easy --episodes 0", "'0' is not allowed; give a whole number from 1 to 1,000,000,000."),
        ("train easy --episodes many", "'many' is not allowed; give a whole number from 1 to"),
        ("train easy --steps -5", "'-5' is not allowed; give a whole number from 1 to"),
        ("train easy --runs 0", "'0' is not allowed; give a whole number from 1 to 1,000."),
        ("train easy --seed -1", "'-1' is not allowed; give a whole number from 0 to"),
        ("train easy --slip 2", "'2' is not allowed; give a number from 0 to 1."),
        (
            "train easy --step-reward inf",
            "'inf' is not allowed; give a number from -1,000,000,000,000 to 1,",
        ),
        ("train easy --step-limit -1", "'-1' is not allowed; give a whole number from 0 to"),
        ("train easy --episodes 5 --steps 5", "Give --episodes or --steps, not both."),
        ("train easy --threshold 1", "give --until-solved with it"),
        ("train easy --colour red", "No such option '--colour'"),
        ("train Blackjack-v1 --until-solved", "isn't known; give the return that is enough: --threshold X."),
        ("train easy --episodes 500001 --runs 2 --json", "1,000,002 episodes are too many for JSON"),
        ("train easy --save nowhere/run.npz", "there is no such folder"),
        ("train easy --save .", "that is a folder"),
        ("train easy --save /dev/null", "--save /dev/null: that is a device or a pipe; name a file."),
        ("train --resume /dev/null", "--resume /dev/null: that is a device or a pipe; name a file."),
        ("train --resume missing.npz", "There is no file or folder for 'missing.npz'"),
        ("train --resume bad.txt", "npz"),
        ("train --resume run.npz --episodes 3", "3 episodes are fewer than the 5 that have ended"),
        ("train --resume run.npz --steps 3", "--steps counts them all"),
        ("train --resume run.npz --agent sarsa", "--agent differs from the settings of the run of run.npz"),
        ("train medium --resume run.npz", "WORLD differs from the settings of the run of run.npz"),
        ("train --resume run.npz --set step_size=0.7", "--set step_size differs from the settings of the run"),
        ("train --resume run.npz --runs 2", "--resume continues one run"),
        ("solve", "Missing argument 'WORLD'"),
        ("solve easy --discount 1.5", "'1.5' is not allowed; give a number from 0 to 1."),
        ("solve easy --policy greedy", "is not one of 'optimal', 'uniform', 'epsilon-greedy'"),
        ("solve easy --epsilon 0.1", "--epsilon belongs to --policy epsilon-greedy."),
        ("solve easy --horizon 0", "'0' is not allowed; give a whole number from 1 to 1,000,000."),
        ("solve jumps --discount 1", "Choose a discount below 1"),
        ("solve Blackjack-v1", "can't be solved exactly"),
        ("evaluate", "Missing argument"),
        ("evaluate missing.npz", "There is no file or folder for 'missing.npz'"),
        ("evaluate Blackjack-v1", "can't be solved exactly"),
        ("export run.npz page.pdf", "it must end in .html"),
        ("export run.npz nowhere/page.html", "there is no such folder"),
        ("export missing.npz page.html", "There is no file or folder for 'missing.npz'"),
        ("agents sarza", "There is no agent 'sarza'; the agents are"),
        ("worlds esay", "There is no world 'esay'; the worlds are"),
        ("serve --runs /dev/null", "--runs /dev/null is not a folder"),
        ("serve --port 99999", "'99999' is not allowed; give a whole number from 0 to 65,535."),
        ("serve --address nowhere.invalid", "--address nowhere.invalid is not an address of this machine"),
        ("serve --address 203.0.113.1", "The page can't be served at port 5006 of 203.0.113.1: cannot assign"),
        ("worlds --load missing.py", "there is no Python file of that name"),
        ("worlds --load broken.py", "--load broken.py, line 2: ZeroDivisionError: division by zero"),
        ("worlds --load syntax.py", "--load syntax.py, line 1: SyntaxError"),
    ],
)
def test_a_mistake_is_one_line_and_exit_code_2(line, sentence):
    Path("bad.txt").write_text("slop: 1\n\nS.G\n")
    Path("binary.txt").write_bytes(b"S.G\xff\xfe")
    Path("broken.py").write_text("x = 0\ny = 1 / x\n")
    Path("syntax.py").write_text("def\n")
    if "run.npz" in line:
        call("train easy --episodes 5 --save run.npz")
    assert sentence in mistake(line)

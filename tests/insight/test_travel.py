"""Going back shows what was: the bits of a straight run, and the moments at which a condition held in it."""

from functools import lru_cache

import numpy as np
import pytest

from gridworld.agents import AGENTS
from gridworld.insight.replay import UnknownPastError
from gridworld.insight.travel import TimeTravel
from gridworld.planning.optimum import solve
from gridworld.planning.policies import best_actions
from gridworld.storage import run_file
from gridworld.storage.keyframes import Keyframes, fork
from gridworld.training.conditions import CONDITIONS, Condition
from gridworld.training.session import TrainingSession
from gridworld.worlds.text import format_world
from support.greedy_path import goes_astray
from support.own_environments import own_environments

STEPS = 600
EDIT = "step limit: 500\nstep reward: -0.01\n\nS.#..\n..#..\n....G\n.....\n....G\n"


def run(agent="q_learning", world="easy", steps=STEPS, **settings):
    """Return a run that was tuned and edited in its middle, and its keyframes."""
    session = TrainingSession(world=world, agent=agent, episodes=0, seed=3, compiled=False, **settings)
    keyframes = Keyframes(share=0)
    for part in range(6):
        keyframes.offer(session, keep=True)
        session.advance(steps // 6)
        if part == 1:
            session.configure({"step_size": 0.3, "discount": 0.9})
        if part == 3 and world == "easy":
            session.configure({"world": edited(session)})
    return session, keyframes


def edited(session):
    """Return the world of a session with a wall more."""
    header, _, rows = format_world(session.problem.world).partition("\n\n")
    lines = rows.splitlines()
    lines[1] = lines[1][:1] + "#" + lines[1][2:]
    return header + "\n\n" + "\n".join(lines) + "\n"


def straight(session, step, compiled=False):
    """Return the run of a session, done again without going back."""
    changes = [change for change in session.interventions if change.step <= step]
    return TrainingSession.replay(session.settings, changes, step, compiled=compiled)


def jump_about(session, keyframes, assert_same, jumps, seed=0, compiled=False):
    """Jump to moments at random with one time machine, and compare some of them with straight runs."""
    generator = np.random.default_rng(seed)
    travel = TimeTravel(session, keyframes, compiled=compiled)
    for jump in range(jumps):
        moment = travel.at(int(generator.integers(session.step + 1)))
        if jump % 3 == 0:
            moment = travel.step_back(moment)
        if jump % 7 == 0:
            moment = travel.episode_back(moment)
        if jump % max(1, jumps // 10) == 0:
            assert_same(fork(moment, compiled=False), straight(session, moment.step, compiled))
    assert_same(fork(travel.at(session.step), compiled=False), straight(session, session.step, compiled))


@pytest.mark.parametrize("agent", AGENTS)
def test_jumps_show_the_bits_of_a_straight_run(agent, assert_same):
    settings = {} if agent == "random" else {"epsilon": 0.5}
    session, keyframes = (run if agent != "random" else unchanged)(agent, **settings)
    jump_about(session, keyframes, assert_same, 8)


def unchanged(agent, **settings):
    session = TrainingSession(world="easy", agent=agent, episodes=0, compiled=False, **settings)
    session.advance(STEPS)
    return session, ()


@pytest.mark.slow
def test_a_thousand_jumps_leave_the_bits_of_a_straight_run(assert_same):
    session, keyframes = run("sarsa_lambda", steps=3_000)
    jump_about(session, keyframes, assert_same, 1_000)


@pytest.mark.slow
def test_a_thousand_jumps_in_compiled_code_leave_the_bits_of_a_straight_run(assert_same):
    session, keyframes = run("dyna_q", steps=30_000)
    jump_about(session, keyframes, assert_same, 1_000, compiled=True)


def test_a_stepped_environment_is_shown_at_any_of_its_steps(assert_same):
    session = TrainingSession(world="FrozenLake-v1", episodes=0, compiled=False, stepped=True)
    session.advance(300)
    moment = TimeTravel(session, compiled=False).at(123)
    again = TrainingSession(world="FrozenLake-v1", episodes=0, compiled=False, stepped=True)
    again.advance(123)
    assert_same(fork(moment, compiled=False), again)


def test_going_back_by_a_step_and_by_an_episode():
    session, keyframes = run()
    travel = TimeTravel(session, keyframes, compiled=False)
    assert travel.step_back(travel.now).step == STEPS - 1
    begun = travel.episode_back(travel.now)
    assert begun.episode == session.episode
    assert begun.scene.episode_step == 0
    assert begun.step == STEPS - session.scene().episode_step
    earlier = travel.episode_back(begun)
    assert (earlier.episode, earlier.scene.episode_step) == (session.episode - 1, 0)
    assert travel.step_back(travel.at(0)).step == travel.episode_back(travel.at(0)).step == 0


def history_of(session):
    """Return what each step of a run did, by doing it again a step at a time: a dict for each moment."""
    again = TrainingSession(session.settings, compiled=False)
    waiting, moments = list(session.interventions), []
    for _ in range(session.step + 1):
        by_step = greedy_path_is_optimal(again)
        while waiting and waiting[0].step == again.step:
            again.configure(waiting.pop(0).changes)
        scene = again.scene()
        moments.append(
            {
                "Q": again.tables.Q.copy(),
                "state": scene.state,
                "ended": scene.recent[-1] if scene.episode_step == 0 and len(scene.recent) else None,
                "optimal by the step": by_step,
                "optimal": greedy_path_is_optimal(again),  # after a change that was made here
            }
        )
        again.advance(1)
    return moments


def greedy_path_is_optimal(session):
    """Return whether the greedy policy can only take optimal actions from the start on."""
    model = session.problem.phases[0][1]
    return not goes_astray(model, best_actions(session.tables.Q), optimal_actions(model, session.agent.discount))


@lru_cache
def optimal_actions(model, discount):
    return solve(model, discount).best_actions


HAPPENS = {
    Condition("arrow", state=6): lambda then, now: (best_actions(then["Q"]) != best_actions(now["Q"]))[6].any(),
    Condition("any-arrow"): lambda then, now: (best_actions(then["Q"]) != best_actions(now["Q"])).any(),
    Condition("optimal-path"): lambda then, now: now["optimal by the step"] and not then["optimal"],
    Condition("state", state=7): lambda then, now: now["state"] == 7,
    Condition("value", state=5, action=1, number=0.01): lambda then, now: (
        (then["Q"][5, 1] >= 0.01) != (now["Q"][5, 1] >= 0.01)
    ),
    Condition("return-above", number=0.5): lambda then, now: now["ended"] is not None and now["ended"][0] > 0.5,
    Condition("return-below", number=0.5): lambda then, now: now["ended"] is not None and now["ended"][0] < 0.5,
    Condition("goal"): lambda then, now: now["ended"] is not None and now["ended"][3] == 2,
    Condition("pit"): lambda then, now: now["ended"] is not None and now["ended"][3] == 1,
    Condition("cut"): lambda then, now: now["ended"] is not None and now["ended"][3] == 0,
    Condition("episode"): lambda then, now: now["ended"] is not None,
}


QUICK = ("q_learning", "sarsa_lambda", "monte_carlo")
OTHERS = [pytest.param(agent, marks=pytest.mark.slow) for agent in AGENTS if agent not in ("random", *QUICK)]


@pytest.mark.parametrize("agent", [*QUICK, *OTHERS])
def test_a_condition_is_found_where_it_happened_last_and_first(agent):
    session, keyframes = run(agent, epsilon=0.3, step_size_schedule="constant")
    moments = history_of(session)
    travel = TimeTravel(session, keyframes, compiled=False)
    found = 0
    for condition, happens in HAPPENS.items():
        steps = [n for n in range(1, STEPS + 1) if happens(moments[n - 1], moments[n])]
        for place in (STEPS, 300):
            before = [n for n in steps if n < place]
            last = travel.last(condition, place)
            assert (last and last.step) == (before[-1] if before else None), condition
            after = [n for n in steps if n > place]
            first = travel.first(condition, place)
            assert (first and first.step) == (after[0] if after else None), condition
            found += bool(before) + bool(after)
    assert found > 8


def test_a_td_error_is_found_by_its_size():
    session, keyframes = run()
    travel = TimeTravel(session, keyframes, compiled=False)
    last = travel.last(Condition("td-error", number=0.2), STEPS)
    assert last is not None
    then, now = travel.step_back(last), last
    assert np.abs(then.scene.action_values - now.scene.action_values).max() > 0.1 * 0.2 - 1e-12
    assert travel.last(Condition("td-error", number=1e9), STEPS) is None


@pytest.mark.slow
@pytest.mark.parametrize("condition", HAPPENS)
def test_compiled_watches_find_what_plain_ones_do(condition):
    session = TrainingSession(world="easy", episodes=0, epsilon_end=0.3)
    session.advance(30_000)
    found = [TimeTravel(session, compiled=compiled).last(condition, 29_000) for compiled in (True, False)]
    assert (found[0] and found[0].step) == (found[1] and found[1].step)


@pytest.mark.slow
def test_a_world_that_changes_by_itself_has_another_optimal_path_each_time():
    session = TrainingSession(world="blocking_maze", agent="dyna_q", episodes=0, seed=1)
    session.advance(6_000)
    travel = TimeTravel(session)
    early, late = (travel.last(Condition("optimal-path"), before) for before in (1_000, 6_000))
    assert early.scene.phase == 0
    assert late.scene.phase == 1


def test_a_watch_in_a_run_changes_no_bit_and_ends_it_where_it_happens(assert_same):
    watched, alone = (TrainingSession(world="easy", episodes=0, seed=5) for _ in range(2))
    watch = Condition("goal").watch(stops=True)
    watched.watch(watch)
    watched.advance(100_000)
    alone.advance(watched.step)
    assert watch.found == watched.step < 100_000
    assert watched.scene().episode_step == 0
    assert_same(watched, alone)
    watched.watch(None)
    for session in (watched, alone):
        session.advance(500)
    assert_same(watched, alone)


def test_a_run_that_was_loaded_can_be_followed_back():
    session, _ = run()
    loaded = run_file.from_bytes(run_file.to_bytes(session))
    loaded.advance(100)
    assert TimeTravel(loaded, compiled=False).at(50).step == 50


def test_what_is_shown_of_the_past_goes_on_to_the_end_that_was_asked_for():
    session = TrainingSession(world="easy", episodes=40, compiled=False)
    session.advance(10_000)
    again = fork(TimeTravel(session, compiled=False).at(100), compiled=False)
    again.advance(100_000)
    assert again.episode == 40


def test_where_a_run_cannot_be_put_back_a_sentence_says_why():
    with own_environments():
        session = TrainingSession(world="Corridor-v0", episodes=0)
        session.advance(10)
        with pytest.raises(UnknownPastError, match=r"can't be found by replay\. .+"):
            TimeTravel(session)


def test_before_what_is_known_of_a_run_that_lost_its_place_a_sentence_says_why():
    session, _ = run()
    session.departures.append("The environment could not give its state when the run was stored.")
    travel = TimeTravel(session, compiled=False)
    with pytest.raises(UnknownPastError, match=r"followed back before its step 600: The environment could not"):
        travel.at(10)
    with pytest.raises(UnknownPastError, match=r"did not happen since step 599, and the run can't be followed"):
        travel.last(Condition("goal"), STEPS)


def test_a_search_can_be_ended_and_reports_its_progress():
    session = TrainingSession(world="easy", episodes=0)
    session.advance(1_000_000)
    shares = []
    travel = TimeTravel(session)
    with pytest.raises(UnknownPastError, match=r"^The search was stopped\.$"):
        travel.last(Condition("return-above", number=1e6), session.step, lambda share: shares.append(share) or False)
    assert shares == [0.2]
    with pytest.raises(UnknownPastError, match=r"takes longer than 0 s\.$"):
        TimeTravel(session, seconds=0).last(Condition("return-above", number=1e6), session.step)


@pytest.mark.parametrize(
    ("condition", "message"),
    [
        (Condition("arrow", state=25), r"There is no state 25; this world has the states 0 to 24\."),
        (Condition("value", state=3, action=4), r"State 3 has no action 4; it has 0 to 3\."),
        (Condition("value", number=np.nan), r"The number is nan; write a finite one\."),
        (Condition("sunrise"), r"There is no condition 'sunrise'; choose one of arrow, any-arrow"),
    ],
)
def test_what_can_not_be_looked_out_for_is_refused(condition, message):
    session, keyframes = run()
    with pytest.raises(ValueError, match=message):
        TimeTravel(session, keyframes, compiled=False).last(condition, STEPS)


def test_a_world_without_a_model_has_no_optimal_path():
    session = TrainingSession(world="Blackjack-v1", episodes=0, compiled=False)
    session.advance(10)
    with pytest.raises(ValueError, match="best actions of this world are not known"):
        session.watch(Condition("optimal-path").watch())


def test_every_kind_of_condition_has_words():
    problem = TrainingSession(world="easy").problem
    for kind in CONDITIONS:
        assert Condition(kind, state=6, action=1, number=0.5).words(problem).startswith(CONDITIONS[kind].label)
    assert Condition("arrow", state=6).words(problem) == "an arrow turns in row 1, column 1"

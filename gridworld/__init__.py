"""A live laboratory for reinforcement learning on small worlds."""

from gridworld import bias_env, env
from gridworld.agents import AGENTS, PRESETS, Agent, agent_class, register_agent
from gridworld.env import GridWorld
from gridworld.errors import WorldError
from gridworld.extensions import load_file
from gridworld.frame import (
    Configure,
    Extend,
    Frame,
    Load,
    Pace,
    Pause,
    Reset,
    Start,
    Status,
    Step,
    Stop,
)
from gridworld.journal import Journal
from gridworld.layout import Kind, Layout
from gridworld.model import Ending, TransitionModel
from gridworld.problem import Problem, load_problem
from gridworld.recorded_run import RecordedRun
from gridworld.registration import register_tetris
from gridworld.run import LocalRun, Run
from gridworld.scene import Scene
from gridworld.session import TrainingSession
from gridworld.settings import Settings
from gridworld.world import World
from gridworld.world_text import parse_world
from gridworld.worlds import load_world, register_world, world_ids

env.register()
bias_env.register()
register_tetris()

__all__ = [
    "AGENTS",
    "PRESETS",
    "Agent",
    "Configure",
    "Ending",
    "Extend",
    "Frame",
    "GridWorld",
    "Journal",
    "Kind",
    "Layout",
    "Load",
    "LocalRun",
    "Pace",
    "Pause",
    "Problem",
    "RecordedRun",
    "Reset",
    "Run",
    "Scene",
    "Settings",
    "Start",
    "Status",
    "Step",
    "Stop",
    "TrainingSession",
    "TransitionModel",
    "World",
    "WorldError",
    "agent_class",
    "load_file",
    "load_problem",
    "load_world",
    "parse_world",
    "register_agent",
    "register_world",
    "world_ids",
]

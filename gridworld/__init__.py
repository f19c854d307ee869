"""A live laboratory for reinforcement learning on small worlds."""

from gridworld.agents import AGENTS, PRESETS, Agent, agent_class, register_agent
from gridworld.errors import WorldError
from gridworld.extensions import load_file
from gridworld.runs.commands import Configure, Extend, Load, Pace, Pause, Reset, Start, Step, Stop
from gridworld.runs.frame import Frame, Status
from gridworld.runs.journal import Journal
from gridworld.runs.recorded import RecordedRun
from gridworld.runs.run import Run
from gridworld.training.local_run import LocalRun
from gridworld.training.scene import Scene
from gridworld.training.session import TrainingSession
from gridworld.training.settings import Settings
from gridworld.worlds import environment, maximization_bias
from gridworld.worlds.environment import GridWorld
from gridworld.worlds.layout import Kind, Layout
from gridworld.worlds.named import load_world, register_world, world_ids
from gridworld.worlds.problem import Problem, load_problem
from gridworld.worlds.registration import register_tetris
from gridworld.worlds.text import parse_world
from gridworld.worlds.transition_model import Ending, TransitionModel
from gridworld.worlds.world import World

environment.register()
maximization_bias.register()
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

"""A deep trainer that fails in its worker."""


def make_failing_trainer(settings, checkpoint):
    """A trainer for a worker process, whose game breaks."""
    from gridworld.tetris.deep.worker import make_trainer

    trainer = make_trainer(settings, checkpoint)
    play = trainer.game.game.step

    def step(action):
        if trainer.step == 100:
            raise RuntimeError("The board fell off the table.")
        return play(action)

    trainer.game.game.step = step
    return trainer

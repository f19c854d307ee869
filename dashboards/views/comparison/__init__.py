"""Views of comparisons: curves of several contestants, studies of hyperparameters, and tables of what is decided."""

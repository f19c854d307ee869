"""The page on which agents are compared over many seeds."""

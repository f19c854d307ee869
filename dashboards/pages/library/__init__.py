"""The library of saved runs."""

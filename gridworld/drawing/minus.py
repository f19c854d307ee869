"""The minus sign of numbers that people read."""


def with_minus(number: str) -> str:
    """Return a number as text with a true minus sign, which is as wide as a digit: −18.15."""
    return number.replace("-", "−")

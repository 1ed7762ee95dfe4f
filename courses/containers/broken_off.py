"""What is wrong with a recording or film that cannot be played to its end."""


class BrokenOff(ValueError):
    """It ends before it is over, goes on after its end, or has no table of what is in it."""

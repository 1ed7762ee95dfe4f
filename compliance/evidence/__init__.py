"""Proof for an inspector: a sheet that is read at the desk, and a signed pack that is checked without us.

``rows`` gathers what may be said of whom, ``sheet`` prints it, ``archive`` writes the pack, ``checking`` is the stand-alone
script that goes into it. Nothing here says more of a person than ``compliance.visibility`` lists.
"""

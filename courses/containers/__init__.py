"""The files that sound and film come in: how long each lasts, and whether all of it is there.

Plain Python over streams. Each walks from piece to piece by what the pieces say of their own size, reads a few bytes of
each, and gives up after more of them than any recording has: a file made to be looked through for ever ends, too.
"""

"""Rule packs: what laws, policies and recommendations ask, as data; and what follows from them.

Plain Python: no clock, no database, no settings. The data lie in ``compliance/packs``.
"""

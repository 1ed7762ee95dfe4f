"""Interop: translation between other systems' words and ours. Holds no rule of its own."""

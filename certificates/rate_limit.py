"""How often one origin may ask. Counts live in the cache and nowhere else."""

from django.core.cache import cache


def within_limit(name: str, origin: str, *, limit: int, seconds: int) -> bool:
    """Count one more request of ``origin`` (a keyed hash, never an address) and return whether it may be answered.

    The count starts with the first request and is forgotten ``seconds`` later.
    """
    key = f"certificates.{name}.{origin}"
    cache.add(key, 0, timeout=seconds)
    try:
        return cache.incr(key) <= limit
    except ValueError:  # it ran out between the two
        cache.set(key, 1, timeout=seconds)
        return True

import pytest
from django.test import RequestFactory

from people.origins import client_address, origin_of


@pytest.mark.parametrize(
    ("peer", "forwarded", "proxies", "address"),
    [
        ("203.0.113.7", "", 0, "203.0.113.7"),
        # Without a trusted proxy the header is the client's own claim.
        ("203.0.113.7", "198.51.100.1", 0, "203.0.113.7"),
        ("10.0.0.1", "198.51.100.1", 1, "198.51.100.1"),
        ("10.0.0.1", "6.6.6.6, 198.51.100.1", 1, "198.51.100.1"),
        ("10.0.0.1", "6.6.6.6, 198.51.100.1, 10.0.0.2", 2, "198.51.100.1"),
        # It did not come through all proxies.
        ("203.0.113.7", "198.51.100.1", 2, "203.0.113.7"),
        ("203.0.113.7:4711", "", 0, "203.0.113.7"),
        ("[2001:db8:1:2::9]:443", "", 0, "2001:db8:1:2::"),
        ("2001:db8:1:2:aaaa:bbbb:cccc:dddd", "", 0, "2001:db8:1:2::"),
        ("::ffff:203.0.113.7", "", 0, "203.0.113.7"),
        ("", "", 0, "unknown"),
        ("unix:", "", 0, "unknown"),
    ],
)
def test_address_of_the_client(peer: str, forwarded: str, proxies: int, address: str) -> None:
    assert client_address(peer=peer, forwarded_for=forwarded, proxies=proxies) == address


def test_origin_is_a_keyed_hash_that_holds_no_address(rf: RequestFactory, settings: object) -> None:
    here = origin_of(rf.get("/", REMOTE_ADDR="203.0.113.7"))
    assert len(here) == 64
    assert here == origin_of(rf.get("/elsewhere/", REMOTE_ADDR="203.0.113.7"))
    assert here != origin_of(rf.get("/", REMOTE_ADDR="203.0.113.8"))
    settings.SECRET_KEY = "another-key-" + "y" * 40  # type: ignore[attr-defined]
    assert here != origin_of(rf.get("/", REMOTE_ADDR="203.0.113.7"))

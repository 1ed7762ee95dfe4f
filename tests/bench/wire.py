"""What the first view of a page takes over the wire: the page and all that it pulls in, as a browser would ask."""

import gzip
import re
from http.client import HTTPConnection, HTTPResponse
from http.cookies import SimpleCookie
from urllib.parse import urlencode, urljoin, urlsplit

_PULLED_IN = (
    re.compile(r'<link\b[^>]*\brel="(?:stylesheet|icon|modulepreload|manifest)"[^>]*>'),
    re.compile(r'<(?:script|img|source)\b[^>]*\bsrc="[^"]*"[^>]*>'),
)
_ADDRESS = re.compile(r'\b(?:href|src)="([^"]+)"')
_IMPORT = re.compile(r'(?:from\s*|\bimport\s*\(?\s*)["\'](\.{1,2}/[^"\']+|/[^"\']+)["\']')
_TOKEN = re.compile(r'name="csrfmiddlewaretoken" value="([^"]+)"')
_MEDIA = ("audio/", "video/")


class Visitor:
    """A browser without a cache, now at ``path``; ``received_bytes`` are those since a first view began, heads included."""

    def __init__(self, origin: str) -> None:
        self._origin = origin
        self._cookies: dict[str, str] = {}
        self.path = "/"
        self.requests = 0
        self.received_bytes = 0

    def get(self, path: str) -> str:
        """Return the text at ``path``, after what redirects there are."""
        return self._ask("GET", path, None)

    def post(self, page: str, action: str, **fields: str) -> str:
        """Send the form of ``page`` to ``action`` with its token and ``fields``; return the page that follows."""
        token = _TOKEN.search(page)
        return self._ask("POST", action, {"csrfmiddlewaretoken": token[1] if token else "", **fields})

    def first_view(self, path: str) -> tuple[int, int]:
        """Return requests and bytes of the first view of the page at ``path``, without media."""
        self.requests = self.received_bytes = 0
        page = self.get(path)
        waiting = [found for pattern in _PULLED_IN for tag in pattern.findall(page) for found in _ADDRESS.findall(tag)]
        seen = set()
        while waiting:
            address = urljoin(path, waiting.pop())
            if address in seen or address.startswith("data:"):
                continue
            seen.add(address)
            text = self.get(address)
            if address.split("?")[0].endswith(".js"):
                waiting += [urljoin(address, each) for each in _IMPORT.findall(text)]
        return self.requests, self.received_bytes

    def _ask(self, method: str, path: str, fields: dict[str, str] | None) -> str:
        for _ in range(5):
            answer, body = self._once(method, path, fields)
            if answer.status not in (301, 302, 303):
                assert answer.status == 200, (path, answer.status)
                self.path = path
                return body.decode(errors="replace")
            method, path, fields = "GET", urljoin(path, answer.headers["Location"]), None
        raise AssertionError(f"{path} leads round in circles")

    def _once(self, method: str, path: str, fields: dict[str, str] | None) -> tuple[HTTPResponse, bytes]:
        connection = HTTPConnection(urlsplit(self._origin).netloc, timeout=20)
        headers = {"Accept-Encoding": "gzip", "Origin": self._origin}
        if self._cookies:
            headers["Cookie"] = "; ".join(f"{name}={value}" for name, value in self._cookies.items())
        if fields is not None:
            headers["Content-Type"] = "application/x-www-form-urlencoded"
        connection.request(method, path, urlencode(fields) if fields is not None else None, headers)
        answer = connection.getresponse()
        raw = answer.read()
        connection.close()
        for header in answer.headers.get_all("Set-Cookie") or []:
            self._cookies |= {name: morsel.value for name, morsel in SimpleCookie(header).items()}
        if not answer.headers.get_content_type().startswith(_MEDIA):
            self.requests += 1
            self.received_bytes += len(raw) + sum(len(name) + len(value) + 4 for name, value in answer.headers.items())
        return answer, gzip.decompress(raw) if answer.headers.get("Content-Encoding") == "gzip" else raw

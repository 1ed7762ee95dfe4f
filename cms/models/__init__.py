"""Models of the site: pages without learners, the directory of support services, sources, sectors and audiences."""

from cms.models.base_page import BasePage
from cms.models.editor_limit import EditorLimit
from cms.models.pages import HomePage, ResourcePage, SectorPage
from cms.models.regions import Region
from cms.models.sectors import Audience, Sector
from cms.models.services import SupportService
from cms.models.sources import Source

__all__ = [
    "Audience",
    "BasePage",
    "EditorLimit",
    "HomePage",
    "Region",
    "ResourcePage",
    "Sector",
    "SectorPage",
    "Source",
    "SupportService",
]

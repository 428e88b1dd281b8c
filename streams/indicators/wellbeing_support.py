"""I14 Support and inspiration, as pupils say themselves: see `streams.wellbeing` (domain 4.5)."""

from contracts.indicator import Texts
from streams.wellbeing import declared

INDICATOR = declared(
    "support", Texts("Støtte og inspiration", "Support and inspiration"), Texts("støtte og inspiration", "support and inspiration")
)

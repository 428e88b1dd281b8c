"""I14 Academic well-being, as pupils say themselves: see `streams.wellbeing` (domain 4.5)."""

from contracts.indicator import Texts
from streams.wellbeing import declared

INDICATOR = declared("academic", Texts("Faglig trivsel", "Academic well-being"), Texts("faglig trivsel", "academic well-being"))

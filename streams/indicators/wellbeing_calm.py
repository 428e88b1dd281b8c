"""I14 Calm and order, as pupils say themselves: see `streams.wellbeing` (domain 4.5)."""

from contracts.indicator import Texts
from streams.wellbeing import declared

INDICATOR = declared("calm", Texts("Ro og orden", "Calm and order"), Texts("ro og orden", "calm and order"))

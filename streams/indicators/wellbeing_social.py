"""I14 Social well-being, as pupils say themselves: see `streams.wellbeing` (domain 4.5)."""

from contracts.indicator import Texts
from streams.wellbeing import declared

INDICATOR = declared("social", Texts("Social trivsel", "Social well-being"), Texts("social trivsel", "social well-being"))

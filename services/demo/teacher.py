"""The invented school's teacher, in whose name the page looks."""

from typing import Final

from contracts.privacy import UNILOGIN, Identity

TEACHER: Final = Identity(UNILOGIN, "lone0001")

"""What the hub is to reach, and the page that says whether it did."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Final


@dataclass(frozen=True)
class Aim:
    """One line of the page. unit: of figure and aim. at_most: whether less is better. against: the baseline of the same run, if any."""

    what: str
    figure: float
    aim: float
    unit: str
    at_most: bool = False
    against: str = ""

    @property
    def met(self) -> bool:
        return self.figure <= self.aim if self.at_most else self.figure >= self.aim

    def told(self) -> str:
        aim = f"{'<=' if self.at_most else '>='} {_number(self.aim)}"
        return f"| {self.what} | {_number(self.figure)} {self.unit} | {aim} | {'met' if self.met else '**unmet**'} | {self.against} |"


def _number(value: float) -> str:
    return f"{value:,.0f}" if abs(value) >= 100 else f"{value:,.1f}" if abs(value) >= 10 else f"{value:,.2f}"


HEAD: Final = "| what | measured | aim | | against, in the same run |\n|---|---|---|---|---|"


def page(title: str, machine: str, when: str, aims: Sequence[Aim], notes: Sequence[str]) -> str:
    """Markdown, as it is printed and kept."""
    met = sum(aim.met for aim in aims)
    lines = [
        f"# {title}", "", f"By `make bench` on {when}: {met} of {len(aims)} aims met.", "", f"Machine: {machine}.",
        "", HEAD, *(aim.told() for aim in aims), "", *(f"- {note}" for note in notes), "",
    ]  # fmt: skip
    return "\n".join(lines)


Say = Callable[[str], None]

"""The invented school through a real hub, cell by cell against the independent oracle, which is fed what the senders sent."""

import random
from pathlib import Path

from harness import running
from invented import NOW, SUBJECTS, TODAY, fed, sent
from invented_hub import beside, class_views, introduce, post, summaries
from oracle.batch import I7, I8
from oracle.beside import last_active
from oracle.compare import compare, is_bare
from oracle.groups import compare_groups, group_cells

from contracts.dates import instant, moment
from services.demo import school


def test_every_served_value_of_the_invented_school_is_the_oracles(tmp_path: Path) -> None:
    told = sent()
    with running(tmp_path, clock=f"{NOW}@0") as hub:
        credentials = introduce(hub)
        post(hub, credentials, random.Random(11).sample(told, len(told)))
        ledger = hub.ledger(hub.token("--controller"))
        assert ledger["failed"] == ledger["refused"] == ledger["unlinked_identities"] == 0
        assert ledger["repeated"] > 0, "the invented school sends some requests twice"
        readings, name_of = class_views(hub)
        of_classes = summaries(hub)
        extras = beside(hub)
    assert len(name_of) == len(school.pupils(day=TODAY)) == len(readings)
    oracle = fed(told)
    every = oracle.cells(subjects=SUBJECTS)
    told_of = {place for _, _, place, _ in (key for key, cell in every.items() if not is_bare(cell))}
    cells = {key: cell for key, cell in every.items() if key[1] not in (I7, I8) or key[2] in told_of}
    report = compare(cells, readings, name_of.__getitem__)
    print(
        f"{sum(one.items for one in told)} items in {len(told)} requests, until {moment(instant(NOW)):%H:%M} UTC", *report.lines(), sep="\n"
    )
    assert report.differences == []
    assert report.unserved_nulls == 0
    latest = {name: {code: at for code, at in told.items() if code in SUBJECTS} for name, told in last_active(oracle).items()}
    served = {name_of[one["student"]]: {last["subject"]: instant(last["at"]) for last in one["last_activity"]} for one in readings}
    print(f"last active: {sum(map(len, served.values()))} instants compared")
    assert {name: told for name, told in served.items() if told} == {name: told for name, told in latest.items() if told}
    assert all(extras[name] > 0 for name in ("last-activity", "latest-test", "latest-notes", "feedback-waiting")), extras
    assert compare_groups(group_cells(oracle, cells, SUBJECTS), of_classes).differences == []

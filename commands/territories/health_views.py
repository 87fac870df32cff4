"""What is wrong with territories, as blocks; the words are in templates/territories."""

from collections.abc import Iterator, Mapping, Sequence

from commands.kit import Message
from commands.kit.blocks import Block, Control, actions, button, context, section, select
from commands.kit.rerun import run_button
from commands.territories.controls import HEALTH_KIND, HEALTH_PAGE, OPEN
from commands.territories.health import HealthPage
from domain.company import Metric, Person, SubjectKind, Team, Territory
from domain.target_setting import subject_of
from domain.territories.health import Finding, FindingKind
from templates import Mrkdwn, name, render
from templates.numbers import Numbers

ALL = "all"
LABELS: Mapping[FindingKind, str] = {
    FindingKind.GAP: "In no territory",
    FindingKind.OVERLAP: "Claimed by several",
    FindingKind.ORPHAN: "Territories without a rep",
    FindingKind.OWNER: "Owner and holder differ",
    FindingKind.CRM: "The CRM says otherwise",
    FindingKind.LEAVING: "The rep leaves soon",
    FindingKind.PIN: "Pins against a rule",
    FindingKind.RULE: "Rules that match nothing",
    FindingKind.EMPTY: "Empty territories",
}


def health_message(page: HealthPage, *, currency: str, locale: str, replace: bool = False) -> Message:
    """How much there is of each kind, the worst of it with what to do, and the pages there and back."""
    n = Numbers(currency, locale)
    head = render(
        "territories/health.mrkdwn.j2",
        page=page,
        label=LABELS[page.kind] if page.kind else "",
        mend=_mend(page.kind, page) if page.kind else "",
        n=n,
    )
    blocks = [section(head, id="head"), *_kinds(page)]
    blocks += [
        section(_finding(one, page, first=one is first, n=n), accessory=_way(one, page), id=f"finding{at}")
        for at, (one, first) in enumerate(_with_first(page.findings))
    ]
    notes = render("territories/health_notes.mrkdwn.j2", page=page)
    blocks += [*_turning(page), *([context(notes, id="notes")] if notes else [])]
    total = sum(page.counts.values())
    text = f"{total} things about territories want a look." if total else "Nothing is wrong with territories."
    return Message("One thing about territories wants a look." if total == 1 else text, blocks, replace=replace)


def _with_first(findings: Sequence[Finding]) -> Iterator[tuple[Finding, Finding]]:
    """Each finding with the first of its kind on the page, which says for all of them what to do."""
    firsts: dict[FindingKind, Finding] = {}
    for one in findings:
        yield one, firsts.setdefault(one.kind, one)


def _finding(one: Finding, page: HealthPage, *, first: bool, n: Numbers) -> Mrkdwn:
    account = page.accounts.get(one.account) if one.account is not None else None
    deal = page.deals.get(one.deal) if one.deal is not None else None
    person = page.company.people.get(one.person) if one.person is not None else None
    return render(
        "territories/finding.mrkdwn.j2",
        kind=one.kind.value,
        account=name(account.name) if account else "",
        deal=name(deal.name) if deal else "",
        person=name(person.name) if person else "",
        territories=[name(page.company.territories[where].name) for where in one.territories],
        holders=_holders(one, page),
        is_area=any(where in page.areas for where in one.territories),
        rule=name(one.rule),
        one=one,
        about=_about(one, page),
        facts=_facts(one, page),
        alone=page.kind is FindingKind.GAP,
        mend=_mend(one.kind, page) if first and not page.kind else "",
        n=n,
    )


def _facts(one: Finding, page: HealthPage) -> str:
    """Where an account is and what it does, for a rule that fits."""
    facts = page.facts.get(one.account) if one.account is not None else None
    known = (facts.country, facts.region, facts.industry) if facts else ()
    return ", ".join(name(word) for word in known if word)


def _mend(kind: FindingKind, page: HealthPage) -> Mrkdwn:
    """What puts such a finding right, for who can do it; whom to ask for everybody else."""
    return render("territories/mend.mrkdwn.j2", kind=kind.value, decides=page.decides)


def _holders(one: Finding, page: HealthPage) -> str:
    """Who holds the territory of a deal that somebody else owns."""
    if one.kind is not FindingKind.OWNER:
        return ""
    assigned = page.holders.get(one.territories[0], ())
    return " and ".join(name(page.company.people[person].name) for person in assigned)


def _about(one: Finding, page: HealthPage) -> str:
    """What the decision on a target is about: `New England, 2026Q4, revenue`."""
    target = _target(one, page)
    if one.overruled is None or target is None:
        return ""
    _, _, period, metric = one.overruled.key.split(":")
    return f"{name(target.name)}, {period}, {Metric(metric).words}"


def _target(one: Finding, page: HealthPage) -> Person | Territory | Team | None:
    """Whose target a decision is about, if it is about one."""
    if one.overruled is None or one.overruled.what != "target":
        return None
    kind, subject, *_ = one.overruled.key.split(":")
    return subject_of(page.company, SubjectKind(kind), int(subject))


def _way(one: Finding, page: HealthPage) -> Control | None:
    """The nearest card from which it is mended, or which says why."""
    if one.account is not None and one.account in page.accounts:
        return run_button("Why?", "/territory find", page.accounts[one.account].key)
    if one.overruled and (target := _target(one, page)):
        kind, _, period, _ = one.overruled.key.split(":")
        return run_button("History", "/targets history", f"{kind} {target.key} {period}")
    if one.overruled and one.overruled.what == "role" and page.decides:
        return run_button("Roles", "/turf roles")
    return button("Open", f"{OPEN}:{one.territories[0]}", value=str(one.territories[0])) if one.territories else None


def _kinds(page: HealthPage) -> list[Block]:
    """The menu of kinds, where there is anything to choose."""
    if sum(page.counts.values()) == 0:
        return []
    choices = {ALL: f"Everything ({sum(page.counts.values())})"}
    choices |= {kind.value: f"{LABELS[kind]} ({page.counts[kind]})" for kind in FindingKind if page.counts.get(kind)}
    if page.kind and page.kind.value not in choices:
        choices[page.kind.value] = f"{LABELS[page.kind]} (0)"
    return [actions(select(HEALTH_KIND, choices, chosen=page.kind.value if page.kind else ALL), id="kinds")]


def _turning(page: HealthPage) -> list[Block]:
    def turn(label: str, to: int) -> Control:
        value = f"{to}|{page.kind.value if page.kind else ALL}"
        return button(label, f"{HEALTH_PAGE}:{label.lower()}", value=value)

    def both() -> Iterator[Control]:
        if page.number:
            yield turn("Previous", page.number - 1)
        if page.number + 1 < page.pages:
            yield turn("Next", page.number + 1)

    controls = list(both())
    return [actions(*controls, id="turn")] if controls else []

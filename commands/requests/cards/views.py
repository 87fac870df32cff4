"""The modals of requests as blocks; the sentences are in templates/requests/cards."""

import json
from dataclasses import dataclass, replace
from datetime import date

from commands.kit import Block, Modal
from commands.kit.blocks import section
from commands.kit.inputs import day as day_field
from commands.kit.inputs import field, text
from commands.requests.asking.words import BASES
from commands.requests.cards import words
from commands.requests.cards.about import About
from commands.requests.cards.impact import Impact
from commands.requests.cards.messages import NAMED
from commands.requests.planned import Planned
from domain.requests.model import Basis, RequestKind, State
from domain.requests.planning.facts import MovedMonth
from storage.store import Known
from templates import Mrkdwn, name, render
from templates.numbers import Numbers

IMPACT, APPROVE, CHANGES, REJECT, REVERSE = (
    "What it would change",
    "Approve a request",
    "Ask for changes",
    "Reject a request",
    "Give a change back",
)
SEND_APPROVAL, SEND_CHANGES = "requests.approve.send", "requests.changes.send"
SEND_REJECTION, SEND_REVERSAL = "requests.reject.send", "requests.reverse.send"
MOST = 1000
MONTHS = 12
VERDICTS = {"approve": "agreed", "reject": "rejected it", "ask for changes": "asked for changes"}


@dataclass(frozen=True, slots=True)
class Figures:
    """What an approval is about, in numbers; None for what was not shown before."""

    accounts: int | None = None
    moved: int | None = None
    deals: int | None = None

    @classmethod
    def of(cls, plan: Planned) -> "Figures":
        return cls(len(plan.plan.accounts), plan.plan.moved, len(plan.plan.writes.deals))


@dataclass(frozen=True, slots=True)
class Seen:
    """What stood in the modal that somebody submits."""

    request: int
    digest: str
    figures: Figures = Figures()

    def dump(self) -> str:
        found = self.figures
        return json.dumps([self.request, self.digest, found.accounts, found.moved, found.deals])

    @classmethod
    def load(cls, metadata: str) -> "Seen":
        """Raises ValueError for what no modal of ours carries."""
        request, digest, *found = json.loads(metadata)
        return cls(int(request), str(digest), Figures(*found))


def impact_modal(shown: Impact, repo: Known, n: Numbers) -> Modal:
    blocks: list[Block] = [section(_impact(shown, repo, n), id="impact")]
    day = n.full_day(shown.about.request.effective_on)
    for place, one in enumerate(shown.standings):
        said = render(
            "requests/cards/standing.mrkdwn.j2",
            name=name(one.name),
            period=n.period(shown.period),
            day=day,
            lines=one.lines,
        )
        blocks.append(section(said, id=f"standing.{place}"))
    return Modal(IMPACT, blocks)


def _impact(shown: Impact, repo: Known, n: Numbers) -> Mrkdwn:
    request, plan = shown.about.request, shown.planned.plan if shown.planned is not None else None
    measure = plan.measure if plan is not None and shown.sees_moved else None
    return render(
        "requests/cards/impact.mrkdwn.j2",
        **common(shown.about, repo, n),
        requester=words.person(repo, request.requester),
        reason=shown.reason,
        hindered=shown.hindered if shown.sees_moved else "",
        accounts=[name(one) for one in shown.accounts[:NAMED]],
        more=max(len(shown.accounts) - NAMED, 0),
        deals=len(plan.writes.deals) if plan is not None and shown.sees_moved else 0,
        held=len(plan.held) if plan is not None and shown.sees_moved else 0,
        moved=n.exact(plan.moved) if plan is not None and shown.months else "",
        share=n.percent(measure.share) if measure and measure.basis is not Basis.TYPED else "",
        basis=BASES[measure.basis.value].lower() if measure else "",
        months=[_month(one, n) for one in shown.months[:MONTHS]],
        notes=[one.value for one in shown.notes] if shown.sees_moved else [],
        said=[_said(one, repo) for one in shown.said],
        waits=words.people(repo, _waiting(shown)),
    )


def _waiting(shown: Impact) -> list[int]:
    """Who has yet to decide."""
    if shown.planned is None or shown.about.request.state is not State.SUBMITTED:
        return []
    return [slot.decider for slot in shown.planned.open]


def _said(one: tuple[int, str, str], repo: Known) -> dict[str, object]:
    who, verdict, said = one
    return {"who": words.person(repo, who), "what": VERDICTS[verdict], "words": said}


def _month(month: MovedMonth, n: Numbers) -> dict[str, str]:
    part = "" if month.days_left == month.days else f"{month.days_left} of {month.days} days"
    return {"label": n.period(month.month), "amount": n.exact(month.moved), "of": n.exact(month.target), "part": part}


def common(about: About, repo: Known, n: Numbers) -> dict[str, object]:
    return {
        "number": about.request.id,
        "title": words.title(about),
        "deed": words.deed(about, repo, n),
        "day": n.full_day(about.request.effective_on),
        "state": words.became(about, n),
    }


@dataclass(frozen=True, slots=True)
class Approval:
    """What somebody is about to agree to; `was` is what they looked at before, `rest` who decides after them."""

    about: About
    planned: Planned
    rest: tuple[int, ...]
    on_behalf_of: int | None
    changed: bool = False
    was: Figures = Figures()


def approve_modal(asked: Approval, repo: Known, n: Numbers, note: str = "") -> Modal:
    """The consequences in words, and the digest of the preview that they come from."""
    figures = Figures.of(asked.planned)
    said = render(
        "requests/cards/approve.mrkdwn.j2",
        **common(asked.about, repo, n),
        changed=asked.changed,
        figures=figures,
        was=asked.was,
        moved=n.short(figures.moved or 0),
        was_moved=n.short(asked.was.moved or 0),
        is_target=asked.about.kind is RequestKind.TARGET,
        on_behalf_of=words.person(repo, asked.on_behalf_of) if asked.on_behalf_of is not None else "",
        rest=words.people(repo, asked.rest),
    )
    box = text(multiline=True, most=MOST, initial=note, placeholder="For the record, if you like")
    return Modal(
        APPROVE,
        [section(said, id="what"), field("note", "A note", box, optional=True)],
        submit="Approve",
        close="Cancel",
        callback=SEND_APPROVAL,
        metadata=Seen(asked.about.request.id, asked.planned.digest, figures).dump(),
    )


def reason_modal(title: str, about: About, repo: Known, n: Numbers, *, label: str, submit: str, callback: str) -> Modal:
    """What somebody has to say with it."""
    said = Mrkdwn(f"{words.deed(about, repo, n)}, from {n.full_day(about.request.effective_on)}.")
    box = text(multiline=True, most=MOST)
    return Modal(
        title,
        [section(said, id="what"), field("said", label, box)],
        submit=submit,
        close="Cancel",
        callback=callback,
        metadata=str(about.request.id),
    )


def reverse_modal(about: About, repo: Known, n: Numbers, *, first: date) -> Modal:
    """From which day on it is given back."""
    said = render("requests/cards/reverse.mrkdwn.j2", **common(about, repo, n))
    return Modal(
        REVERSE,
        [
            section(said, id="what"),
            field("effective_on", "From", day_field(initial=first)),
            field("said", "Why", text(multiline=True, most=MOST)),
        ],
        submit="Ask for it",
        close="Cancel",
        callback=SEND_REVERSAL,
        metadata=str(about.request.id),
    )


def done_modal(title: str, about: About, repo: Known, n: Numbers, *, what: str, waits: tuple[int, ...] = ()) -> Modal:
    said = done_words(about, repo, n, what=what, waits=waits)
    return Modal(title, [section(said, id="done")])


def done_words(about: About, repo: Known, n: Numbers, *, what: str, waits: tuple[int, ...] = ()) -> Mrkdwn:
    found = common(about, repo, n)
    return render("requests/cards/done.mrkdwn.j2", **found, what=what, waits=words.people(repo, waits))


def with_former(asked: Approval, was: Figures) -> Approval:
    """The same, with what was shown before it."""
    return replace(asked, was=was)

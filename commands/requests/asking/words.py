"""The preview and the terms in words; the sentences are in templates/requests/asking."""

from collections.abc import Mapping
from datetime import date

from commands.requests.asking.card import Card
from commands.requests.asking.form import NOBODY
from commands.requests.asking.previewing import Step
from domain.requests.model import Basis, ChangeRep, HoldOver, RequestKind, TargetRule, Terms
from domain.requests.planning.facts import MovedMonth, Plan
from domain.requests.routing import Side, Slot, Standing
from templates import Mrkdwn, name, render
from templates.numbers import Numbers

RULE_HINT = (
    "Country, region, postal prefix, industry, employees and revenue (min, max), as in rules. Press Enter to count."
)
CONDITIONS_HINT = (
    "A condition a line, such as industry = Retail; Software. All of them have to fit. Empty: the rule ends."
)
RULES: Mapping[str, str] = {
    TargetRule.MOVES.value: "Moves along",
    TargetRule.STAYS.value: "Stays where it is",
    TargetRule.RELIEVED.value: "Is taken away, and goes to nobody",
}
BASES: Mapping[str, str] = {
    Basis.CREDIT.value: "Revenue of the last 12 months",
    Basis.POTENTIAL.value: "Potential",
    Basis.OPEN.value: "Open pipeline",
    Basis.EQUAL.value: "Number of accounts",
    Basis.TYPED.value: "An amount that I write",
}
MONTHS = 12
"""So many months are listed; the rest are counted."""


def typed_day(typed: str) -> date | None:
    """The day that a field holds; None for none."""
    try:
        return date.fromisoformat(typed)
    except ValueError:
        return None


def terms(card: Card, n: Numbers) -> Mrkdwn:
    """What goes along, in one or two sentences, as the policy has it."""
    return render(
        "requests/asking/terms.mrkdwn.j2",
        is_rep=card.form.of_kind is RequestKind.REP,
        is_merge=card.form.of_kind is RequestKind.MERGE,
        opened=card.form.terms is not None,
        terms=card.terms,
        basis=BASES[card.terms.basis.value].lower(),
        hold=_hold(card.terms, n),
    )


def _hold(found: Terms, n: Numbers) -> str:
    return hold_over(found.hold_over, n) if found.hold_over else ""


def hold_over(hold: HoldOver, n: Numbers) -> Mrkdwn:
    """Which deals stay, and up to which day."""
    return render(
        "requests/asking/hold_over.mrkdwn.j2",
        last=n.full_day(date.fromordinal(hold.until.toordinal() - 1)),
        stages=sorted(name(one) for one in hold.stages),
        least=n.exact(hold.least) if hold.least else "",
        within=hold.closing_within,
    )


def preview(card: Card, n: Numbers) -> Mrkdwn:
    """What would change, or what stands in the way of it."""
    found = card.preview
    if found is None:
        return render("requests/asking/nothing_yet.mrkdwn.j2", errors=list((card.errors or {}).values()))
    plan = found.checked.plan
    months = [_month(one, n) for one in plan.months if one.moved]
    said = render(
        "requests/asking/preview.mrkdwn.j2",
        preview=found,
        kind=card.form.kind,
        day=n.full_day(found.checked.facts.effective_on),
        about=_about(card, n),
        steps=[_step(one) for one in found.steps],
        months=months[:MONTHS],
        more_months=max(len(months) - MONTHS, 0),
        moved=n.exact(abs(plan.moved)),
        is_less=plan.moved < 0,
        share=n.percent(plan.measure.share) if plan.measure and plan.measure.basis is not Basis.TYPED else "",
        basis=_basis(plan),
        nothing_by=_basis(plan) if plan.measure and not plan.measure.part else "",
        notes=sorted(plan.notes),
        restated=[period.label for period in found.restated],
    )
    decides = render(
        "requests/asking/decides.mrkdwn.j2", waits=[f"{name(who)} {_why(slot)}" for who, slot in found.waits]
    )
    return Mrkdwn("\n".join(line for line in said.splitlines() if line.strip()) + f"\n\n{decides}")


def _basis(plan: Plan) -> str:
    return BASES[plan.measure.basis.value].lower() if plan.measure else ""


def _about(card: Card, n: Numbers) -> Mrkdwn:
    """Who instead of whom, or which territory ends or is new."""
    form, found = card.form, card.preview
    assert found is not None
    company = found.checked.facts.model.company
    change = found.checked.change
    previous = company.people.get(change.previous or 0) if isinstance(change, ChangeRep) else None
    until = typed_day(form.until)
    return render(
        "requests/asking/about_holder.mrkdwn.j2",
        kind=form.kind,
        territory=name(card.territory[1]) if card.territory else "",
        into=name(card.to[1]) if card.to else "",
        name=name(form.name),
        person=name(card.person[1]) if card.person and card.person[0] != NOBODY else "",
        previous=name(previous.name) if previous else "",
        last=n.full_day(until) if until else "",
        credited=form.credited,
        subject=name(card.subject[1]) if card.subject else "",
        period=card.periods.get(form.period, form.period),
    )


def _step(step: Step) -> dict[str, object]:
    return {
        "before": name(step.before) if step.before else "",
        "after": name(step.after) if step.after else "",
        "names": [name(one) for one in step.accounts],
        "count": step.count,
    }


def _month(month: MovedMonth, n: Numbers) -> dict[str, str]:
    """A month's amount to the cent, and how it comes about."""
    part = "" if month.days_left == month.days else f"{month.days_left} of {month.days} days"
    return {
        "label": n.period(month.month),
        "amount": n.exact(abs(month.moved)),
        "of": n.exact(month.target),
        "part": part,
    }


_SIDES: Mapping[Side, str] = {
    Side.RELEASING: "for what is given",
    Side.RECEIVING: "for what is taken on",
    Side.SUPERIOR: "as the next level up",
    Side.LEADER: "as a leader",
}


def _why(slot: Slot) -> str:
    sides = " and ".join(_SIDES[side] for side in slot.sides)
    is_own = slot.standing is Standing.OWN or Side.LEADER in slot.sides
    return f"({sides})" if is_own else f"({sides}, in somebody's place)"

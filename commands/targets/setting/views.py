"""The form, and what is shown once it was sent; the words are in templates/targets/setting."""

from dataclasses import dataclass
from functools import partial

from commands.kit import Block, Modal
from commands.kit.blocks import actions, button, context, section
from commands.kit.inputs import field, menu, search, text
from commands.targets.setting import words
from commands.targets.setting.form import DRAFT, EVENLY, PUBLISHED
from commands.targets.setting.service import Changed, Saved, SettingCard
from domain.company import Settings
from storage.drafts import Draft
from templates import name, render
from templates.numbers import Numbers

TITLE = "Set a target"
LIVE = "targets.set.live"
"""What changes the preview; what follows the colon is the field."""
SUBMIT, CONFIRM = "targets.set.save", "targets.set.anyway"
STATES = {PUBLISHED: "Publish now", DRAFT: "Keep as a draft"}
REASON_MOST = 500


@dataclass(frozen=True, slots=True)
class Look:
    """How someone reads numbers and times."""

    n: Numbers
    zone: str

    @classmethod
    def of(cls, settings: Settings, locale: str) -> "Look":
        return cls(Numbers(settings.currency, locale), settings.timezone)


def metadata(draft: Draft) -> str:
    """Which draft a view belongs to, and at which version it was made."""
    return f"{draft.id}:{draft.version}"


def form_modal(card: SettingCard, draft: Draft, look: Look) -> Modal:
    """The whole form; blocks keep their ids, so that what was typed stays when the preview changes."""
    blocks = [
        section(_now(card, look), id="now"),
        *_whom(card, look),
        *_how_much(card),
        actions(button("Show preview", f"{LIVE}:preview"), id="look"),
        section(_preview(card, look), id="preview"),
        context(_compare(card, look) or "-", id="compare"),
        field("state", "What happens with it", menu(STATES, chosen=card.form.state)),
        field(
            "reason",
            "Why",
            text(multiline=True, most=REASON_MOST, placeholder="Kept in its history; who carries it reads it"),
            optional=True,
        ),
    ]
    return Modal(TITLE, blocks, submit="Save", close="Cancel", callback=SUBMIT, metadata=metadata(draft))


def _whom(card: SettingCard, look: Look) -> list[Block]:
    form, n = card.form, look.n
    chosen = (form.subject, card.subject_label) if card.subject_label else None
    periods = {period.label: n.period(period) for period in card.periods}
    whom = search(f"{LIVE}:subject", chosen=chosen, placeholder="A person, a territory or a team", least=0)
    return [
        field("subject", "For whom", whom, live=True),
        field(
            "period",
            "Period",
            menu(periods, chosen=form.period, placeholder="Choose", action=f"{LIVE}:period"),
            live=True,
        ),
        field("metric", "What counts", menu(words.METRICS, chosen=form.metric, action=f"{LIVE}:metric"), live=True),
    ]


def _how_much(card: SettingCard) -> list[Block]:
    form = card.form
    currencies = {code: code for code in card.currencies}
    profiles = {EVENLY: "Evenly, by business days"} | {one: f"Profile: {one}" for one in card.profiles}
    money = menu(currencies, chosen=form.currency or card.currency, action=f"{LIVE}:currency")
    spread = menu(profiles, chosen=form.profile, action=f"{LIVE}:profile")
    return [
        field(
            "amount", "Amount", text(placeholder="1.2M, 250k or 1200000", most=40, action=f"{LIVE}:amount"), live=True
        ),
        field("currency", "Currency (of revenue)", money, live=True),
        field("profile", "Spread over the months", spread, live=True),
    ]


def _now(card: SettingCard, look: Look) -> str:
    return render(
        "targets/setting/now.mrkdwn.j2",
        card=card,
        name=name(card.name) if card.name else "",
        metric=card.form.metric,
        amount=partial(words.amount, look.n),
        set_by=name(card.set_by) if card.set_by else "",
        n=look.n,
        zone=look.zone,
    )


def _preview(card: SettingCard, look: Look) -> str:
    pieces = card.shown.pieces if card.shown else ()
    return render(
        "targets/setting/preview.mrkdwn.j2",
        card=card,
        name=name(card.name) if card.name else "",
        metric=card.form.metric,
        amount=partial(words.amount, look.n),
        months=words.month_lines(look.n, pieces, card.form.period),
        n=look.n,
    )


def _compare(card: SettingCard, look: Look) -> str:
    n, shown, last = look.n, card.shown, card.last_year
    above = shown.parent.name if shown and shown.parent else ""
    return render(
        "targets/setting/compare.mrkdwn.j2",
        card=card,
        n=n,
        finer=[n.period(piece.month) for piece in shown.finer] if shown else [],
        children=words.compared(n, shown.children, card.form.metric) if shown else None,
        parent=words.compared(n, shown.parent, card.form.metric, name(above)) if shown and shown.parent else None,
        credited=words.rounded(n, last.credited, card.form.metric) if last else "",
        before=words.rounded(n, last.target, card.form.metric) if last and last.target is not None else "",
        growth=words.growth(n, shown.amount, last.credited) if shown and last else None,
        told=[name(one) for one in card.told],
    )


def saved_modal(saved: Saved, look: Look) -> Modal:
    target = saved.target
    said = render(
        "targets/setting/saved.mrkdwn.j2",
        saved=saved,
        name=name(saved.name),
        amount=words.amount(look.n, target.amount, target.currency, target.metric.value),
        told=[name(one) for one in saved.told],
        n=look.n,
    )
    return Modal(TITLE, [section(said, id="saved")])


def changed_modal(changed: Changed, draft: Draft, look: Look) -> Modal:
    """Who set it meanwhile, from what to what, and whether to go on all the same."""
    mine, theirs, before = changed.mine, changed.theirs, changed.before
    said = partial(words.amount, look.n)
    metric = mine.metric.value
    shown = render(
        "targets/setting/changed.mrkdwn.j2",
        changed=changed,
        name=name(changed.name),
        set_by=name(changed.set_by) if changed.set_by else "",
        before=said(before.amount, before.currency, metric) if before else "",
        theirs=said(theirs.amount, theirs.currency, metric),
        mine=said(mine.amount, mine.currency, metric),
        n=look.n,
        zone=look.zone,
    )
    blocks = [section(shown, id="changed")]
    return Modal(TITLE, blocks, submit="Save mine", close="Cancel", callback=CONFIRM, metadata=metadata(draft))

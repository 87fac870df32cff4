"""The form with what it would do, and what is shown once it was sent; the words are in templates/requests/asking."""

from collections.abc import Callable, Mapping

from commands.kit import Block, Modal
from commands.kit.blocks import Control, actions, button, context, section
from commands.kit.inputs import checkboxes, day, field, menu, search, search_several, several, text
from commands.requests.asking import words
from commands.requests.asking.card import Card, typed_terms
from commands.requests.asking.form import CREDITED, KINDS, NEW_RULE, NOBODY, WITH_TERMS, TypedTerms
from commands.requests.submitting import Submitted
from domain.company import Metric
from domain.requests.model import RequestKind
from storage.drafts import Draft
from templates import name, render
from templates.numbers import Numbers

TITLE = "Request a change"
LIVE = "requests.live"
"""What the rest of the form follows; what comes after the colon is the field."""
LOOK, TERMS, SUBMIT = "requests.look", "requests.terms", "requests.submit"
REASON_MOST = 1000
MOST_PICKED = 100
KINDS_MENU = {kind.value: label for kind, label in KINDS.items()}
METRICS = {metric.value: metric.words.capitalize() for metric in Metric}


def form_modal(card: Card, draft: Draft, n: Numbers) -> Modal:
    """The whole form; blocks keep their ids, so that what was typed stays when it follows a choice."""
    form = card.form
    blocks = [
        field("kind", "What shall change", menu(_kinds(card), chosen=form.kind, action=f"{LIVE}:kind"), live=True),
        context(render("requests/asking/about.mrkdwn.j2", kind=form.kind), id="about"),
        *_FIELDS[form.of_kind](card),
        field("effective_on", "From which day on", _effective(card)),
        *(_terms(card, n) if form.of_kind in WITH_TERMS else ()),
        field(
            "reason",
            "Why",
            text(initial=form.reason, multiline=True, most=REASON_MOST, placeholder="Who decides reads it"),
        ),
        actions(button("Show preview", LOOK), id="look"),
        section(words.preview(card, n), id="preview"),
    ]
    return Modal(TITLE, blocks, submit="Send", close="Cancel", callback=SUBMIT, metadata=draft.id, follows=True)


def _kinds(card: Card) -> Mapping[str, str]:
    """All of them; of a request that is changed its own."""
    return {card.form.kind: KINDS_MENU[card.form.kind]} if card.request else KINDS_MENU


def _effective(card: Card) -> Control:
    """Another element for a cover: its day starts from another default."""
    shown = words.typed_day(card.form.effective_on)
    return day(initial=shown, action="cover" if card.form.of_kind is RequestKind.COVER else "day")


def _territory(card: Card, label: str) -> Block:
    found = search(f"{LIVE}:territory", chosen=card.territory, placeholder="Type a part of its name", least=0)
    return field("territory", label, found, live=True)


def _to(card: Card, label: str) -> Block:
    return field("to", label, search(f"{LIVE}:to", chosen=card.to, placeholder="Type a part of its name", least=0))


def _person(card: Card, label: str) -> Block:
    # Another element where nobody may be chosen, so that a client does not keep that for where it may not.
    action = f"{LIVE}:cover" if card.form.of_kind is RequestKind.COVER else f"{LIVE}:person"
    chosen = None if action.endswith("cover") and card.form.person == NOBODY else card.person
    return field("person", label, search(action, chosen=chosen, placeholder="Type a part of the name", least=0))


def _accounts(card: Card) -> list[Block]:
    """Picked one by one, and found by a rule."""
    action = f"{LIVE}:accounts.{card.form.territory}"
    pick = search_several(action, chosen=card.picked, placeholder="Type a name or a key", least=0, most=MOST_PICKED)
    rule = text(
        initial=card.form.by_rule, placeholder="industry = Retail; country = DE", most=1000, action=f"{LIVE}:by_rule"
    )
    blocks = [
        field(
            "accounts", "Accounts", pick, optional=True, hint="Pick some, or let a rule find them. Both go together."
        ),
        field("by_rule", "Accounts by a rule", rule, optional=True, live=True, hint=words.RULE_HINT),
    ]
    if card.found:
        blocks.append(
            context(render("requests/asking/found.mrkdwn.j2", count=card.found, by=card.found_by), id="found")
        )
    return blocks


def _move(card: Card) -> list[Block]:
    return [_territory(card, "From territory"), _to(card, "To territory"), *_accounts(card)]


def _rep(card: Card) -> list[Block]:
    return [_territory(card, "Territory"), _person(card, "Who shall hold it")]


def _cover(card: Card) -> list[Block]:
    credited = {CREDITED: "Deals that nobody owns count for them in that time"}
    chosen = [CREDITED] if card.form.credited else []
    return [
        _territory(card, "Territory"),
        _person(card, "Who stands in"),
        field("until", "Last day", day(initial=words.typed_day(card.form.until))),
        field("credited", "Credit", checkboxes(credited, chosen=chosen), optional=True),
    ]


def _boundary(card: Card) -> list[Block]:
    form = card.form
    choices = dict(card.rules) | {NEW_RULE: "A new rule"}
    chosen = form.rule if form.rule in choices else None
    blocks = [
        _territory(card, "Territory"),
        field(
            "rule",
            "Rule",
            menu(choices, chosen=chosen, placeholder="Choose", action=f"{LIVE}:rule.{form.territory}"),
            live=True,
        ),
    ]
    if chosen == NEW_RULE:
        blocks.append(field("rule_name", "Its name", text(initial=form.rule_name, most=180)))
    # Another element for each rule: it starts from that rule's conditions.
    typed = text(initial=form.conditions, multiline=True, most=2000, action=f"of.{(chosen or '')[:200]}")
    blocks.append(field("conditions", "What it takes", typed, optional=True, hint=words.CONDITIONS_HINT))
    return blocks


def _split(card: Card) -> list[Block]:
    return [
        _territory(card, "Territory"),
        field("name", "Name of the new territory", text(initial=card.form.name, most=100)),
        field("key", "Its key in the CRM", text(initial=card.form.key, most=100)),
        _person(card, "Who shall hold the new one"),
        *_accounts(card),
    ]


def _merge(card: Card) -> list[Block]:
    return [_territory(card, "Territory that ends"), _to(card, "Into territory")]


def _target(card: Card) -> list[Block]:
    form, currencies = card.form, {code: code for code in card.currencies}
    whom = search(f"{LIVE}:subject", chosen=card.subject, placeholder="A person, a territory or a team", least=0)
    amount = text(initial=form.amount, placeholder="1.2M, 250k or 1200000", most=40)
    blocks = [
        field("subject", "For whom", whom),
        field("period", "Period", menu(card.periods, chosen=form.period, placeholder="Choose")),
        field("metric", "What counts", menu(METRICS, chosen=form.metric, action=f"{LIVE}:metric"), live=True),
        field("amount", "New target", amount),
    ]
    if form.metric == Metric.REVENUE:
        blocks.append(field("currency", "Currency", menu(currencies, chosen=form.currency or card.currency)))
    return blocks


_FIELDS: Mapping[RequestKind, Callable[[Card], list[Block]]] = {
    RequestKind.MOVE: _move,
    RequestKind.REP: _rep,
    RequestKind.COVER: _cover,
    RequestKind.BOUNDARY: _boundary,
    RequestKind.SPLIT: _split,
    RequestKind.MERGE: _merge,
    RequestKind.TARGET: _target,
}


def _terms(card: Card, n: Numbers) -> list[Block]:
    """What goes along, in a sentence; opened, each part of it."""
    terms = card.form.terms
    said = section(words.terms(card, n), accessory=button("Hide terms" if terms else "Terms", TERMS), id="terms")
    return [said, *_open_terms(card, terms)] if terms else [said]


def _open_terms(card: Card, terms: TypedTerms) -> list[Block]:
    basis = {key: label for key, label in words.BASES.items() if card.form.of_kind is not RequestKind.REP}
    rules = {
        key: label
        for key, label in words.RULES.items()
        if key != "relieved" or card.form.of_kind is not RequestKind.REP
    }
    chosen = terms.target if terms.target in rules else None
    blocks = [field("terms_target", "The target of what is moved", menu(rules, chosen=chosen))]
    if basis:
        by = menu(basis, chosen=terms.basis, action=f"{LIVE}:basis")
        blocks.append(field("terms_basis", "How much of it, measured by", by, live=True))
        if terms.basis == "typed":
            amount = text(initial=terms.typed, placeholder="250k", most=40)
            blocks.append(field("terms_typed", f"Amount that moves ({card.currency})", amount))
    return [*blocks, *_hold_over(card, terms)]


def _hold_over(card: Card, terms: TypedTerms) -> list[Block]:
    stages = {stage: stage for stage in card.stages}
    blocks = [
        field(
            "terms_hold_until",
            "Open deals stay with who has them, up to",
            day(initial=words.typed_day(terms.hold_until)),
            optional=True,
            hint="Leave it empty and they go along at once.",
        )
    ]
    if stages:
        chosen = several(stages, chosen=terms.hold_stages, placeholder="All stages")
        blocks.append(field("terms_hold_stages", "Only those in", chosen, optional=True))
    least = text(initial=terms.hold_least, placeholder="50k", most=40)
    within = text(initial=terms.hold_within, placeholder="30", most=5)
    blocks.append(field("terms_hold_least", f"Only those of at least ({card.currency})", least, optional=True))
    blocks.append(field("terms_hold_within", "Only those that close within so many days", within, optional=True))
    return blocks


def opened_terms(card: Card) -> TypedTerms:
    """What the fields start from when somebody opens them."""
    return typed_terms(card.terms, card.currency)


def sent_modal(sent: Submitted, n: Numbers) -> Modal:
    said = render(
        "requests/asking/sent.mrkdwn.j2",
        number=sent.request.id,
        day=n.full_day(sent.request.effective_on),
        waits=[name(one) for one in sent.waits],
    )
    return Modal(TITLE, [section(said, id="sent")])

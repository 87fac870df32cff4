"""First schema."""

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:

    op.create_table(
        "workspaces",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("slug", sa.String(), nullable=False),
        sa.Column("slack_team_id", sa.String(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_workspaces")),
        sa.UniqueConstraint("slack_team_id", name=op.f("uq_workspaces_slack_team_id")),
        sa.UniqueConstraint("slug", name=op.f("uq_workspaces_slug")),
    )
    op.create_table(
        "accounts",
        sa.Column("workspace_id", sa.Integer(), nullable=False),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("key", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(["workspace_id"], ["workspaces.id"], name=op.f("fk_accounts_workspace_id")),
        sa.PrimaryKeyConstraint("workspace_id", "id", name=op.f("pk_accounts")),
        sqlite_with_rowid=False,
    )
    op.create_index(op.f("ix_accounts_workspace_id_key"), "accounts", ["workspace_id", "key"], unique=True)
    op.create_table(
        "activities",
        sa.Column("workspace_id", sa.Integer(), nullable=False),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("key", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(["workspace_id"], ["workspaces.id"], name=op.f("fk_activities_workspace_id")),
        sa.PrimaryKeyConstraint("workspace_id", "id", name=op.f("pk_activities")),
        sqlite_with_rowid=False,
    )
    op.create_index(op.f("ix_activities_workspace_id_key"), "activities", ["workspace_id", "key"], unique=True)
    op.create_table(
        "audit",
        sa.Column("workspace_id", sa.Integer(), nullable=False),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("by_person_id", sa.Integer(), nullable=True),
        sa.Column("via", sa.String(), nullable=False),
        sa.Column("action", sa.String(), nullable=False),
        sa.Column("subject_kind", sa.String(), nullable=False),
        sa.Column("subject_id", sa.Integer(), nullable=True),
        sa.Column("before", sa.Text(), nullable=True),
        sa.Column("after", sa.Text(), nullable=True),
        sa.Column("policy_version", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(["workspace_id"], ["workspaces.id"], name=op.f("fk_audit_workspace_id")),
        sa.PrimaryKeyConstraint("workspace_id", "id", name=op.f("pk_audit")),
        sqlite_with_rowid=False,
    )
    op.create_index(op.f("ix_audit_workspace_id_at"), "audit", ["workspace_id", "at"], unique=False)
    op.create_index(
        op.f("ix_audit_workspace_id_subject_kind_subject_id"),
        "audit",
        ["workspace_id", "subject_kind", "subject_id"],
        unique=False,
    )
    op.create_table(
        "courses",
        sa.Column("workspace_id", sa.Integer(), nullable=False),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("key", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(["workspace_id"], ["workspaces.id"], name=op.f("fk_courses_workspace_id")),
        sa.PrimaryKeyConstraint("workspace_id", "id", name=op.f("pk_courses")),
        sqlite_with_rowid=False,
    )
    op.create_index(op.f("ix_courses_workspace_id_key"), "courses", ["workspace_id", "key"], unique=True)
    op.create_table(
        "deals",
        sa.Column("workspace_id", sa.Integer(), nullable=False),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("key", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(["workspace_id"], ["workspaces.id"], name=op.f("fk_deals_workspace_id")),
        sa.PrimaryKeyConstraint("workspace_id", "id", name=op.f("pk_deals")),
        sqlite_with_rowid=False,
    )
    op.create_index(op.f("ix_deals_workspace_id_key"), "deals", ["workspace_id", "key"], unique=True)
    op.create_table(
        "holidays",
        sa.Column("workspace_id", sa.Integer(), nullable=False),
        sa.Column("rev_from", sa.Integer(), nullable=False),
        sa.Column("rev_to", sa.Integer(), nullable=False),
        sa.Column("calendar", sa.String(), nullable=False),
        sa.Column("on_day", sa.Date(), nullable=False),
        sa.Column("name", sa.String(), nullable=True),
        sa.ForeignKeyConstraint(["workspace_id"], ["workspaces.id"], name=op.f("fk_holidays_workspace_id")),
        sa.PrimaryKeyConstraint("workspace_id", "calendar", "on_day", "rev_from", name=op.f("pk_holidays")),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "import_runs",
        sa.Column("workspace_id", sa.Integer(), nullable=False),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("source", sa.String(), nullable=False),
        sa.Column("mapping", sa.String(), nullable=True),
        sa.Column("started_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("finished_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=True),
        sa.Column("report", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["workspace_id"], ["workspaces.id"], name=op.f("fk_import_runs_workspace_id")),
        sa.PrimaryKeyConstraint("workspace_id", "id", name=op.f("pk_import_runs")),
        sqlite_with_rowid=False,
    )
    op.create_index(
        op.f("ix_import_runs_workspace_id_finished_at"), "import_runs", ["workspace_id", "finished_at"], unique=False
    )
    op.create_table(
        "insights",
        sa.Column("workspace_id", sa.Integer(), nullable=False),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("key", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(["workspace_id"], ["workspaces.id"], name=op.f("fk_insights_workspace_id")),
        sa.PrimaryKeyConstraint("workspace_id", "id", name=op.f("pk_insights")),
        sqlite_with_rowid=False,
    )
    op.create_index(op.f("ix_insights_workspace_id_key"), "insights", ["workspace_id", "key"], unique=True)
    op.create_table(
        "installations",
        sa.Column("workspace_id", sa.Integer(), nullable=False),
        sa.Column("slack_team_id", sa.String(), nullable=False),
        sa.Column("bot_user_id", sa.String(), nullable=True),
        sa.Column("bot_token", sa.LargeBinary(), nullable=True),
        sa.Column("scopes", sa.String(), nullable=False),
        sa.Column("installed_by", sa.String(), nullable=True),
        sa.Column("installed_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["workspace_id"], ["workspaces.id"], name=op.f("fk_installations_workspace_id")),
        sa.PrimaryKeyConstraint("workspace_id", name=op.f("pk_installations")),
        sa.UniqueConstraint("slack_team_id", name=op.f("uq_installations_slack_team_id")),
    )
    op.create_table(
        "people",
        sa.Column("workspace_id", sa.Integer(), nullable=False),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("key", sa.String(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("email", sa.String(), nullable=True),
        sa.Column("slack_user_id", sa.String(), nullable=True),
        sa.ForeignKeyConstraint(["workspace_id"], ["workspaces.id"], name=op.f("fk_people_workspace_id")),
        sa.PrimaryKeyConstraint("workspace_id", "id", name=op.f("pk_people")),
        sqlite_with_rowid=False,
    )
    op.create_index(op.f("ix_people_workspace_id_email"), "people", ["workspace_id", "email"], unique=False)
    op.create_index(op.f("ix_people_workspace_id_key"), "people", ["workspace_id", "key"], unique=True)
    op.create_index(
        op.f("ix_people_workspace_id_slack_user_id"), "people", ["workspace_id", "slack_user_id"], unique=True
    )
    op.create_table(
        "pipeline",
        sa.Column("workspace_id", sa.Integer(), nullable=False),
        sa.Column("rev_from", sa.Integer(), nullable=False),
        sa.Column("rev_to", sa.Integer(), nullable=False),
        sa.Column("stage", sa.String(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("probability", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(["workspace_id"], ["workspaces.id"], name=op.f("fk_pipeline_workspace_id")),
        sa.PrimaryKeyConstraint("workspace_id", "stage", "rev_from", name=op.f("pk_pipeline")),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "ramps",
        sa.Column("workspace_id", sa.Integer(), nullable=False),
        sa.Column("rev_from", sa.Integer(), nullable=False),
        sa.Column("rev_to", sa.Integer(), nullable=False),
        sa.Column("profile", sa.String(), nullable=False),
        sa.Column("month", sa.Integer(), nullable=False),
        sa.Column("share", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["workspace_id"], ["workspaces.id"], name=op.f("fk_ramps_workspace_id")),
        sa.PrimaryKeyConstraint("workspace_id", "profile", "month", "rev_from", name=op.f("pk_ramps")),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "rates",
        sa.Column("workspace_id", sa.Integer(), nullable=False),
        sa.Column("rev_from", sa.Integer(), nullable=False),
        sa.Column("rev_to", sa.Integer(), nullable=False),
        sa.Column("currency", sa.String(), nullable=False),
        sa.Column("period", sa.String(), nullable=False),
        sa.Column("rate_e12", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(["workspace_id"], ["workspaces.id"], name=op.f("fk_rates_workspace_id")),
        sa.PrimaryKeyConstraint("workspace_id", "currency", "period", "rev_from", name=op.f("pk_rates")),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "revisions",
        sa.Column("workspace_id", sa.Integer(), nullable=False),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("by_person_id", sa.Integer(), nullable=True),
        sa.Column("cause", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(["workspace_id"], ["workspaces.id"], name=op.f("fk_revisions_workspace_id")),
        sa.PrimaryKeyConstraint("workspace_id", "id", name=op.f("pk_revisions")),
        sqlite_with_rowid=False,
    )
    op.create_index(op.f("ix_revisions_workspace_id_at"), "revisions", ["workspace_id", "at"], unique=False)
    op.create_table(
        "seasonality",
        sa.Column("workspace_id", sa.Integer(), nullable=False),
        sa.Column("rev_from", sa.Integer(), nullable=False),
        sa.Column("rev_to", sa.Integer(), nullable=False),
        sa.Column("profile", sa.String(), nullable=False),
        sa.Column("month", sa.Integer(), nullable=False),
        sa.Column("share", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["workspace_id"], ["workspaces.id"], name=op.f("fk_seasonality_workspace_id")),
        sa.PrimaryKeyConstraint("workspace_id", "profile", "month", "rev_from", name=op.f("pk_seasonality")),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "settings",
        sa.Column("workspace_id", sa.Integer(), nullable=False),
        sa.Column("rev_from", sa.Integer(), nullable=False),
        sa.Column("rev_to", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("value", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["workspace_id"], ["workspaces.id"], name=op.f("fk_settings_workspace_id")),
        sa.PrimaryKeyConstraint("workspace_id", "name", "rev_from", name=op.f("pk_settings")),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "targets",
        sa.Column("workspace_id", sa.Integer(), nullable=False),
        sa.Column("rev_from", sa.Integer(), nullable=False),
        sa.Column("rev_to", sa.Integer(), nullable=False),
        sa.Column("subject_kind", sa.String(), nullable=False),
        sa.Column("subject_id", sa.Integer(), nullable=False),
        sa.Column("period", sa.String(), nullable=False),
        sa.Column("metric", sa.String(), nullable=False),
        sa.Column("amount", sa.BigInteger(), nullable=False),
        sa.Column("currency", sa.String(), nullable=True),
        sa.Column("profile", sa.String(), nullable=True),
        sa.Column("state", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(["workspace_id"], ["workspaces.id"], name=op.f("fk_targets_workspace_id")),
        sa.PrimaryKeyConstraint(
            "workspace_id", "subject_kind", "subject_id", "period", "metric", "rev_from", name=op.f("pk_targets")
        ),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "teams",
        sa.Column("workspace_id", sa.Integer(), nullable=False),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("key", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(["workspace_id"], ["workspaces.id"], name=op.f("fk_teams_workspace_id")),
        sa.PrimaryKeyConstraint("workspace_id", "id", name=op.f("pk_teams")),
        sqlite_with_rowid=False,
    )
    op.create_index(op.f("ix_teams_workspace_id_key"), "teams", ["workspace_id", "key"], unique=True)
    op.create_table(
        "territories",
        sa.Column("workspace_id", sa.Integer(), nullable=False),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("key", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(["workspace_id"], ["workspaces.id"], name=op.f("fk_territories_workspace_id")),
        sa.PrimaryKeyConstraint("workspace_id", "id", name=op.f("pk_territories")),
        sqlite_with_rowid=False,
    )
    op.create_index(op.f("ix_territories_workspace_id_key"), "territories", ["workspace_id", "key"], unique=True)
    op.create_table(
        "absences",
        sa.Column("workspace_id", sa.Integer(), nullable=False),
        sa.Column("rev_from", sa.Integer(), nullable=False),
        sa.Column("rev_to", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("from_on", sa.Date(), nullable=False),
        sa.Column("to_on", sa.Date(), nullable=False),
        sa.Column("relief", sa.Integer(), nullable=False),
        sa.Column("delegate_id", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(
            ["workspace_id", "delegate_id"],
            ["people.workspace_id", "people.id"],
            name=op.f("fk_absences_workspace_id_delegate_id"),
        ),
        sa.ForeignKeyConstraint(
            ["workspace_id", "person_id"],
            ["people.workspace_id", "people.id"],
            name=op.f("fk_absences_workspace_id_person_id"),
        ),
        sa.ForeignKeyConstraint(["workspace_id"], ["workspaces.id"], name=op.f("fk_absences_workspace_id")),
        sa.PrimaryKeyConstraint("workspace_id", "person_id", "from_on", "rev_from", name=op.f("pk_absences")),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "account_versions",
        sa.Column("workspace_id", sa.Integer(), nullable=False),
        sa.Column("rev_from", sa.Integer(), nullable=False),
        sa.Column("rev_to", sa.Integer(), nullable=False),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("parent_id", sa.Integer(), nullable=True),
        sa.Column("industry", sa.String(), nullable=True),
        sa.Column("country", sa.String(), nullable=True),
        sa.Column("region", sa.String(), nullable=True),
        sa.Column("postal_code", sa.String(), nullable=True),
        sa.Column("latitude", sa.Float(), nullable=True),
        sa.Column("longitude", sa.Float(), nullable=True),
        sa.Column("employees", sa.Integer(), nullable=True),
        sa.Column("annual_revenue", sa.BigInteger(), nullable=True),
        sa.Column("potential", sa.BigInteger(), nullable=True),
        sa.Column("service_minutes", sa.Integer(), nullable=True),
        sa.Column("visits_per_year", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(
            ["workspace_id", "id"],
            ["accounts.workspace_id", "accounts.id"],
            name=op.f("fk_account_versions_workspace_id_id"),
        ),
        sa.ForeignKeyConstraint(
            ["workspace_id", "parent_id"],
            ["accounts.workspace_id", "accounts.id"],
            name=op.f("fk_account_versions_workspace_id_parent_id"),
        ),
        sa.ForeignKeyConstraint(["workspace_id"], ["workspaces.id"], name=op.f("fk_account_versions_workspace_id")),
        sa.PrimaryKeyConstraint("workspace_id", "id", "rev_from", name=op.f("pk_account_versions")),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "activity_versions",
        sa.Column("workspace_id", sa.Integer(), nullable=False),
        sa.Column("rev_from", sa.Integer(), nullable=False),
        sa.Column("rev_to", sa.Integer(), nullable=False),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("account_id", sa.Integer(), nullable=True),
        sa.Column("deal_id", sa.Integer(), nullable=True),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("on_day", sa.Date(), nullable=False),
        sa.Column("minutes", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(
            ["workspace_id", "account_id"],
            ["accounts.workspace_id", "accounts.id"],
            name=op.f("fk_activity_versions_workspace_id_account_id"),
        ),
        sa.ForeignKeyConstraint(
            ["workspace_id", "deal_id"],
            ["deals.workspace_id", "deals.id"],
            name=op.f("fk_activity_versions_workspace_id_deal_id"),
        ),
        sa.ForeignKeyConstraint(
            ["workspace_id", "id"],
            ["activities.workspace_id", "activities.id"],
            name=op.f("fk_activity_versions_workspace_id_id"),
        ),
        sa.ForeignKeyConstraint(
            ["workspace_id", "person_id"],
            ["people.workspace_id", "people.id"],
            name=op.f("fk_activity_versions_workspace_id_person_id"),
        ),
        sa.ForeignKeyConstraint(["workspace_id"], ["workspaces.id"], name=op.f("fk_activity_versions_workspace_id")),
        sa.PrimaryKeyConstraint("workspace_id", "id", "rev_from", name=op.f("pk_activity_versions")),
        sqlite_with_rowid=False,
    )
    op.create_index(
        op.f("ix_activity_versions_workspace_id_person_id_on_day"),
        "activity_versions",
        ["workspace_id", "person_id", "on_day"],
        unique=False,
    )
    op.create_table(
        "assignments",
        sa.Column("workspace_id", sa.Integer(), nullable=False),
        sa.Column("rev_from", sa.Integer(), nullable=False),
        sa.Column("rev_to", sa.Integer(), nullable=False),
        sa.Column("territory_id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("role", sa.String(), nullable=False),
        sa.Column("from_on", sa.Date(), nullable=False),
        sa.Column("to_on", sa.Date(), nullable=False),
        sa.Column("share", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(
            ["workspace_id", "person_id"],
            ["people.workspace_id", "people.id"],
            name=op.f("fk_assignments_workspace_id_person_id"),
        ),
        sa.ForeignKeyConstraint(
            ["workspace_id", "territory_id"],
            ["territories.workspace_id", "territories.id"],
            name=op.f("fk_assignments_workspace_id_territory_id"),
        ),
        sa.ForeignKeyConstraint(["workspace_id"], ["workspaces.id"], name=op.f("fk_assignments_workspace_id")),
        sa.PrimaryKeyConstraint(
            "workspace_id", "territory_id", "person_id", "role", "from_on", "rev_from", name=op.f("pk_assignments")
        ),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "costs",
        sa.Column("workspace_id", sa.Integer(), nullable=False),
        sa.Column("rev_from", sa.Integer(), nullable=False),
        sa.Column("rev_to", sa.Integer(), nullable=False),
        sa.Column("territory_id", sa.Integer(), nullable=False),
        sa.Column("month", sa.String(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("amount", sa.BigInteger(), nullable=False),
        sa.Column("currency", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(
            ["workspace_id", "territory_id"],
            ["territories.workspace_id", "territories.id"],
            name=op.f("fk_costs_workspace_id_territory_id"),
        ),
        sa.ForeignKeyConstraint(["workspace_id"], ["workspaces.id"], name=op.f("fk_costs_workspace_id")),
        sa.PrimaryKeyConstraint("workspace_id", "territory_id", "month", "kind", "rev_from", name=op.f("pk_costs")),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "course_versions",
        sa.Column("workspace_id", sa.Integer(), nullable=False),
        sa.Column("rev_from", sa.Integer(), nullable=False),
        sa.Column("rev_to", sa.Integer(), nullable=False),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("skill", sa.String(), nullable=True),
        sa.Column("level", sa.Integer(), nullable=True),
        sa.Column("minutes", sa.Integer(), nullable=True),
        sa.Column("valid_months", sa.Integer(), nullable=True),
        sa.Column("provider", sa.String(), nullable=True),
        sa.Column("link", sa.String(), nullable=True),
        sa.Column("prerequisites", sa.String(), nullable=True),
        sa.Column("confirmation", sa.String(), nullable=True),
        sa.ForeignKeyConstraint(
            ["workspace_id", "id"],
            ["courses.workspace_id", "courses.id"],
            name=op.f("fk_course_versions_workspace_id_id"),
        ),
        sa.ForeignKeyConstraint(["workspace_id"], ["workspaces.id"], name=op.f("fk_course_versions_workspace_id")),
        sa.PrimaryKeyConstraint("workspace_id", "id", "rev_from", name=op.f("pk_course_versions")),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "credits",
        sa.Column("workspace_id", sa.Integer(), nullable=False),
        sa.Column("id", sa.BigInteger(), nullable=False),
        sa.Column("rev", sa.Integer(), nullable=False),
        sa.Column("deal_id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=True),
        sa.Column("territory_id", sa.Integer(), nullable=True),
        sa.Column("owner_id", sa.Integer(), nullable=True),
        sa.Column("on_day", sa.Date(), nullable=False),
        sa.Column("share", sa.Integer(), nullable=False),
        sa.Column("amount", sa.BigInteger(), nullable=False),
        sa.Column("currency", sa.String(), nullable=False),
        sa.Column("base", sa.BigInteger(), nullable=False),
        sa.Column("rate_e12", sa.BigInteger(), nullable=False),
        sa.Column("rate_period", sa.String(), nullable=True),
        sa.Column("because", sa.String(), nullable=False),
        sa.Column("reverses_id", sa.BigInteger(), nullable=True),
        sa.ForeignKeyConstraint(
            ["workspace_id", "deal_id"],
            ["deals.workspace_id", "deals.id"],
            name=op.f("fk_credits_workspace_id_deal_id"),
        ),
        sa.ForeignKeyConstraint(
            ["workspace_id", "owner_id"],
            ["people.workspace_id", "people.id"],
            name=op.f("fk_credits_workspace_id_owner_id"),
        ),
        sa.ForeignKeyConstraint(
            ["workspace_id", "person_id"],
            ["people.workspace_id", "people.id"],
            name=op.f("fk_credits_workspace_id_person_id"),
        ),
        sa.ForeignKeyConstraint(
            ["workspace_id", "territory_id"],
            ["territories.workspace_id", "territories.id"],
            name=op.f("fk_credits_workspace_id_territory_id"),
        ),
        sa.ForeignKeyConstraint(["workspace_id"], ["workspaces.id"], name=op.f("fk_credits_workspace_id")),
        sa.PrimaryKeyConstraint("workspace_id", "id", name=op.f("pk_credits")),
        sqlite_with_rowid=False,
    )
    op.create_index(
        "ix_credits_day",
        "credits",
        ["workspace_id", "on_day", "kind", "rev", "person_id", "territory_id", "base"],
        unique=False,
    )
    op.create_index(
        "ix_credits_person",
        "credits",
        ["workspace_id", "person_id", "on_day", "kind", "rev", "base", "territory_id"],
        unique=False,
    )
    op.create_index(
        "ix_credits_territory",
        "credits",
        ["workspace_id", "territory_id", "on_day", "kind", "rev", "base", "person_id"],
        unique=False,
    )
    op.create_index(op.f("ix_credits_workspace_id_deal_id"), "credits", ["workspace_id", "deal_id"], unique=False)
    op.create_table(
        "deal_versions",
        sa.Column("workspace_id", sa.Integer(), nullable=False),
        sa.Column("rev_from", sa.Integer(), nullable=False),
        sa.Column("rev_to", sa.Integer(), nullable=False),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(), nullable=True),
        sa.Column("owner_id", sa.Integer(), nullable=True),
        sa.Column("account_id", sa.Integer(), nullable=True),
        sa.Column("territory_id", sa.Integer(), nullable=True),
        sa.Column("amount", sa.BigInteger(), nullable=True),
        sa.Column("currency", sa.String(), nullable=False),
        sa.Column("status", sa.String(), nullable=False),
        sa.Column("stage", sa.String(), nullable=True),
        sa.Column("type", sa.String(), nullable=True),
        sa.Column("forecast_category", sa.String(), nullable=True),
        sa.Column("created_on", sa.Date(), nullable=True),
        sa.Column("expected_close_on", sa.Date(), nullable=True),
        sa.Column("closed_on", sa.Date(), nullable=True),
        sa.Column("product", sa.String(), nullable=True),
        sa.Column("source", sa.String(), nullable=True),
        sa.Column("loss_reason", sa.String(), nullable=True),
        sa.Column("probability", sa.Integer(), nullable=True),
        sa.Column("recurring_amount", sa.BigInteger(), nullable=True),
        sa.Column("term_months", sa.Integer(), nullable=True),
        sa.Column("reverses_id", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(
            ["workspace_id", "account_id"],
            ["accounts.workspace_id", "accounts.id"],
            name=op.f("fk_deal_versions_workspace_id_account_id"),
        ),
        sa.ForeignKeyConstraint(
            ["workspace_id", "id"], ["deals.workspace_id", "deals.id"], name=op.f("fk_deal_versions_workspace_id_id")
        ),
        sa.ForeignKeyConstraint(
            ["workspace_id", "owner_id"],
            ["people.workspace_id", "people.id"],
            name=op.f("fk_deal_versions_workspace_id_owner_id"),
        ),
        sa.ForeignKeyConstraint(
            ["workspace_id", "reverses_id"],
            ["deals.workspace_id", "deals.id"],
            name=op.f("fk_deal_versions_workspace_id_reverses_id"),
        ),
        sa.ForeignKeyConstraint(
            ["workspace_id", "territory_id"],
            ["territories.workspace_id", "territories.id"],
            name=op.f("fk_deal_versions_workspace_id_territory_id"),
        ),
        sa.ForeignKeyConstraint(["workspace_id"], ["workspaces.id"], name=op.f("fk_deal_versions_workspace_id")),
        sa.PrimaryKeyConstraint("workspace_id", "id", "rev_from", name=op.f("pk_deal_versions")),
        sqlite_with_rowid=False,
    )
    op.create_index(
        op.f("ix_deal_versions_workspace_id_rev_from"), "deal_versions", ["workspace_id", "rev_from"], unique=False
    )
    op.create_table(
        "drafts",
        sa.Column("workspace_id", sa.Integer(), nullable=False),
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("content", sa.Text(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["workspace_id", "person_id"],
            ["people.workspace_id", "people.id"],
            name=op.f("fk_drafts_workspace_id_person_id"),
        ),
        sa.ForeignKeyConstraint(["workspace_id"], ["workspaces.id"], name=op.f("fk_drafts_workspace_id")),
        sa.PrimaryKeyConstraint("workspace_id", "id", name=op.f("pk_drafts")),
        sqlite_with_rowid=False,
    )
    op.create_index(op.f("ix_drafts_workspace_id_expires_at"), "drafts", ["workspace_id", "expires_at"], unique=False)
    op.create_index(
        op.f("ix_drafts_workspace_id_person_id_kind"), "drafts", ["workspace_id", "person_id", "kind"], unique=False
    )
    op.create_table(
        "import_refusals",
        sa.Column("workspace_id", sa.Integer(), nullable=False),
        sa.Column("run_id", sa.Integer(), nullable=False),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("file", sa.String(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("line", sa.Integer(), nullable=False),
        sa.Column("column", sa.String(), nullable=False),
        sa.Column("value", sa.Text(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["workspace_id", "run_id"],
            ["import_runs.workspace_id", "import_runs.id"],
            name=op.f("fk_import_refusals_workspace_id_run_id"),
        ),
        sa.ForeignKeyConstraint(["workspace_id"], ["workspaces.id"], name=op.f("fk_import_refusals_workspace_id")),
        sa.PrimaryKeyConstraint("workspace_id", "run_id", "id", name=op.f("pk_import_refusals")),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "insight_versions",
        sa.Column("workspace_id", sa.Integer(), nullable=False),
        sa.Column("rev_from", sa.Integer(), nullable=False),
        sa.Column("rev_to", sa.Integer(), nullable=False),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("department", sa.String(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("territory_id", sa.Integer(), nullable=True),
        sa.Column("account_id", sa.Integer(), nullable=True),
        sa.Column("author_id", sa.Integer(), nullable=False),
        sa.Column("text", sa.String(), nullable=False),
        sa.Column("created_on", sa.Date(), nullable=False),
        sa.Column("owner_id", sa.Integer(), nullable=True),
        sa.Column("due_on", sa.Date(), nullable=True),
        sa.Column("state", sa.String(), nullable=True),
        sa.Column("outcome", sa.String(), nullable=True),
        sa.ForeignKeyConstraint(
            ["workspace_id", "account_id"],
            ["accounts.workspace_id", "accounts.id"],
            name=op.f("fk_insight_versions_workspace_id_account_id"),
        ),
        sa.ForeignKeyConstraint(
            ["workspace_id", "author_id"],
            ["people.workspace_id", "people.id"],
            name=op.f("fk_insight_versions_workspace_id_author_id"),
        ),
        sa.ForeignKeyConstraint(
            ["workspace_id", "id"],
            ["insights.workspace_id", "insights.id"],
            name=op.f("fk_insight_versions_workspace_id_id"),
        ),
        sa.ForeignKeyConstraint(
            ["workspace_id", "owner_id"],
            ["people.workspace_id", "people.id"],
            name=op.f("fk_insight_versions_workspace_id_owner_id"),
        ),
        sa.ForeignKeyConstraint(
            ["workspace_id", "territory_id"],
            ["territories.workspace_id", "territories.id"],
            name=op.f("fk_insight_versions_workspace_id_territory_id"),
        ),
        sa.ForeignKeyConstraint(["workspace_id"], ["workspaces.id"], name=op.f("fk_insight_versions_workspace_id")),
        sa.PrimaryKeyConstraint("workspace_id", "id", "rev_from", name=op.f("pk_insight_versions")),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "needs",
        sa.Column("workspace_id", sa.Integer(), nullable=False),
        sa.Column("rev_from", sa.Integer(), nullable=False),
        sa.Column("rev_to", sa.Integer(), nullable=False),
        sa.Column("territory_id", sa.Integer(), nullable=False),
        sa.Column("skill", sa.String(), nullable=False),
        sa.Column("level", sa.Integer(), nullable=False),
        sa.Column("weight", sa.Float(), nullable=True),
        sa.ForeignKeyConstraint(
            ["workspace_id", "territory_id"],
            ["territories.workspace_id", "territories.id"],
            name=op.f("fk_needs_workspace_id_territory_id"),
        ),
        sa.ForeignKeyConstraint(["workspace_id"], ["workspaces.id"], name=op.f("fk_needs_workspace_id")),
        sa.PrimaryKeyConstraint("workspace_id", "territory_id", "skill", "rev_from", name=op.f("pk_needs")),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "open_shares",
        sa.Column("workspace_id", sa.Integer(), nullable=False),
        sa.Column("rev_from", sa.Integer(), nullable=False),
        sa.Column("rev_to", sa.Integer(), nullable=False),
        sa.Column("deal_id", sa.Integer(), nullable=False),
        sa.Column("part", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=True),
        sa.Column("territory_id", sa.Integer(), nullable=True),
        sa.Column("share", sa.Integer(), nullable=False),
        sa.Column("amount", sa.BigInteger(), nullable=True),
        sa.Column("currency", sa.String(), nullable=False),
        sa.Column("expected_close_on", sa.Date(), nullable=True),
        sa.Column("stage", sa.String(), nullable=True),
        sa.Column("forecast_category", sa.String(), nullable=True),
        sa.Column("probability", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(
            ["workspace_id", "deal_id"],
            ["deals.workspace_id", "deals.id"],
            name=op.f("fk_open_shares_workspace_id_deal_id"),
        ),
        sa.ForeignKeyConstraint(
            ["workspace_id", "person_id"],
            ["people.workspace_id", "people.id"],
            name=op.f("fk_open_shares_workspace_id_person_id"),
        ),
        sa.ForeignKeyConstraint(
            ["workspace_id", "territory_id"],
            ["territories.workspace_id", "territories.id"],
            name=op.f("fk_open_shares_workspace_id_territory_id"),
        ),
        sa.ForeignKeyConstraint(["workspace_id"], ["workspaces.id"], name=op.f("fk_open_shares_workspace_id")),
        sa.PrimaryKeyConstraint("workspace_id", "deal_id", "part", "rev_from", name=op.f("pk_open_shares")),
        sqlite_with_rowid=False,
    )
    op.create_index(
        "ix_open_shares_person", "open_shares", ["workspace_id", "person_id", "expected_close_on"], unique=False
    )
    op.create_index(
        "ix_open_shares_territory", "open_shares", ["workspace_id", "territory_id", "expected_close_on"], unique=False
    )
    op.create_table(
        "person_versions",
        sa.Column("workspace_id", sa.Integer(), nullable=False),
        sa.Column("rev_from", sa.Integer(), nullable=False),
        sa.Column("rev_to", sa.Integer(), nullable=False),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("role", sa.String(), nullable=False),
        sa.Column("timezone", sa.String(), nullable=True),
        sa.Column("hired_on", sa.Date(), nullable=True),
        sa.Column("left_on", sa.Date(), nullable=True),
        sa.Column("ramp", sa.String(), nullable=True),
        sa.Column("latitude", sa.Float(), nullable=True),
        sa.Column("longitude", sa.Float(), nullable=True),
        sa.ForeignKeyConstraint(
            ["workspace_id", "id"],
            ["people.workspace_id", "people.id"],
            name=op.f("fk_person_versions_workspace_id_id"),
        ),
        sa.ForeignKeyConstraint(["workspace_id"], ["workspaces.id"], name=op.f("fk_person_versions_workspace_id")),
        sa.PrimaryKeyConstraint("workspace_id", "id", "rev_from", name=op.f("pk_person_versions")),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "pins",
        sa.Column("workspace_id", sa.Integer(), nullable=False),
        sa.Column("rev_from", sa.Integer(), nullable=False),
        sa.Column("rev_to", sa.Integer(), nullable=False),
        sa.Column("account_id", sa.Integer(), nullable=False),
        sa.Column("from_on", sa.Date(), nullable=False),
        sa.Column("to_on", sa.Date(), nullable=False),
        sa.Column("territory_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["workspace_id", "account_id"],
            ["accounts.workspace_id", "accounts.id"],
            name=op.f("fk_pins_workspace_id_account_id"),
        ),
        sa.ForeignKeyConstraint(
            ["workspace_id", "territory_id"],
            ["territories.workspace_id", "territories.id"],
            name=op.f("fk_pins_workspace_id_territory_id"),
        ),
        sa.ForeignKeyConstraint(["workspace_id"], ["workspaces.id"], name=op.f("fk_pins_workspace_id")),
        sa.PrimaryKeyConstraint("workspace_id", "account_id", "from_on", "rev_from", name=op.f("pk_pins")),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "plans",
        sa.Column("workspace_id", sa.Integer(), nullable=False),
        sa.Column("rev_from", sa.Integer(), nullable=False),
        sa.Column("rev_to", sa.Integer(), nullable=False),
        sa.Column("territory_id", sa.Integer(), nullable=False),
        sa.Column("period", sa.String(), nullable=False),
        sa.Column("item", sa.String(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("owner_id", sa.Integer(), nullable=True),
        sa.Column("due_on", sa.Date(), nullable=True),
        sa.Column("status", sa.String(), nullable=True),
        sa.Column("progress", sa.Integer(), nullable=True),
        sa.Column("metric", sa.String(), nullable=True),
        sa.Column("goal", sa.Float(), nullable=True),
        sa.Column("budget", sa.BigInteger(), nullable=True),
        sa.Column("note", sa.String(), nullable=True),
        sa.ForeignKeyConstraint(
            ["workspace_id", "owner_id"],
            ["people.workspace_id", "people.id"],
            name=op.f("fk_plans_workspace_id_owner_id"),
        ),
        sa.ForeignKeyConstraint(
            ["workspace_id", "territory_id"],
            ["territories.workspace_id", "territories.id"],
            name=op.f("fk_plans_workspace_id_territory_id"),
        ),
        sa.ForeignKeyConstraint(["workspace_id"], ["workspaces.id"], name=op.f("fk_plans_workspace_id")),
        sa.PrimaryKeyConstraint("workspace_id", "territory_id", "period", "item", "rev_from", name=op.f("pk_plans")),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "reporting",
        sa.Column("workspace_id", sa.Integer(), nullable=False),
        sa.Column("rev_from", sa.Integer(), nullable=False),
        sa.Column("rev_to", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("from_on", sa.Date(), nullable=False),
        sa.Column("to_on", sa.Date(), nullable=False),
        sa.Column("manager_id", sa.Integer(), nullable=True),
        sa.Column("team_id", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(
            ["workspace_id", "manager_id"],
            ["people.workspace_id", "people.id"],
            name=op.f("fk_reporting_workspace_id_manager_id"),
        ),
        sa.ForeignKeyConstraint(
            ["workspace_id", "person_id"],
            ["people.workspace_id", "people.id"],
            name=op.f("fk_reporting_workspace_id_person_id"),
        ),
        sa.ForeignKeyConstraint(
            ["workspace_id", "team_id"],
            ["teams.workspace_id", "teams.id"],
            name=op.f("fk_reporting_workspace_id_team_id"),
        ),
        sa.ForeignKeyConstraint(["workspace_id"], ["workspaces.id"], name=op.f("fk_reporting_workspace_id")),
        sa.PrimaryKeyConstraint("workspace_id", "person_id", "from_on", "rev_from", name=op.f("pk_reporting")),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "rules",
        sa.Column("workspace_id", sa.Integer(), nullable=False),
        sa.Column("rev_from", sa.Integer(), nullable=False),
        sa.Column("rev_to", sa.Integer(), nullable=False),
        sa.Column("territory_id", sa.Integer(), nullable=False),
        sa.Column("rule", sa.String(), nullable=False),
        sa.Column("dimension", sa.String(), nullable=False),
        sa.Column("value", sa.String(), nullable=False),
        sa.Column("from_on", sa.Date(), nullable=False),
        sa.Column("to_on", sa.Date(), nullable=False),
        sa.ForeignKeyConstraint(
            ["workspace_id", "territory_id"],
            ["territories.workspace_id", "territories.id"],
            name=op.f("fk_rules_workspace_id_territory_id"),
        ),
        sa.ForeignKeyConstraint(["workspace_id"], ["workspaces.id"], name=op.f("fk_rules_workspace_id")),
        sa.PrimaryKeyConstraint("workspace_id", "territory_id", "rule", "dimension", "rev_from", name=op.f("pk_rules")),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "skills",
        sa.Column("workspace_id", sa.Integer(), nullable=False),
        sa.Column("rev_from", sa.Integer(), nullable=False),
        sa.Column("rev_to", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("skill", sa.String(), nullable=False),
        sa.Column("source", sa.String(), nullable=False),
        sa.Column("level", sa.Integer(), nullable=False),
        sa.Column("on_day", sa.Date(), nullable=True),
        sa.Column("valid_to", sa.Date(), nullable=True),
        sa.ForeignKeyConstraint(
            ["workspace_id", "person_id"],
            ["people.workspace_id", "people.id"],
            name=op.f("fk_skills_workspace_id_person_id"),
        ),
        sa.ForeignKeyConstraint(["workspace_id"], ["workspaces.id"], name=op.f("fk_skills_workspace_id")),
        sa.PrimaryKeyConstraint("workspace_id", "person_id", "skill", "source", "rev_from", name=op.f("pk_skills")),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "splits",
        sa.Column("workspace_id", sa.Integer(), nullable=False),
        sa.Column("rev_from", sa.Integer(), nullable=False),
        sa.Column("rev_to", sa.Integer(), nullable=False),
        sa.Column("deal_id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("share", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["workspace_id", "deal_id"], ["deals.workspace_id", "deals.id"], name=op.f("fk_splits_workspace_id_deal_id")
        ),
        sa.ForeignKeyConstraint(
            ["workspace_id", "person_id"],
            ["people.workspace_id", "people.id"],
            name=op.f("fk_splits_workspace_id_person_id"),
        ),
        sa.ForeignKeyConstraint(["workspace_id"], ["workspaces.id"], name=op.f("fk_splits_workspace_id")),
        sa.PrimaryKeyConstraint("workspace_id", "deal_id", "person_id", "kind", "rev_from", name=op.f("pk_splits")),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "stages",
        sa.Column("workspace_id", sa.Integer(), nullable=False),
        sa.Column("rev_from", sa.Integer(), nullable=False),
        sa.Column("rev_to", sa.Integer(), nullable=False),
        sa.Column("deal_id", sa.Integer(), nullable=False),
        sa.Column("stage", sa.String(), nullable=False),
        sa.Column("entered_on", sa.Date(), nullable=False),
        sa.ForeignKeyConstraint(
            ["workspace_id", "deal_id"], ["deals.workspace_id", "deals.id"], name=op.f("fk_stages_workspace_id_deal_id")
        ),
        sa.ForeignKeyConstraint(["workspace_id"], ["workspaces.id"], name=op.f("fk_stages_workspace_id")),
        sa.PrimaryKeyConstraint("workspace_id", "deal_id", "stage", "entered_on", "rev_from", name=op.f("pk_stages")),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "team_versions",
        sa.Column("workspace_id", sa.Integer(), nullable=False),
        sa.Column("rev_from", sa.Integer(), nullable=False),
        sa.Column("rev_to", sa.Integer(), nullable=False),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("parent_id", sa.Integer(), nullable=True),
        sa.Column("lead_id", sa.Integer(), nullable=True),
        sa.Column("channel", sa.String(), nullable=True),
        sa.ForeignKeyConstraint(
            ["workspace_id", "id"], ["teams.workspace_id", "teams.id"], name=op.f("fk_team_versions_workspace_id_id")
        ),
        sa.ForeignKeyConstraint(
            ["workspace_id", "lead_id"],
            ["people.workspace_id", "people.id"],
            name=op.f("fk_team_versions_workspace_id_lead_id"),
        ),
        sa.ForeignKeyConstraint(
            ["workspace_id", "parent_id"],
            ["teams.workspace_id", "teams.id"],
            name=op.f("fk_team_versions_workspace_id_parent_id"),
        ),
        sa.ForeignKeyConstraint(["workspace_id"], ["workspaces.id"], name=op.f("fk_team_versions_workspace_id")),
        sa.PrimaryKeyConstraint("workspace_id", "id", "rev_from", name=op.f("pk_team_versions")),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "territory_versions",
        sa.Column("workspace_id", sa.Integer(), nullable=False),
        sa.Column("rev_from", sa.Integer(), nullable=False),
        sa.Column("rev_to", sa.Integer(), nullable=False),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("parent_id", sa.Integer(), nullable=True),
        sa.Column("team_id", sa.Integer(), nullable=True),
        sa.Column("channel", sa.String(), nullable=True),
        sa.Column("potential", sa.BigInteger(), nullable=True),
        sa.Column("currency", sa.String(), nullable=True),
        sa.ForeignKeyConstraint(
            ["workspace_id", "id"],
            ["territories.workspace_id", "territories.id"],
            name=op.f("fk_territory_versions_workspace_id_id"),
        ),
        sa.ForeignKeyConstraint(
            ["workspace_id", "parent_id"],
            ["territories.workspace_id", "territories.id"],
            name=op.f("fk_territory_versions_workspace_id_parent_id"),
        ),
        sa.ForeignKeyConstraint(
            ["workspace_id", "team_id"],
            ["teams.workspace_id", "teams.id"],
            name=op.f("fk_territory_versions_workspace_id_team_id"),
        ),
        sa.ForeignKeyConstraint(["workspace_id"], ["workspaces.id"], name=op.f("fk_territory_versions_workspace_id")),
        sa.PrimaryKeyConstraint("workspace_id", "id", "rev_from", name=op.f("pk_territory_versions")),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "training",
        sa.Column("workspace_id", sa.Integer(), nullable=False),
        sa.Column("rev_from", sa.Integer(), nullable=False),
        sa.Column("rev_to", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("course_id", sa.Integer(), nullable=False),
        sa.Column("completed_on", sa.Date(), nullable=False),
        sa.Column("minutes", sa.Integer(), nullable=True),
        sa.Column("score", sa.Float(), nullable=True),
        sa.Column("mentor_id", sa.Integer(), nullable=True),
        sa.Column("notes", sa.String(), nullable=True),
        sa.ForeignKeyConstraint(
            ["workspace_id", "course_id"],
            ["courses.workspace_id", "courses.id"],
            name=op.f("fk_training_workspace_id_course_id"),
        ),
        sa.ForeignKeyConstraint(
            ["workspace_id", "mentor_id"],
            ["people.workspace_id", "people.id"],
            name=op.f("fk_training_workspace_id_mentor_id"),
        ),
        sa.ForeignKeyConstraint(
            ["workspace_id", "person_id"],
            ["people.workspace_id", "people.id"],
            name=op.f("fk_training_workspace_id_person_id"),
        ),
        sa.ForeignKeyConstraint(["workspace_id"], ["workspaces.id"], name=op.f("fk_training_workspace_id")),
        sa.PrimaryKeyConstraint(
            "workspace_id", "person_id", "course_id", "completed_on", "rev_from", name=op.f("pk_training")
        ),
        sqlite_with_rowid=False,
    )

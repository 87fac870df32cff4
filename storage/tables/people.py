"""People, teams and who reported to whom on which day."""

from datetime import date

from storage.tables.base import ALWAYS, OPEN_END, Identified, Versioned, args


class Person(Identified, table=True):
    """The one row with a person's name, e-mail and Slack id, so that erasing a person touches nothing else."""

    __tablename__ = "people"
    __table_args__ = args("id", unique=[("key",), ("slack_user_id",)], index=[("email",)])

    name: str
    email: str | None = None
    slack_user_id: str | None = None


class PersonVersion(Versioned, table=True):
    __tablename__ = "person_versions"
    __table_args__ = args("id", "rev_from", refs=[("id", "people")])

    id: int
    role: str
    timezone: str | None = None
    hired_on: date | None = None
    left_on: date | None = None
    ramp: str | None = None
    latitude: float | None = None
    longitude: float | None = None


class Team(Identified, table=True):
    __tablename__ = "teams"
    __table_args__ = args("id", unique=[("key",)])


class TeamVersion(Versioned, table=True):
    __tablename__ = "team_versions"
    __table_args__ = args("id", "rev_from", refs=[("id", "teams"), ("parent_id", "teams"), ("lead_id", "people")])

    id: int
    name: str
    parent_id: int | None = None
    lead_id: int | None = None
    channel: str | None = None


class Reporting(Versioned, table=True):
    """Whom a person reports to and in which team, from `from_on` up to, not including, `to_on`."""

    __tablename__ = "reporting"
    __table_args__ = args(
        "person_id",
        "from_on",
        "rev_from",
        refs=[("person_id", "people"), ("manager_id", "people"), ("team_id", "teams")],
    )

    person_id: int
    from_on: date = ALWAYS
    to_on: date = OPEN_END
    manager_id: int | None = None
    team_id: int | None = None


class Absence(Versioned, table=True):
    """Days away; `to_on` is the last day. `relief` is the share of the target that is lifted, in millionths."""

    __tablename__ = "absences"
    __table_args__ = args("person_id", "from_on", "rev_from", refs=[("person_id", "people"), ("delegate_id", "people")])

    person_id: int
    from_on: date
    to_on: date
    relief: int = 0
    delegate_id: int | None = None


class Ramp(Versioned, table=True):
    """The share of a full target (millionths) that a new hire carries in each month since hire, from 0."""

    __tablename__ = "ramps"
    __table_args__ = args("profile", "month", "rev_from")

    profile: str
    month: int
    share: int


class Skill(Versioned, table=True):
    __tablename__ = "skills"
    __table_args__ = args("person_id", "skill", "source", "rev_from", refs=[("person_id", "people")])

    person_id: int
    skill: str
    source: str
    level: int
    on_day: date | None = None
    valid_to: date | None = None


class Course(Identified, table=True):
    __tablename__ = "courses"
    __table_args__ = args("id", unique=[("key",)])


class CourseVersion(Versioned, table=True):
    __tablename__ = "course_versions"
    __table_args__ = args("id", "rev_from", refs=[("id", "courses")])

    id: int
    name: str
    kind: str
    skill: str | None = None
    level: int | None = None
    minutes: int | None = None
    valid_months: int | None = None
    provider: str | None = None
    link: str | None = None
    prerequisites: str | None = None
    confirmation: str | None = None


class Training(Versioned, table=True):
    __tablename__ = "training"
    __table_args__ = args(
        "person_id",
        "course_id",
        "completed_on",
        "rev_from",
        refs=[("person_id", "people"), ("course_id", "courses"), ("mentor_id", "people")],
    )

    person_id: int
    course_id: int
    completed_on: date
    minutes: int | None = None
    score: float | None = None
    mentor_id: int | None = None
    notes: str | None = None

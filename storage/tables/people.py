"""People and teams, and what somebody looks at."""

from datetime import date, datetime

from sqlalchemy import Index, Text
from sqlmodel import Field, SQLModel

from storage.tables.columns import UtcDateTime, table_of


class PersonRow(SQLModel, table=True):
    """Somebody Slack knows. `active` is false for a deactivated account."""

    __tablename__ = "person"

    slack_id: str = Field(primary_key=True)
    name: str = Field(sa_type=Text)
    email: str | None = Field(default=None, index=True)
    zone: str = "UTC"
    active: bool = True
    bot: bool = False
    admin: bool = False
    guest: bool = False
    stranger: bool = False
    seen_at: datetime = Field(sa_type=UtcDateTime)


class Team(SQLModel, table=True):
    """Every team an artifact ever named, so that a scope can be checked and completed."""

    __tablename__ = "team"

    name: str = Field(primary_key=True)


class TeamMember(SQLModel, table=True):
    """That somebody is in a team, or left it on that day: what they own there has no owner then."""

    __tablename__ = "team_member"
    __table_args__ = (Index("team_member_person", "person", "left_on"),)

    team: str = Field(primary_key=True)
    person: str = Field(primary_key=True)
    left_on: date | None = None


class HomeView(SQLModel, table=True):
    """Who has opened their Home tab, which is kept fresh from then on, at the page they turned to.

    A page is named by the last row of the one before; the first one by none.
    """

    __tablename__ = "home_view"
    __table_args__ = (Index("home_view_opened", "opened_at"),)

    person: str = Field(primary_key=True)
    opened_at: datetime = Field(sa_type=UtcDateTime)
    after_priority: int | None = None
    after_id: int | None = None


PERSON = table_of(PersonRow)
TEAM = table_of(Team)
TEAM_MEMBER = table_of(TeamMember)
HOME_VIEW = table_of(HomeView)

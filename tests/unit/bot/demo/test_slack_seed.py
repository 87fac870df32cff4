"""The local workspace has the same people as the company, and some who are in neither role."""

from bot.demo.company import LEFT, OPS, PARTNER, slack_seed

USER_KEYS = {
    "id", "name", "real_name", "email", "tz", "locale", "is_restricted", "is_ultra_restricted", "team_id", "deleted",
    "role_label",
}  # fmt: skip


def test_users_are_the_people(company, today):
    users = {user["id"]: user for user in slack_seed(today)["users"]}
    for row in company["people"]:
        if row["slack_user_id"]:
            user = users[row["slack_user_id"]]
            assert (user["email"], user["real_name"]) == (row["email"], row["name"])
    emails = {user["email"] for user in users.values()}
    assert {row["email"] for row in company["people"]} <= emails
    assert {row["slack_user_id"] for row in company["people"]} & {""}


def test_every_user_has_the_whole_schema(today):
    users = slack_seed(today)["users"]
    assert all(user.keys() == USER_KEYS for user in users)
    assert len({user["id"] for user in users}) == len(users) == 64


def test_outsiders_are_not_in_people(company, today):
    known = {row["email"] for row in company["people"]}
    others = [user for user in slack_seed(today)["users"] if user["email"] not in known]
    assert [user["is_restricted"] for user in others] == [True, False, False, False]
    assert [user["deleted"] for user in others] == [False, True, False, False]
    assert [user["team_id"] for user in others] == ["T0001", "T0001", "T0999", "T0001"]


def test_who_left_is_deactivated_and_in_no_channel(today):
    seed = slack_seed(today)
    (gone,) = (user for user in seed["users"] if user["name"] == LEFT)
    assert gone["deleted"]
    assert all(gone["id"] not in channel["members"] for channel in seed["channels"])


def test_channels_and_their_members(company, today):
    seed = slack_seed(today)
    channels = {channel["name"]: channel for channel in seed["channels"]}
    assert list(channels) == ["general", "americas", "europe", "asia-pacific", "sales-managers"]
    assert [name for name, channel in channels.items() if channel["is_private"]] == ["sales-managers"]
    ids = {user["id"] for user in seed["users"]}
    assert all(ids >= set(channel["members"]) for channel in channels.values())
    assert all(len(set(channel["members"])) == len(channel["members"]) for channel in channels.values())
    by_name = {user["name"]: user["id"] for user in seed["users"]}
    assert by_name[OPS] in channels["sales-managers"]["members"]
    assert by_name[PARTNER] not in channels["sales-managers"]["members"]


def test_team_channels_exist(company, today):
    ids = {channel["id"] for channel in slack_seed(today)["channels"]}
    assert {row["channel"] for row in company["teams"]} - {""} <= ids


def test_the_seed_is_the_same_each_time(today):
    assert slack_seed(today) == slack_seed(today)

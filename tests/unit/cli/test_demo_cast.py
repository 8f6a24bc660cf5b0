"""The demo's customers and users fit the rules of the services that will own them."""

from __future__ import annotations

import re

from cli.demo import cast
from services.identity.domain.credentials import check_password, check_username
from services.identity.domain.customers import Product, told
from services.identity.domain.users import Role, roles_of
from services.mobile.domain.numbers import mobile_number
from services.mobile.domain.products import PRODUCTS
from services.pbx.domain.numbers import fixed_number

STAFF = [cast.OPERATOR_STAFF, cast.PARTNER_STAFF]
USERS = [*STAFF, *(user for customer in cast.CUSTOMERS for user in customer.users)]
FACTS = [cast.PARTNER_FACTS, *(customer.facts for customer in cast.CUSTOMERS)]
NUMBERS = [number for customer in cast.CUSTOMERS for number in customer.numbers]
SUBSCRIPTIONS = [one for customer in cast.CUSTOMERS for one in customer.subscriptions]


def test_usernames_and_passwords_pass_identitys_rules() -> None:
    for user in USERS:
        check_username(user.username)
        check_password(user.password, username=user.username, shortest=12)
    assert len({user.username for user in USERS}) == len(USERS)


def test_each_customer_has_somebody_with_all_roles_and_somebody_with_few() -> None:
    for customer in cast.CUSTOMERS:
        most, least = customer.users[0], customer.users[-1]
        assert roles_of(most.roles) == tuple(Role)
        assert len(roles_of(least.roles)) <= 2


def test_staff_manage_the_people_of_their_own_company() -> None:
    assert [roles_of(user.roles) for user in STAFF] == [(Role.USER_MANAGEMENT,)] * 2


def test_what_is_known_of_the_companies_passes_identitys_rules_as_it_is_written() -> None:
    for facts in FACTS:
        kept = told(facts.told())
        assert (kept["kvk"], kept["vat_number"]) == (facts.kvk, facts.vat_number)
        assert kept["address"].postcode == facts.postcode
        assert facts.kvk.startswith("0000"), "nobody's"
    assert len({facts.kvk for facts in FACTS}) == len(FACTS)


def test_two_of_the_customers_are_the_partners() -> None:
    assert [customer.partners for customer in cast.CUSTOMERS].count(True) == 2


def test_a_login_fits_the_line_that_up_prints() -> None:
    assert max(len(user.username) for user in USERS) <= 12
    assert max(len(user.password) for user in USERS) <= 20


def test_fixed_numbers_are_in_the_demos_ranges_and_belong_to_one() -> None:
    assert len(set(NUMBERS)) == len(NUMBERS)
    for number in NUMBERS:
        assert fixed_number(number) == number
        assert any(first <= number <= last for first, last in cast.RANGES)


def test_subscriptions_have_a_product_a_number_and_a_sim_of_their_own() -> None:
    assert len({one.number for one in SUBSCRIPTIONS}) == len(SUBSCRIPTIONS)
    assert len({one.sim_number for one in SUBSCRIPTIONS}) == len(SUBSCRIPTIONS)
    for one in SUBSCRIPTIONS:
        assert mobile_number(one.number) == one.number
        assert one.product in PRODUCTS
        assert re.fullmatch(r"89[0-9]{17,18}", one.sim_number)


def test_who_has_subscriptions_has_the_product_and_the_other_way_round() -> None:
    for customer in cast.CUSTOMERS:
        assert ("mobile" in customer.products) == bool(customer.subscriptions)
        assert set(customer.products) <= set(Product)


def test_shares_of_all_usage_add_up() -> None:
    assert round(sum(customer.size for customer in cast.CUSTOMERS), 6) == 1

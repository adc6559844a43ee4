"""The rules that the code of services and shared packages follows.

A rule is a function that takes a package and returns what breaks it, one line each. A service's ``tests/contracts/test_rules.py`` holds
it to those of services; the repository's own ``tests/contracts/test_rules.py`` holds the shared packages to those of every package.
"""

from collections.abc import Callable
from typing import Final

from testing.rules import ownership, purity, revisions, sending, shape, sql, vocabulary
from testing.rules.package import Package

__all__ = ["OF_A_SERVICE", "OF_EVERY_PACKAGE", "Package", "Rule"]

Rule = Callable[[Package], list[str]]

OF_EVERY_PACKAGE: Final[tuple[Rule, ...]] = (
    shape.modules_have_at_most_four_hundred_lines,
    shape.no_two_modules_are_taken_for_each_other,
    shape.modules_are_named_by_what_is_in_them,
    vocabulary.no_public_name_has_a_word_that_the_glossary_replaces,
    vocabulary.no_label_has_a_word_that_the_glossary_replaces,
    vocabulary.each_exception_of_the_words_is_still_used,
    vocabulary.every_table_class_ends_in_row,
    vocabulary.public_docstrings_name_the_domain_errors_that_are_raised,
)

OF_A_SERVICE: Final[tuple[Rule, ...]] = (
    *OF_EVERY_PACKAGE,
    shape.no_module_stands_beside_the_capabilities,
    shape.capabilities_have_at_most_ten_files_in_one_folder,
    shape.no_init_of_a_capability_has_more_than_it,
    purity.schemas_and_modules_of_other_names_are_pure,
    purity.the_edges_alone_read_the_clock,
    shape.files_of_a_capability_use_only_those_before_them,
    shape.no_capability_uses_another_ones_tables_or_edges,
    shape.a_module_of_another_capability_has_its_owner_in_its_name,
    shape.routes_and_handlers_know_no_tables,
    shape.capabilities_use_of_the_chassis_what_is_for_them,
    shape.the_edge_alone_begins_transactions_and_main_reads_settings,
    shape.http_is_decided_at_the_edge_alone,
    sending.only_edges_call_a_function_that_sends,
    sending.what_is_sent_is_named_where_it_is_sent,
    sending.a_function_named_send_names_no_message,
    ownership.statements_write_tables_of_their_own_capability,
    ownership.use_cases_alone_write,
    ownership.rows_are_changed_in_use_cases_alone,
    ownership.a_capability_changes_rows_of_its_own_tables,
    ownership.rows_of_other_capabilities_are_left_as_they_are,
    ownership.tables_have_one_name_and_are_reached_by_it,
    ownership.the_base_of_tables_has_no_sql,
    sql.sql_that_writes_stands_in_use_cases_and_tables,
    sql.no_capability_writes_another_ones_tables,
    sql.no_capability_reads_another_ones_tables,
    sql.no_capability_names_another_ones_table_to_sqlalchemy,
    sql.what_is_published_is_read_by_another_capability,
    revisions.revisions_state_their_ddl_and_take_nothing_from_the_code,
    revisions.revisions_are_numbered_in_their_order,
    revisions.revisions_leave_the_time_for_locks_to_the_run,
)

"""The judge sees each kind of broken promise, and no broken promise where there is none."""

import pytest

from tests.support.checker import Checker, Verdict

CLEAN = Verdict(lost=(), doubled=(), ghosts=(), disordered=())


def _sent(checker: Checker, *texts: str, author: str = "alice", reader: str = "bob") -> None:
    for text in texts:
        checker.asked(author, reader, text)
        checker.promised(author, reader, text)


def _shown(checker: Checker, *texts: str, author: str = "alice", reader: str = "bob") -> None:
    for text in texts:
        checker.shown(author, reader, text)


def test_what_is_shown_once_in_order_is_clean() -> None:
    checker = Checker()
    _sent(checker, "1", "2", "3")
    _sent(checker, "1", "2", author="bob", reader="alice")
    assert checker.outstanding == 5
    _shown(checker, "1", "2", "3")
    _shown(checker, "1", "2", author="bob", reader="alice")
    assert (checker.outstanding, checker.verdict(), checker.verdict().clean) == (0, CLEAN, True)


def test_what_was_promised_and_not_shown_is_lost() -> None:
    checker = Checker()
    _sent(checker, "1", "2", "3")
    _shown(checker, "1", "3")
    assert checker.verdict() == Verdict(lost=(("alice", "bob", "2"),), doubled=(), ghosts=(), disordered=())
    assert not checker.verdict().clean


def test_what_is_shown_to_somebody_else_is_lost_and_a_ghost() -> None:
    checker = Checker()
    _sent(checker, "1")
    _shown(checker, "1", reader="carol")
    found = checker.verdict()
    assert (found.lost, found.ghosts) == ((("alice", "bob", "1"),), (("alice", "carol", "1"),))


def test_what_is_shown_twice_is_doubled_and_not_out_of_order() -> None:
    checker = Checker()
    _sent(checker, "1", "2")
    _shown(checker, "1", "2", "1")
    assert checker.verdict() == Verdict(lost=(), doubled=(("alice", "bob", "1"),), ghosts=(), disordered=())


def test_what_nobody_asked_for_is_a_ghost() -> None:
    checker = Checker()
    _sent(checker, "1")
    _shown(checker, "1", "boo")
    assert checker.verdict() == Verdict(lost=(), doubled=(), ghosts=(("alice", "bob", "boo"),), disordered=())


def test_what_is_shown_after_a_later_one_is_out_of_order() -> None:
    checker = Checker()
    _sent(checker, "1", "2", "3", "4")
    _shown(checker, "1", "4", "2", "3")
    late = (("alice", "bob", "2"), ("alice", "bob", "3"))
    assert checker.verdict() == Verdict(lost=(), doubled=(), ghosts=(), disordered=late)


@pytest.mark.parametrize("arrives", [True, False])
def test_what_was_asked_and_never_answered_may_arrive_or_not(arrives: bool) -> None:
    checker = Checker()
    checker.asked("alice", "bob", "cut off by a crash")
    _sent(checker, "after it")
    _shown(checker, *(["cut off by a crash"] if arrives else []), "after it")
    assert checker.verdict() == CLEAN


def test_the_judge_refuses_a_story_that_cannot_be_judged() -> None:
    checker = Checker()
    _sent(checker, "1")
    with pytest.raises(ValueError, match="asked for '1' before"):
        checker.asked("alice", "bob", "1")
    with pytest.raises(ValueError, match="never asked for '2'"):
        checker.promised("alice", "bob", "2")


def test_an_author_rolled_back_promises_only_what_his_backup_holds() -> None:
    checker = Checker()
    _sent(checker, "old, not delivered yet")
    backup = checker.backup("alice")
    _sent(checker, "delivered since", "only in the lost store")
    _shown(checker, "old, not delivered yet", "delivered since")
    checker.restored(backup)
    assert checker.verdict() == CLEAN


def test_an_author_rolled_back_still_owes_what_his_backup_holds() -> None:
    checker = Checker()
    _sent(checker, "old, not delivered yet")
    checker.restored(checker.backup("alice"))
    assert checker.verdict().lost == (("alice", "bob", "old, not delivered yet"),)


def test_a_reader_rolled_back_is_shown_again_what_came_since() -> None:
    checker = Checker()
    _sent(checker, "1", "2")
    _shown(checker, "1")
    backup = checker.backup("bob")
    _shown(checker, "2")
    _sent(checker, "hello", author="carol")
    _shown(checker, "hello", author="carol")
    checker.restored(backup)
    assert checker.outstanding == 2
    _shown(checker, "2")
    _shown(checker, "hello", author="carol")
    assert checker.verdict() == CLEAN
    _shown(checker, "1")
    assert checker.verdict().doubled == (("alice", "bob", "1"),)


def test_a_backup_does_not_change_with_what_comes_later() -> None:
    checker = Checker()
    _sent(checker, "1")
    backup = checker.backup("bob")
    _shown(checker, "1")
    checker.restored(backup)
    _shown(checker, "1")
    checker.restored(backup)
    assert checker.outstanding == 1


def test_what_was_taken_back_must_not_arrive() -> None:
    checker = Checker()
    _sent(checker, "1", "2")
    checker.withdrawn("alice", "bob", "1")
    _shown(checker, "2")
    assert (checker.outstanding, checker.verdict()) == (0, CLEAN)
    _shown(checker, "1")
    assert checker.verdict().ghosts == (("alice", "bob", "1"),)


def test_what_somebody_wanted_to_take_back_may_arrive_or_not() -> None:
    checker = Checker()
    _sent(checker, "1")
    checker.excused("alice", "bob", "1")
    assert checker.verdict() == CLEAN
    _shown(checker, "1")
    assert checker.verdict() == CLEAN


def test_an_author_rolled_back_to_before_he_took_it_back_owes_it_again() -> None:
    checker = Checker()
    _sent(checker, "1")
    backup = checker.backup("alice")
    checker.withdrawn("alice", "bob", "1")
    checker.restored(backup)
    _shown(checker, "1")
    assert checker.verdict() == CLEAN


def test_friends_who_part_owe_each_other_nothing_more() -> None:
    checker = Checker()
    _sent(checker, "1", "2")
    _sent(checker, "3", author="bob", reader="alice")
    _shown(checker, "1")
    checker.parted("bob", "alice")
    assert (checker.outstanding, checker.verdict()) == (0, CLEAN)
    _sent(checker, "4")
    assert checker.verdict().lost == (("alice", "bob", "4"),)


def test_an_edit_may_bring_its_text_late_but_must_bring_it() -> None:
    checker = Checker()
    _sent(checker, "1", "2", "3")
    checker.edited("alice", "bob", "1")
    _shown(checker, "2", "1", "3")
    assert checker.verdict() == CLEAN

    _sent(checker, "4")
    checker.edited("alice", "bob", "4")
    assert checker.verdict().lost == (("alice", "bob", "4"),)

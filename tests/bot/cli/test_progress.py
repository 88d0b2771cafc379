"""Long work is seen on a terminal and silent everywhere else."""

from io import StringIO

from bot.cli.progress import Progress


class Screen(StringIO):
    def isatty(self) -> bool:
        return True


def test_a_terminal_sees_how_far_it_has_come_and_a_clean_line_at_the_end() -> None:
    screen = Screen()
    with Progress(screen, "rows") as progress:
        progress(499)
        progress(2_000)
        progress(4_000, 5_000)
    assert "499" not in screen.getvalue()
    assert "\r2,000 rows" in screen.getvalue()
    assert "\r4,000 of 5,000 rows" in screen.getvalue()
    assert screen.getvalue().endswith("\r")
    assert screen.getvalue().split("\r")[-2].strip() == ""


def test_a_pipe_sees_nothing() -> None:
    pipe = StringIO()
    with Progress(pipe, "rows") as progress:
        progress(2_000)
    assert pipe.getvalue() == ""

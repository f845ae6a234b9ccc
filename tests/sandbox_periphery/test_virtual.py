from __future__ import annotations

from datetime import timedelta

from sandbox.virtual import START, VirtualClock, run_virtually


def test_years_pass_a_month_at_a_time() -> None:
    month = timedelta(days=31)

    async def main(clock: VirtualClock) -> None:
        for _ in range(48):
            await clock.sleep(month.total_seconds())
        assert clock.now() - START == 48 * month

    run_virtually(main)


def test_a_short_sleep_ends_after_years() -> None:
    async def main(clock: VirtualClock) -> None:
        await clock.sleep(timedelta(days=4000).total_seconds())
        await clock.sleep(1e-6)
        await clock.sleep(0.25)

    run_virtually(main)

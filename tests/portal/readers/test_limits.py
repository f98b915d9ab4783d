from portal.config import Config
from portal.readers.limits import ReadLimits


def test_limits_follow_the_settings() -> None:
    config = Config.from_environ({"PORTAL_MAX_UPLOAD_MB": "7", "PORTAL_READER_CPU_SECONDS": "9"})
    limits = ReadLimits.from_config(config)
    assert (limits.max_upload_mb, limits.reader_memory_mb, limits.reader_cpu_seconds) == (7, 4096, 9)


def test_wall_clock_leaves_room_for_a_busy_machine() -> None:
    limits = ReadLimits(max_upload_mb=1, reader_memory_mb=512, reader_cpu_seconds=10)
    assert limits.wall_seconds >= 3 * limits.reader_cpu_seconds

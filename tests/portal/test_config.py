import dataclasses
from pathlib import Path

import pytest

from portal.config import Config, is_loopback, parse_bind, role_of, variables
from portal.errors import ConfigError

KEY = "k" * 40


def read(tmp_path: Path, **environ: str) -> Config:
    return Config.from_environ({"PORTAL_INSTANCE": str(tmp_path), **environ})


def test_nothing_set_is_the_embedded_sample_city_on_loopback(tmp_path: Path) -> None:
    config = read(tmp_path)
    assert config.embedded
    assert (config.city, config.bind_host, config.bind_port) == ("sample", "127.0.0.1", 8000)
    assert config.demo_accounts
    assert not config.behind_tls
    assert config.basemap == "roads"
    assert config.policy_path.name == "city.toml"
    assert config.secret_key == ""


def test_reading_depends_on_the_argument_alone(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PORTAL_CITY", "elsewhere")
    assert read(tmp_path).city == "sample"


def test_config_is_frozen(tmp_path: Path) -> None:
    with pytest.raises(dataclasses.FrozenInstanceError):
        read(tmp_path).city = "other"  # type: ignore[misc]


def test_an_existing_database_may_have_one_role_or_two(tmp_path: Path) -> None:
    one = read(tmp_path, PORTAL_DATABASE_URL="postgresql+psycopg://web@db/atlas")
    assert one.database_url == one.owner_database_url == "postgresql://web@db/atlas"
    two = read(
        tmp_path,
        PORTAL_DATABASE_URL="postgres://web@db/atlas",
        PORTAL_OWNER_DATABASE_URL="postgresql://own%40er:x@db/atlas",
    )
    assert not two.embedded
    assert two.owner_database_url is not None
    assert role_of(two.owner_database_url) == "own@er"


def test_the_kept_secret_key_is_read_and_a_stated_one_wins(tmp_path: Path) -> None:
    (tmp_path / "secret_key").write_text(f"{KEY}\n")
    assert read(tmp_path).secret_key == KEY
    assert read(tmp_path, PORTAL_SECRET_KEY="s" * 32).secret_key == "s" * 32


def test_behind_a_proxy_cookies_are_secure_and_demo_accounts_off(tmp_path: Path) -> None:
    config = read(tmp_path, PORTAL_PROXY_HOPS="1")
    assert config.behind_tls
    assert not config.demo_accounts


def test_off_loopback_with_tls_has_no_demo_accounts(tmp_path: Path) -> None:
    config = read(tmp_path, PORTAL_BIND="0.0.0.0:8443", PORTAL_BEHIND_TLS="yes")
    assert (config.bind_host, config.bind_port) == ("0.0.0.0", 8443)
    assert not config.demo_accounts


def test_the_basemap_follows_what_is_configured(tmp_path: Path) -> None:
    tiles = tmp_path / "city.pmtiles"
    tiles.touch()
    assert read(tmp_path, PORTAL_PMTILES=str(tiles)).basemap == "pmtiles"
    assert read(tmp_path, PORTAL_TIANDITU_KEY="abc").basemap == "tianditu"
    assert read(tmp_path, PORTAL_TIANDITU_KEY="abc", PORTAL_BASEMAP="None").basemap == "none"


@pytest.mark.parametrize(
    ("variable", "value"),
    [
        ("PORTAL_DATABASE_URL", "mysql://db/atlas"),
        ("PORTAL_OWNER_DATABASE_URL", "postgresql://owner@db/atlas"),
        ("PORTAL_CITY", "Shen Zhen"),
        ("PORTAL_CITY", "x'; drop"),
        ("PORTAL_CITY", "sample_restoring"),
        ("PORTAL_POLICY", "/no/such/city.toml"),
        ("PORTAL_PMTILES", "/no/such/file"),
        ("PORTAL_BIND", "8000"),
        ("PORTAL_BIND", "127.0.0.1:99999"),
        ("PORTAL_BIND", "0.0.0.0:8000"),
        ("PORTAL_DEMO_ACCOUNTS", "perhaps"),
        ("PORTAL_BEHIND_TLS", "2"),
        ("PORTAL_PROXY_HOPS", "-1"),
        ("PORTAL_BASEMAP", "google"),
        ("PORTAL_BASEMAP", "pmtiles"),
        ("PORTAL_BASEMAP", "tianditu"),
        ("PORTAL_LOG_LEVEL", "loud"),
        ("PORTAL_MAX_UPLOAD_MB", "0"),
        ("PORTAL_MAX_UPLOAD_MB", "9" * 5000),
        ("PORTAL_POLICY", "x" * 5000),
        ("PORTAL_READER_MEMORY_MB", "12"),
        ("PORTAL_READER_CPU_SECONDS", "1.5"),
        ("PORTAL_SECRET_KEY", "short"),
    ],
)
def test_a_wrong_value_names_its_variable_and_a_remedy(tmp_path: Path, variable: str, value: str) -> None:
    with pytest.raises(ConfigError) as caught:
        read(tmp_path, **{variable: value})
    assert variable in caught.value.message
    assert caught.value.remedy


@pytest.mark.parametrize(
    "url",
    ["postgresql://a:b@h:12x/d", "postgresql://a:geheim%zz@h/d", "postgresql://a:geheim@h/d?sslmod=require"],
)
def test_a_broken_url_is_named_without_its_password(tmp_path: Path, url: str) -> None:
    with pytest.raises(ConfigError, match="PORTAL_DATABASE_URL") as caught:
        read(tmp_path, PORTAL_DATABASE_URL=url)
    assert "geheim" not in caught.value.message


def test_a_key_that_cannot_be_read_is_told(tmp_path: Path) -> None:
    (tmp_path / "secret_key").write_bytes(b"\xff" * 40)
    with pytest.raises(ConfigError, match="secret_key cannot be read"):
        read(tmp_path)


def test_demo_accounts_cannot_be_forced_on_in_the_open(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="PORTAL_DEMO_ACCOUNTS"):
        read(
            tmp_path,
            PORTAL_BIND="0.0.0.0:8443",
            PORTAL_BEHIND_TLS="1",
            PORTAL_DEMO_ACCOUNTS="1",
        )


def test_bind_and_loopback_know_ipv6() -> None:
    assert parse_bind("[::1]:8000") == ("::1", 8000)
    assert is_loopback("::1")
    assert is_loopback("localhost")
    assert not is_loopback("portal.example")


def test_each_field_has_its_variable() -> None:
    assert set(variables()) == {field.name for field in dataclasses.fields(Config)}
    assert all(name.startswith("PORTAL_") for name in variables().values())

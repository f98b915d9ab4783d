"""The application factory: wiring only."""

from __future__ import annotations

import os

from flask import Flask
from flask_babel import Babel
from flask_compress import Compress
from flask_wtf.csrf import CSRFProtect
from sqlalchemy import Engine
from werkzeug.middleware.proxy_fix import ProxyFix

from portal import catalogues, cluster, logs
from portal.actions.accounts import LOGIN_LASTS
from portal.config import ROOT, Config
from portal.db import SessionFactory, make_engine, make_session_factory
from portal.services import Services
from portal.tianditu import Tianditu
from portal.views.accounts import login as accounts
from portal.views.registry import BLUEPRINTS
from portal.web import assets, formats, guard, headers, languages, problems, rail, sizes, watch


def create_app(
    config: Config | None = None, *, engine: Engine | None = None, sessions: SessionFactory | None = None
) -> Flask:
    """Return the portal, wired to ``config`` (the environment's when None).

    Parameters
    ----------
    config
        Settings; the embedded cluster's URLs are filled in where none are given.
    engine, sessions
        Database to use instead of the configured one; tests inject theirs.
    """
    config = config or cluster.resolve(Config.from_environ(os.environ))
    if engine is None:
        engine = make_engine(str(config.database_url))
    app = Flask("portal", root_path=str(ROOT), template_folder="templates", static_folder="static")
    app.config.update(_flask_settings(config))
    app.extensions["atlas"] = Services(
        config, engine, sessions or make_session_factory(engine), Tianditu(config.tianditu_key)
    )
    logs.set_up(config.log_level)
    if config.proxy_hops:
        hops = config.proxy_hops
        app.wsgi_app = ProxyFix(app.wsgi_app, x_for=hops, x_proto=hops, x_host=hops)  # type: ignore[method-assign]
    _install(app)
    return app


def _install(app: Flask) -> None:
    watch.install(app)
    Babel(app, locale_selector=languages.select_language)
    sizes.install(app)  # before what reads bodies
    CSRFProtect(app)
    Compress(app)
    accounts.install_login(app)
    problems.install(app)
    headers.install(app)
    assets.install(app)
    formats.install(app)
    rail.install(app)
    for blueprint in BLUEPRINTS:
        app.register_blueprint(blueprint)
    guard.install(app)


def _flask_settings(config: Config) -> dict[str, object]:
    return {
        "SECRET_KEY": config.secret_key,
        "MAX_CONTENT_LENGTH": 2 * 1024 * 1024,
        "MAX_FORM_MEMORY_SIZE": 1024 * 1024,
        "SESSION_COOKIE_NAME": "atlas",
        "SESSION_COOKIE_HTTPONLY": True,
        "SESSION_COOKIE_SAMESITE": "Lax",
        "SESSION_COOKIE_SECURE": config.behind_tls,
        "PERMANENT_SESSION_LIFETIME": LOGIN_LASTS,
        # From the login on: renewing it would put the cookie into every answer, also those that caches share.
        "SESSION_REFRESH_EACH_REQUEST": False,
        "SEND_FILE_MAX_AGE_DEFAULT": 365 * 24 * 3600,
        "WTF_CSRF_TIME_LIMIT": None,
        "WTF_CSRF_SSL_STRICT": config.behind_tls,
        "BABEL_DEFAULT_LOCALE": "zh",
        "BABEL_TRANSLATION_DIRECTORIES": str(catalogues.compile_catalogues(config.instance_dir)),
        "COMPRESS_MIMETYPES": [
            "text/html",
            "text/css",
            "text/javascript",
            "application/json",
            "application/geo+json",
            "application/problem+json",
            "application/vnd.mapbox-vector-tile",
            "image/svg+xml",
        ],
        "COMPRESS_ALGORITHM": ["br", "gzip"],
        "COMPRESS_BR_LEVEL": 4,
        "COMPRESS_LEVEL": 5,
    }

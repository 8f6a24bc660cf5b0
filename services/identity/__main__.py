"""``python -m services.identity``: run the service until SIGTERM."""

from shared.process import run  # isort: skip  (first: it patches the standard library for eventlet)

if __name__ == "__main__":
    run("services.identity.entrypoints:IdentityService")

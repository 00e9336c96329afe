"""The web UI's server: Flask on gevent, one JSON interface, one event stream."""

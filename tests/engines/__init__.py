"""One night on every engine, compared: ``make engines``. No part of ``make test``."""

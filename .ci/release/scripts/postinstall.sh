#!/bin/sh
# Nothing is started by an installation: there are no settings yet. A newer version takes the place of one that runs.
set -e
if [ -d "$DPKG_ROOT/run/systemd/system" ]; then
  systemctl daemon-reload
  systemctl try-restart tawkproxy.service
fi

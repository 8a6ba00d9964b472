#!/bin/sh
# "purge" is dpkg's word for: with all that was kept.
set -e
if [ "$1" = purge ]; then
  rm -rf "$DPKG_ROOT/var/lib/tawkproxy" "$DPKG_ROOT/var/lib/private/tawkproxy" "$DPKG_ROOT/etc/tawkproxy"
fi
if [ -d "$DPKG_ROOT/run/systemd/system" ]; then
  systemctl daemon-reload
fi

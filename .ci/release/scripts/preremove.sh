#!/bin/sh
# dpkg says "remove" and rpm the number of versions that stay; both call this for an upgrade, too, which stops nothing.
set -e
if [ -d "$DPKG_ROOT/run/systemd/system" ] && { [ "$1" = remove ] || [ "$1" = 0 ]; }; then
  systemctl disable --now tawkproxy.service
fi

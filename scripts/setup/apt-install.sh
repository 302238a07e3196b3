#!/bin/sh
# Installs Debian packages without letting their services start: a cluster starts its own redis-server and nginx on
# free ports, and system services on 6379 and 80 would surprise the owner of the machine.
# usage (as root): sh apt-install.sh PACKAGE...
set -eu
export DEBIAN_FRONTEND=noninteractive

# invoke-rc.d and deb-systemd-invoke ask this file; 101 means "do not start".
policy=/usr/sbin/policy-rc.d
restore() {
  rm -f "$policy"
  if [ -e "$policy.before-roost" ]; then mv "$policy.before-roost" "$policy"; fi
}
trap restore EXIT
trap 'exit 130' INT TERM HUP
if [ -e "$policy" ]; then mv "$policy" "$policy.before-roost"; fi
printf '#!/bin/sh\nexit 101\n' >"$policy"
chmod 755 "$policy"

install() {
  apt-get install -qq -y --no-install-recommends -o Dpkg::Use-Pty=0 "$@" >/dev/null
}

# The package lists are absent in fresh containers and outdated on old machines; an update is needed only then.
if ! install "$@" 2>/dev/null; then
  echo "[setup] reading the package lists (apt-get update)" >&2
  apt-get update -qq
  install "$@"
fi

# Not at the next boot either.
if [ -d /run/systemd/system ]; then
  for package in "$@"; do systemctl disable --quiet "$package" || true; done
fi

#!/bin/sh
# debian-chroot.sh [FOLDER [COMMAND…]]: does a fresh clone work on a bare Debian 12? Makes a minimal
# bookworm system in FOLDER with debootstrap (kept as FOLDER.tar for the next time), clones HEAD into
# it and runs the commands there: the README's two unless told otherwise. Needs root and the network;
# uses the mirror and the apt settings of this machine.
set -eu
root=${1:-/var/tmp/cytoscribe-bookworm}
[ $# -eq 0 ] || shift
[ $# -gt 0 ] || set -- './dev run' './dev test'
source=$(cd "$(dirname "$0")/../.." && pwd)
mirror=$(sed -n 's/^URIs: *//p; s/^deb *\(\[[^]]*\] *\)*\(http[^ ]*\).*/\2/p' \
  /etc/apt/sources.list /etc/apt/sources.list.d/*.sources 2>/dev/null | grep -v security | head -n 1)
mirror=${mirror:-http://deb.debian.org/debian}

fail() { echo "debian-chroot: $*" >&2; exit 1; }
[ "$(id -u)" = 0 ] || fail "needs root"
umount "$root/dev/pts" "$root/proc" 2>/dev/null || true
if grep -q " $root/" /proc/mounts; then fail "something is still mounted in $root"; fi

if [ ! -f "$root.tar" ]; then
  rm -rf "$root"
  debootstrap --variant=minbase bookworm "$root" "$mirror"
  tar -C "$root" -cf "$root.tar" .
fi
rm -rf "$root"
mkdir -p "$root"
tar -C "$root" -xf "$root.tar"

# What makes this machine's network work, and nothing else.
cp /etc/resolv.conf "$root/etc/resolv.conf"
for setting in /etc/apt/apt.conf /etc/apt/apt.conf.d/*; do
  if grep -qsE '^Acquire' "$setting"; then cp "$setting" "$root/etc/apt/apt.conf.d/"; fi
done

mkdir -p "$root/home"
git clone -q "file://$source" "$root/home/cytoscribe"
mount -t proc proc "$root/proc"
mkdir -p "$root/dev/pts"
mount -t devpts -o newinstance,ptmxmode=0666 devpts "$root/dev/pts"
ln -sf pts/ptmx "$root/dev/ptmx"
trap 'umount "$root/dev/pts" "$root/proc"' EXIT
for command in "$@"; do
  echo "debian-chroot: $command"
  env -i HOME=/root TERM=dumb PATH=/usr/sbin:/usr/bin:/sbin:/bin \
    http_proxy="${http_proxy:-}" https_proxy="${https_proxy:-}" \
    chroot "$root" sh -c "cd /home/cytoscribe && $command" </dev/null
done

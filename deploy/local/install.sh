#!/bin/sh
# Install packages on Debian or Ubuntu so that nothing system-wide starts: not now, not at the next boot.
#
# Usage, as root: install.sh PACKAGE...
# Two files stand in the way of the packages' own start-up while apt runs. Both are gone afterwards,
# and a policy that was there before is back.
set -eu

policy=/usr/sbin/policy-rc.d
policy_before=$policy.before-holdfast
clusters=/etc/postgresql-common/createcluster.d
no_cluster=$clusters/holdfast.conf

put_back() {
    rm -f "$policy" "$no_cluster"
    if [ -e "$policy_before" ]; then mv "$policy_before" "$policy"; fi
    rmdir --ignore-fail-on-non-empty "$clusters" 2>/dev/null || true
}
trap put_back EXIT
trap 'exit 130' INT TERM HUP

if [ -e "$policy" ] && [ ! -e "$policy_before" ]; then mv "$policy" "$policy_before"; fi
printf '#!/bin/sh\nexit 101\n' >"$policy"
chmod 755 "$policy"
mkdir -p "$clusters"
echo 'create_main_cluster = false' >"$no_cluster"

units="$*"
case " $units " in *" etcd-server "*) units="$units etcd" ;; esac
if ! command -v epmd >/dev/null; then units="$units epmd.socket epmd.service"; fi

export DEBIAN_FRONTEND=noninteractive
apt-get -o DPkg::Lock::Timeout=300 -qq update
packages=
for package; do
    # Ubuntu has only the browser with windows.
    if [ "$package" = chromium-headless-shell ] && ! apt-cache show "$package" >/dev/null 2>&1; then package=chromium; fi
    packages="$packages $package"
done
# shellcheck disable=SC2086 # names of packages
apt-get -o DPkg::Lock::Timeout=300 -qq -y --no-install-recommends install $packages

# A broker that starts at the next boot would be a surprise as well.
if command -v systemctl >/dev/null; then
    for unit in $units; do systemctl --quiet disable "$unit" 2>/dev/null || true; done
fi

#!/bin/bash
# What building (build), running (run) or testing (test, test-full) drydock needs of the system: installs the packages that are missing,
# and says in one sentence what it can't provide. Silent when nothing is missing, and then it needs neither root nor network.
set -euo pipefail
cd "$(dirname "$0")/.."
purpose=${1:-build}

fail() { echo "drydock: $*" >&2; exit 1; }

case "$purpose" in
    build | run | test | test-full) ;;
    *) fail "usage: Scripts/deps.sh build|run|test|test-full" ;;
esac

[ "$(uname -s)" = Linux ] || fail "drydock makes containers with Linux's own means and runs on Linux only (this is $(uname -s)): use a Linux machine or a virtual one"
if [ "$purpose" = run ] && [ "$(id -u)" -ne 0 ]; then
    fail "making containers needs root, and this is $(id -un): call 'sudo make run' (with 'sudo env PATH=\"\$PATH\" make run' if swift is not found then)"
fi

packages=(
    libarchive-dev libseccomp-dev libreadline-dev libdeflate-dev libisal-dev libcurl4-openssl-dev libssl-dev libnftables-dev pkg-config
    libc6-dev binutils      # libc.a for the static shim; strip
    busybox-static bash-static  # what the lab images are made of
    kmod                    # modprobe overlay
)
[ "$purpose" != test ] || packages+=(strace python3 curl iproute2 nftables docker-registry skopeo apache2-utils openssl)
[ "$purpose" != test-full ] || packages+=(debootstrap curl)

missing=()
for package in "${packages[@]}"; do
    # pkgconf took pkg-config's place in newer releases and provides its command.
    [ "$package" = pkg-config ] && command -v pkg-config >/dev/null && continue
    status=$(dpkg -s "$package" 2>/dev/null || true)
    [[ $status == *"Status: install ok installed"* ]] || missing+=("$package")
done

if [ ${#missing[@]} -gt 0 ]; then
    command -v apt-get >/dev/null \
        || fail "these libraries and tools are missing, and without apt they can't be installed from here: ${missing[*]} (Debian's names): install them and call make again"
    [ "$(id -u)" -eq 0 ] \
        || fail "these packages are missing and only root can install them: call 'sudo apt-get install ${missing[*]}' and then make again"
    echo "drydock: installing ${missing[*]}" >&2
    log=$(mktemp)
    trap 'rm -f "$log"' EXIT
    install() { DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends "${missing[@]}"; }
    # A package list that is there may be good enough; a fresh machine has none.
    { install || { apt-get update -qq && install; }; } >"$log" 2>&1 \
        || { tail -n 5 "$log" >&2; fail "apt could not install ${missing[*]} (its last words are above): check /etc/apt/sources.list and the network, and call make again"; }
fi

. Scripts/toolchain.sh

if [ "$purpose" = run ]; then
    if ! grep -qw overlay /proc/filesystems && ! modprobe overlay 2>/dev/null && ! grep -qw overlay /proc/filesystems; then
        fail "this kernel ($(uname -r)) has no overlayfs, on which images and containers are layered: load its module ('modprobe overlay') or use a kernel with CONFIG_OVERLAY_FS"
    fi
    for namespace in mnt pid uts ipc net; do
        [ -e /proc/self/ns/$namespace ] || fail "this kernel ($(uname -r)) has no $namespace namespaces, which containers are made of: use a kernel with namespaces built in"
    done
fi

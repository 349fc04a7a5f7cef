#!/bin/bash
# drydock on a machine where every controller is cgroup v2: Debian's cloud kernel under qemu (software emulation), booted into a memory
# file system that holds the built programs. Installs qemu and fetches the kernel's package; some 30 seconds after that.
set -euo pipefail
cd "$(dirname "$0")/../.."
bin=${DRYDOCK_BIN:-.build/release}
work=$PWD/.build/cgroup-v2
mkdir -p "$work"

need=()
command -v qemu-system-x86_64 >/dev/null || need+=(qemu-system-x86)
command -v cpio >/dev/null || need+=(cpio)
command -v depmod >/dev/null || need+=(kmod)
command -v curl >/dev/null || need+=(curl)
if [ ${#need[@]} -gt 0 ]; then
    { apt-get update -qq && DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends "${need[@]}"; } >"$work/apt.log" 2>&1 \
        || { tail -n 5 "$work/apt.log" >&2; echo "cgroup-v2: apt could not install ${need[*]}" >&2; exit 1; }
fi

package=$(apt-cache depends linux-image-cloud-amd64 2>/dev/null | sed -n 's/.*Depends: \(linux-image-[0-9].*\)/\1/p' | head -n 1)
[ -n "$package" ] || { echo "cgroup-v2: apt knows no linux-image-cloud-amd64 (it is Debian's): nothing to boot" >&2; exit 1; }
kernel=$work/$package
if [ ! -d "$kernel/boot" ]; then
    (cd "$work" && apt-get download -qq "$package" 2>/dev/null)
    rm -rf "$kernel.part" && dpkg -x "$work/$package"_*.deb "$kernel.part" && mv "$kernel.part" "$kernel"
fi
# The package's own installation would do this.
[ -f "$kernel"/lib/modules/*/modules.dep ] || depmod -b "$kernel" "$(basename "$kernel"/lib/modules/*)"
release=$(basename "$kernel"/lib/modules/*)

root=$work/root
rm -rf "$root"
mkdir -p "$root"/{bin,sbin,etc,proc,sys,dev,tmp,run,var/lib,drydock,"lib/modules/$release",lib64}
cp /bin/busybox "$root/bin/busybox"
for applet in $(/bin/busybox --list); do [ -e "$root/bin/$applet" ] || ln -s busybox "$root/bin/$applet"; done
cp /usr/bin/bash-static "$root/bin/bash"
cp "$bin"/drydock "$bin"/drydock-engine "$bin"/drydock-shim "$root/drydock/"
cp -r Lessons "$root/drydock/"
# The lab images are made of the host's files, which lie here where the recipes look for them.
mkdir -p "$root/usr/bin" && cp /usr/bin/bash-static "$root/usr/bin/" && cp /bin/busybox "$root/usr/bin/busybox"
for library in $(ldd "$bin"/drydock "$bin"/drydock-engine | sed -nE 's/.*(=> |\t)(\/[^ ]+) .*/\2/p' | sort -u); do
    mkdir -p "$root$(dirname "$library")" && cp -L "$library" "$root$library"
done
for module in overlay veth bridge nf_tables nft_chain_nat nft_nat nft_masq nft_fib_ipv4 nft_ct; do
    for name in $(modprobe -d "$kernel" -S "$release" --show-depends "$module" 2>/dev/null | sed -n 's/^insmod //p'); do
        target=$root/${name#"$kernel/"} && mkdir -p "$(dirname "$target")" && cp "$name" "$target"
    done || true
done
cp "$kernel/lib/modules/$release"/modules.{order,builtin,builtin.modinfo} "$root/lib/modules/$release/"
depmod -b "$root" "$release"
ln -s ../bin/busybox "$root/sbin/modprobe"
printf 'root:x:0:0:root:/root:/bin/sh\n' > "$root/etc/passwd"
cp Tests/CgroupV2/init Tests/CgroupV2/scenario "$root/"

(cd "$root" && find . | cpio -o -H newc --quiet) | gzip -1 > "$work/initramfs.gz"
timeout 180 qemu-system-x86_64 -accel tcg -m 1536 -smp 2 -nographic -no-reboot \
    -kernel "$kernel/boot/vmlinuz-$release" -initrd "$work/initramfs.gz" -append "console=ttyS0 quiet panic=-1 rdinit=/init" \
    < /dev/null | tr -d '\r' > "$work/console.log" || true
grep -aE -- '^ok:|^FAILED|--- scenario' "$work/console.log" >&2 || true
grep -aq -- '--- scenario passed' "$work/console.log" || { tail -n 20 "$work/console.log" | cut -c 1-200 >&2; echo "cgroup-v2: failed (console: $work/console.log)" >&2; exit 1; }

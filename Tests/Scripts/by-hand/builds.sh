# Builds by hand beside drydock's: a part of by-hand.sh, which sources it.

context="$root/a context"
mkdir -p "$context/src/deep" "$context/left/out" "$root/packed/in"
for name in src/a.txt src/deep/b.txt left/out/c.txt x.log; do echo "$name" >"$context/$name"; done
ln -s a.txt "$context/src/link"
chmod 4755 "$context/src/a.txt"
chmod 700 "$context/src/deep"
touch -d '2001-02-03 04:05:06.789' "$context/src/deep/b.txt"
printf '%s\n' '# a comment' 'left' '*.log' Dockerfile small twin >"$context/.dockerignore"
echo packed >"$root/packed/in/file"
chown 8:9 "$root/packed/in/file"
tar -C "$root/packed" --numeric-owner -czf "$context/packed.tgz" in
cat >"$context/Dockerfile" <<'DOCKERFILE'
ARG BASE=busybox
FROM $BASE AS make
ARG WORD=argument
WORKDIR /work/src
COPY src .
RUN echo "made of $(cat a.txt), $WORD" >out && rm /bin/vi && mkdir -m 1777 /open && ln -s /open /way
COPY --chown=5:6 src/deep /way/deep
RUN grep -E '^(Uid|CapEff|NoNewPrivs)' /proc/self/status >/open/status; env >>/open/status; cat /proc/self/mountinfo | wc -l >>/open/status
FROM busybox
LABEL quoted="it's \"so\"" two="a b"
ENV GREETING="good day" HOME=/srv
COPY . /all/
COPY --from=make /work/src/out /open/status /srv/
COPY --from=make /open/deep /srv/deep
COPY src/link src/deep/b.txt /srv/both/
ADD packed.tgz /srv/unpacked
RUN rm -r /var && mkdir /var && echo "$GREETING" >/var/file && ln /var/file /srv/greeting
VOLUME /vol
RUN echo gone >/vol/file
WORKDIR made/anew
USER 7
EXPOSE 80/udp
HEALTHCHECK --interval=5s CMD true
ENTRYPOINT ["cat"]
CMD ["/srv/out", "/srv/greeting"]
DOCKERFILE
by_hand build build --no-cache -t build:1 --build-arg WORD=given "$context"

times() { ( cd "$1" || exit 1; find . -xdev -type f -newermt 2000-01-01 ! -newermt 2002-01-01 -printf '%P %T@\n' | LC_ALL=C sort ); }
about() {
    docker inspect -f '{{json .Config}}{{.Architecture}}{{.Os}}{{.Author}}' "$1" | sed 's/"\(Image\|Hostname\)":"[^"]*"//g'
    docker history --no-trunc --format '{{.CreatedBy}} {{.Size}}' "$1"
    docker run --rm "$1"
}
# compare_build NAME: files, with times, of each layer that the script has made, and what the image says of itself; beside drydock's.
compare_build() {
    local place layer layers
    place=$(place_of "$1")
    layers=$(sed -n 's/^layer .* \([0-9a-f]\{64\}\)$/\1/p' "$scripts/$1.sh")
    for layer in $layers; do
        files "$DRYDOCK_ROOT/layers/$layer/fs" >&3
        times "$DRYDOCK_ROOT/layers/$layer/fs" >&3
        files "$place/layers/$layer/fs" >&4
        times "$place/layers/$layer/fs" >&4
    done
    must docker load -i "$place/image.tar"
    about "$1:1" >&3
    about "$1:1-by-hand" >&4
    must docker rmi "$1:1-by-hand"
}
# build_differs NAME [SCRIPT]
build_differs() {
    bash "$scripts/$1.sh" clean
    bash "${2:-$scripts/$1.sh}" >"$root/said" 2>&1 || return 0
    [ -d "$(place_of "$1")/layers" ] || fail "build: the script has no place"
    compare_build "$1" 3>"$root/drydock.txt" 4>"$root/by-hand.txt"
    ! diff "$root/drydock.txt" "$root/by-hand.txt"
}
! build_differs build >&2 || { tail -n 5 "$root/said" >&2; fail "build: another image"; }
grep -q 'made of src/a.txt, given' "$root/by-hand.txt" || fail "build: the test's image does not run"
[ "$(wc -l <"$root/by-hand.txt")" -gt 80 ] || fail "build: too little was compared"
[ ! -e /way ] || fail "build: a link of the image led out of it"
! grep 'NOT DONE' "$scripts/build.sh" | grep -v seccomp >&2 || fail "build: something was not done"
must bash "$scripts/build.sh" clean

# A smaller one, for the changes that must be noticed.
cat >"$context/small" <<'DOCKERFILE'
FROM busybox
COPY --chown=5:6 src/deep /deep
COPY . /all/
COPY src/link /srv/
EXPOSE 80/udp
CMD ["cat", "/srv/link"]
DOCKERFILE
by_hand small build --no-cache -t small:1 -f "$context/small" "$context"
! build_differs small >&2 || fail "build: another image of the smaller Dockerfile"
unlike() {
    sed "$2" "$scripts/small.sh" >"$root/changed.sh"
    ! cmp -s "$scripts/small.sh" "$root/changed.sh" || fail "the change $2 changes nothing"
    build_differs small "$root/changed.sh" >/dev/null 2>&1 || fail "build: $1 was not noticed"
}
unlike "another owner" 's/^\(copy_folder .*\) 5:6$/\1 0:0/'
unlike "a missing copy" '/^copy_file .*\/srv\/link/d'
unlike "what .dockerignore leaves out" '/--exclude=/d'
unlike "a layer that is not committed" '0,/^layer /s/^layer /: /'
unlike "another command" "s/^RUN\\[Cmd\\]=.*/RUN[Cmd]='[\"true\"]'/"
unlike "a line of the history" '/^did .*EXPOSE/d'
must bash "$scripts/small.sh" clean

# Two stages that make the same layer: the second finds it there.
printf '%s\n' 'FROM busybox AS one' 'COPY src/link /srv/' 'FROM busybox' 'COPY src/link /srv/' >"$context/twin"
by_hand twin build --no-cache -t twin:1 -f "$context/twin" "$context"
! build_differs twin >&2 || fail "build: another image where two stages make the same layer"
must bash "$scripts/twin.sh" clean

# What came from the cache is said, and taken as it is.
printf '%s\n' 'USER 0' 'RUN echo more >/srv/more' >>"$context/Dockerfile"
by_hand cached build -t cached:1 --build-arg WORD=given "$context"
grep -q 'FROM THE CACHE' "$scripts/cached.sh" && [ "$(grep -c '^# HIT' "$scripts/cached.sh")" -gt 15 ] || fail "build: the cache is not told of"
must bash "$scripts/cached.sh"
must docker load -i "$(place_of cached)/image.tar"
docker run --rm --entrypoint cat cached:1-by-hand /srv/more /srv/out | grep -q given || fail "build: the cached layers are not in the image"
must bash "$scripts/cached.sh" clean

docker by-hand cp -L later:/etc/hosts "$root/hosts" >/dev/null 2>"$root/said" && fail "cp -L: not refused"
grep -q 'with -a or -L' "$root/said" && [ ! -e "$root/hosts" ] || fail "cp -L: refused without a word, or too late"
docker by-hand build - </dev/null >"$root/script" 2>"$root/said" && fail "build of standard input: not refused"
grep -q 'context is a folder' "$root/said" || fail "build of standard input: refused without a word"

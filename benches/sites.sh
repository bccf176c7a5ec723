#!/bin/sh
# Serves two real documentation sites on loopback, as something to crawl: Debian's PostgreSQL 15 manual on port 8081 and
# its Python 3.11 manual on port 8082. Needs Debian 12 and, to install what is missing, root.
#
#   benches/sites.sh [ACCESS_LOG]   install, start (ACCESS_LOG: default off)
#   benches/sites.sh stop
set -eu

state="${TMPDIR:-/tmp}/crawlworks-sites"

stop() {
    if [ -s "$state/nginx.pid" ]; then
        kill -QUIT "$(cat "$state/nginx.pid")" 2>/dev/null || true
    fi
    rm -rf "$state"
}

install_missing() {
    missing=""
    command -v nginx >/dev/null || missing="nginx-light"
    [ -d /usr/share/doc/postgresql-doc-15/html ] || missing="$missing postgresql-doc-15"
    [ -d /usr/share/doc/python3.11/html ] || missing="$missing python3.11-doc"
    [ -z "$missing" ] || apt-get -o DPkg::Lock::Timeout=300 install -y --no-install-recommends $missing
}

server() { # PORT PACKAGE-DIRECTORY
    cat <<END
    server {
        listen 127.0.0.1:$1;
        root $(readlink -f "$2");
        index index.html;
    }
END
}

configure() { # ACCESS_LOG
    mkdir -p "$state"
    {
        cat <<END
worker_processes 1;
pid $state/nginx.pid;
error_log $state/error.log warn;
events { worker_connections 4096; }
http {
    include /etc/nginx/mime.types;
    default_type application/octet-stream;
    charset utf-8;
    access_log $1;
    sendfile on;
    tcp_nopush on;
    keepalive_requests 1000000;
    client_body_temp_path $state/body;
    proxy_temp_path $state/proxy;
    fastcgi_temp_path $state/fastcgi;
    uwsgi_temp_path $state/uwsgi;
    scgi_temp_path $state/scgi;
END
        server 8081 /usr/share/doc/postgresql-doc-15/html
        server 8082 /usr/share/doc/python3.11/html
        echo "}"
    } >"$state/nginx.conf"
}

case "${1:-}" in
stop)
    stop
    ;;
*)
    install_missing
    stop
    configure "${1:-off}"
    nginx -e "$state/error.log" -c "$state/nginx.conf"
    echo "PostgreSQL manual: http://127.0.0.1:8081/  Python manual: http://127.0.0.1:8082/"
    ;;
esac

# A private PostgreSQL 15 cluster: functions for the scripts that start one. Unix socket only. PostgreSQL refuses to run as root, so as root it runs
# as the user `postgres`.
pg_bin=/usr/lib/postgresql/15/bin

as_postgres() {
    if [ "$(id -u)" = 0 ]; then
        setpriv --reuid postgres --regid postgres --init-groups --inh-caps=-all env -C / "$@"
    else
        "$@"
    fi
}

# The user postgres must be able to walk down to the data folder.
cluster_reachable() {
    local folder=$1
    while [ "$folder" != / ]; do
        folder=$(dirname "$folder")
        as_postgres test -x "$folder" && continue
        echo "letting the user postgres pass through $folder (chmod o+x)"
        chmod o+x "$folder"
    done
}

cluster_start() { # folder
    local folder=$1
    if [ ! -f "$folder/data/PG_VERSION" ]; then
        mkdir -p "$folder/data" "$folder/socket"
        [ "$(id -u)" != 0 ] || chown -R postgres:postgres "$folder"
        cluster_reachable "$folder"
        as_postgres $pg_bin/initdb -D "$folder/data" -U puente_owner --auth=trust --encoding=UTF8 --locale=C.UTF-8 >/dev/null
        cat >> "$folder/data/postgresql.conf" <<TEXT
listen_addresses = ''
unix_socket_directories = '$folder/socket'
unix_socket_permissions = 0777
shared_buffers = 256MB
max_wal_size = 2GB
TEXT
    fi
    as_postgres $pg_bin/pg_ctl -D "$folder/data" status >/dev/null 2>&1 || as_postgres $pg_bin/pg_ctl -D "$folder/data" -l "$folder/log" -w start >/dev/null
    as_postgres psql -qXh "$folder/socket" -U puente_owner -d postgres -Atc "SELECT 1 FROM pg_database WHERE datname = 'puente'" | grep -q 1 ||
        as_postgres $pg_bin/createdb -h "$folder/socket" -U puente_owner puente
}

# The gateway's own login: it owns nothing and sees only what its role of the moment may see.
cluster_login() { # folder
    as_postgres psql -qXh "$1/socket" -U puente_owner -d puente -c "DO \$\$ BEGIN IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = 'puente_login') THEN
        CREATE ROLE puente_login LOGIN NOINHERIT IN ROLE puente_gateway; END IF; END \$\$"
}

cluster_stop() { # folder
    as_postgres $pg_bin/pg_ctl -D "$1/data" -m fast -w stop >/dev/null
}

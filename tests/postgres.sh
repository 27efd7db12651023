# A PostgreSQL of our own for the tests: its own folder, its own port on loopback, gone afterwards.
# shellcheck shell=bash

start_postgres() {
  local bin
  bin=$(find /usr/lib/postgresql -maxdepth 2 -name bin | sort -V | tail -n 1)
  postgres_bin=$bin
  postgres_dir=$(mktemp -d)
  postgres_port=$((20000 + RANDOM % 20000))
  # PostgreSQL refuses to run as root
  if [ "$(id -u)" = 0 ]; then
    id paicha-test >/dev/null 2>&1 || useradd --system --no-create-home paicha-test
    postgres_as=(setpriv --reuid=paicha-test --regid="$(id -g paicha-test)" --clear-groups)
    chown paicha-test "$postgres_dir"
  else
    postgres_as=()
  fi
  (cd / && "${postgres_as[@]}" "$bin/initdb" -D "$postgres_dir/data" -U paicha --auth=trust -E UTF8 --locale=C >/dev/null)
  (cd / && "${postgres_as[@]}" "$bin/pg_ctl" -D "$postgres_dir/data" -w -l "$postgres_dir/log" \
    -o "-p $postgres_port -c listen_addresses=127.0.0.1 -c unix_socket_directories=$postgres_dir -c max_connections=300" start >/dev/null)
  # shellcheck disable=SC2034  # for whoever sources this
  postgres_url="postgres://paicha@127.0.0.1:$postgres_port/postgres"
}

stop_postgres() {
  (cd / && "${postgres_as[@]}" "$postgres_bin/pg_ctl" -D "$postgres_dir/data" -m immediate stop >/dev/null) || true
  rm -rf "$postgres_dir"
}

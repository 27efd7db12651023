#!/usr/bin/env bash
# Back to a point in time on PostgreSQL, as docs/operations.md describes it: a base backup, the archive of the write-ahead
# log, a mistake, and the moment before the mistake. Starts a PostgreSQL of its own; ends it. `PAICHA` names the program.
set -euo pipefail
cd "$(dirname "$0")/.."
# shellcheck source=tests/postgres.sh
. tests/postgres.sh
paicha=${PAICHA:-target/debug/paicha}

pg() { (cd / && "${postgres_as[@]}" "$postgres_bin/$1" "${@:2}"); }
sql() { pg psql -qAtX "$postgres_url" -c "$1"; }
run() { "$paicha" "$@" --data "$data" --database-url "$postgres_url"; }
open() { run user add "$1" --name "$1" --office 100000 --roles auditor >/dev/null; }

start_postgres
data=$(mktemp -d)
trap 'stop_postgres; rm -rf "$data"' EXIT

echo "-- archive the write-ahead log"
"${postgres_as[@]}" mkdir "$postgres_dir/archive"
sql "alter system set archive_mode = on"
sql "alter system set archive_command = 'test ! -f $postgres_dir/archive/%f && cp %p $postgres_dir/archive/%f'"
pg pg_ctl -D "$postgres_dir/data" -w -l "$postgres_dir/log" restart >/dev/null

echo "-- an installation, a base backup, and work after it"
run init --admin gu --person 顾安 >/dev/null
pg pg_basebackup -d "$postgres_url" -D "$postgres_dir/base" -X stream -c fast
open before
moment=$(sql "select clock_timestamp()")
open mistake
segment=$(sql "select pg_walfile_name(pg_switch_wal())")

echo "-- wait for the archive to have $segment"
for _ in $(seq 300); do
  archived=$(sql "select coalesce(last_archived_wal, '') from pg_stat_archiver")
  [[ ! "$archived" < "$segment" ]] && break
  read -r -t 0.1 <> <(:) || true
done
[[ ! "$archived" < "$segment" ]] || { echo "the archive has only $archived" >&2; exit 1; }

echo "-- the server is lost; back to $moment"
pg pg_ctl -D "$postgres_dir/data" -m immediate stop >/dev/null
rm -rf "$postgres_dir/data"
mv "$postgres_dir/base" "$postgres_dir/data"
cat >> "$postgres_dir/data/postgresql.auto.conf" <<CONF
archive_mode = off
restore_command = 'cp $postgres_dir/archive/%f %p'
recovery_target_time = '$moment'
recovery_target_action = promote
CONF
"${postgres_as[@]}" touch "$postgres_dir/data/recovery.signal"
pg pg_ctl -D "$postgres_dir/data" -w -l "$postgres_dir/log" \
  -o "-p $postgres_port -c listen_addresses=127.0.0.1 -c unix_socket_directories=$postgres_dir -c max_connections=300" start >/dev/null
for _ in $(seq 300); do
  [ "$(sql "select pg_is_in_recovery()")" = f ] && break
  read -r -t 0.1 <> <(:) || true
done

echo "-- what was done before is there, the mistake is not, work goes on"
users=$(run user list)
grep -q before <<<"$users" || { echo "what was done before the moment is missing" >&2; exit 1; }
! grep -q mistake <<<"$users" || { echo "what was done after the moment is there" >&2; exit 1; }
open after
run doctor --json >/dev/null
echo "back to a point in time: right"

#!/bin/sh
# Database, schemas and roles of a fresh cluster; passwords come from a file of NAME=value lines.
# Each service has an owner, who migrates, and a role that works; the backup only reads.
set -eu
. "${ROLE_PASSWORDS:-/run/secrets/role_passwords}"
admin="${POSTGRES_USER:-postgres}"

run() { psql -v ON_ERROR_STOP=1 --no-psqlrc -q -U "$admin" "$@"; }

run -d postgres <<SQL
create database niangjia template template0 encoding 'UTF8' locale_provider libc
  lc_collate 'C' lc_ctype 'C.UTF-8';
SQL
for service in identity membership; do
  upper=$(echo "$service" | tr '[:lower:]' '[:upper:]')
  eval "owner=\$${upper}_OWNER_PASSWORD app=\$${upper}_APP_PASSWORD"
  run -d niangjia -v owner_password="$owner" -v app_password="$app" -v service="$service" <<'SQL'
select format('create role %I login password %L', :'service' || '_owner', :'owner_password') \gexec
select format('create role %I login password %L', :'service' || '_app', :'app_password') \gexec
select format('create schema %I authorization %I', :'service', :'service' || '_owner') \gexec
select format('grant usage on schema %I to %I', :'service', :'service' || '_app') \gexec
-- The services ask for these themselves; behind PgBouncer only what the role has reaches them.
select format('alter role %I set statement_timeout = ''30s''', :'service' || '_app') \gexec
select format('alter role %I set lock_timeout = ''5s''', :'service' || '_app') \gexec
select format('alter role %I set idle_in_transaction_session_timeout = ''60s''',
              :'service' || '_app') \gexec
SQL
done
run -d niangjia -v backup_password="$BACKUP_PASSWORD" <<'SQL'
select format('create role niangjia_backup login replication password %L', :'backup_password') \gexec
grant pg_read_all_data to niangjia_backup;
revoke create on schema public from public;
revoke connect on database niangjia from public;
grant connect on database niangjia to identity_owner, identity_app, membership_owner,
  membership_app, niangjia_backup;
SQL

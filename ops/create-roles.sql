-- The three roles and the database that Espalier needs in a PostgreSQL of yours. Run once, as a
-- superuser, with psql:
--
--   psql -v owner_password=… -v app_password=… -v planner_password=… -f ops/create-roles.sql
--
-- then start the platform with ESPALIER_DB_URL=jdbc:postgresql://HOST:5432/espalier and
-- ESPALIER_DB_OWNER_USER=espalier_owner, ESPALIER_DB_OWNER_PASSWORD=…, and the same for
-- ESPALIER_DB_APP_… and ESPALIER_DB_PLANNER_….
--
-- None of the roles may be a superuser or bypass row-level security: it is what keeps teams apart.
\set ON_ERROR_STOP on

create role espalier_owner   login nosuperuser nobypassrls nocreatedb nocreaterole password :'owner_password';
create role espalier_app     login nosuperuser nobypassrls nocreatedb nocreaterole password :'app_password';
create role espalier_planner login nosuperuser nobypassrls nocreatedb nocreaterole password :'planner_password';

create database espalier owner espalier_owner encoding 'UTF8' template template0;
revoke all on database espalier from public;
grant connect on database espalier to espalier_app, espalier_planner;

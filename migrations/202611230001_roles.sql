-- Roles, schemas and extensions. Roles belong to the whole cluster, so their creation tolerates a racing twin.
DO $$ DECLARE r text; BEGIN
  FOREACH r IN ARRAY ARRAY['owner NOLOGIN', 'definer NOLOGIN', 'guest NOLOGIN', 'backup NOLOGIN',
                           'app LOGIN NOINHERIT', 'auth LOGIN', 'worker LOGIN'] LOOP
    BEGIN EXECUTE 'CREATE ROLE prospector_' || r;
    EXCEPTION WHEN duplicate_object OR unique_violation THEN NULL; END;
  END LOOP;
  -- app does not inherit: the guest's policies reach it only after SET LOCAL ROLE
  IF NOT pg_has_role('prospector_app', 'prospector_guest', 'MEMBER') THEN GRANT prospector_guest TO prospector_app; END IF;
  -- the worker inherits: policies TO prospector_app hold for it too
  IF NOT pg_has_role('prospector_worker', 'prospector_app', 'MEMBER') THEN GRANT prospector_app TO prospector_worker; END IF;
  -- managed PostgreSQL: the administrator is no superuser
  IF NOT (SELECT rolsuper FROM pg_roles WHERE rolname = current_user) THEN
    EXECUTE format('GRANT prospector_owner, prospector_definer TO %I', current_user);
  END IF;
  EXECUTE format('GRANT CREATE ON DATABASE %I TO prospector_owner', current_database());
  -- connections are shared: a temporary table or view of one request could stand before the real one in the next
  EXECUTE format('REVOKE TEMPORARY ON DATABASE %I FROM PUBLIC', current_database());
END $$;

REVOKE ALL ON SCHEMA public FROM PUBLIC;
GRANT USAGE, CREATE ON SCHEMA public TO prospector_owner;
GRANT USAGE ON SCHEMA public TO prospector_app, prospector_auth, prospector_worker, prospector_definer, prospector_guest, prospector_backup;
CREATE EXTENSION IF NOT EXISTS pg_trgm SCHEMA public;
CREATE EXTENSION IF NOT EXISTS btree_gin SCHEMA public;

SET ROLE prospector_owner;

CREATE SCHEMA auth;
CREATE SCHEMA app;
GRANT USAGE ON SCHEMA auth, app TO prospector_app, prospector_auth, prospector_worker, prospector_definer, prospector_guest, prospector_backup;

-- Time-ordered ids for rows that triggers make (RFC 9562, version 7); PostgreSQL 18 has uuidv7().
CREATE FUNCTION app.uuid7() RETURNS uuid LANGUAGE sql VOLATILE PARALLEL SAFE SET search_path = pg_catalog, pg_temp AS $$
  SELECT encode(set_bit(set_bit(overlay(uuid_send(gen_random_uuid())
    PLACING substring(int8send((extract(epoch FROM clock_timestamp()) * 1000)::bigint) FROM 3) FROM 1 FOR 6), 52, 1), 53, 1), 'hex')::uuid
$$;
REVOKE ALL ON FUNCTION app.uuid7() FROM PUBLIC;
GRANT EXECUTE ON FUNCTION app.uuid7() TO prospector_definer, prospector_app;

-- The newest migration that this database has; each migration replaces it. The server starts from it.
CREATE FUNCTION app.schema_version() RETURNS bigint LANGUAGE sql IMMUTABLE PARALLEL SAFE SET search_path = pg_catalog, pg_temp AS
  $$ SELECT 202611230001 $$;

RESET ROLE;

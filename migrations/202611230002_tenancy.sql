-- People, sessions, startups, members, invitations, and the context that every policy compares with.
SET ROLE prospector_owner;
GRANT CREATE ON SCHEMA auth, app TO prospector_definer;  -- taken back at the end

CREATE TABLE auth.users (
  id uuid PRIMARY KEY DEFAULT app.uuid7(),
  email text CONSTRAINT users_email_key UNIQUE CHECK (email = lower(email)),  -- null: a named person without sign-in, as an import makes
  name text NOT NULL CHECK (btrim(name) <> '' AND length(name) <= 200),
  password_hash text,
  created_at timestamptz NOT NULL DEFAULT now(),
  updated_at timestamptz NOT NULL DEFAULT now()
);

CREATE TABLE auth.sessions (
  token_hash bytea PRIMARY KEY,  -- sha256 of the cookie's token
  user_id uuid NOT NULL REFERENCES auth.users ON DELETE CASCADE,
  expires_at timestamptz NOT NULL,
  job_id uuid,
  startup_id uuid,               -- set for a job: bound to this startup
  device text,
  data jsonb NOT NULL DEFAULT '{}',  -- startup_id: the one last used
  created_at timestamptz NOT NULL DEFAULT now()
);
CREATE INDEX ON auth.sessions (user_id);

CREATE TABLE startups (
  id uuid PRIMARY KEY DEFAULT app.uuid7(),
  name text NOT NULL CHECK (btrim(name) <> '' AND length(name) <= 200),
  slug text NOT NULL CONSTRAINT startups_slug_key UNIQUE CHECK (slug ~ '^[a-z0-9][a-z0-9-]{0,62}$'),
  icp jsonb NOT NULL DEFAULT '{}' CHECK (jsonb_typeof(icp) = 'object'),
  settings jsonb NOT NULL DEFAULT '{"currency": "USD", "time_zone": "UTC"}' CHECK (jsonb_typeof(settings) = 'object'),
  created_at timestamptz NOT NULL DEFAULT now(),
  updated_at timestamptz NOT NULL DEFAULT now()
);

CREATE TABLE team_members (
  startup_id uuid NOT NULL REFERENCES startups ON DELETE CASCADE,
  id uuid NOT NULL DEFAULT app.uuid7(),
  user_id uuid NOT NULL REFERENCES auth.users,
  role text NOT NULL CHECK (role IN ('owner', 'admin', 'editor', 'viewer')),
  extended_info jsonb NOT NULL DEFAULT '{}' CHECK (jsonb_typeof(extended_info) = 'object'),
  created_at timestamptz NOT NULL DEFAULT now(),
  updated_at timestamptz NOT NULL DEFAULT now(),
  PRIMARY KEY (startup_id, id),
  UNIQUE (startup_id, user_id)
);
CREATE INDEX ON team_members (user_id);

CREATE TABLE invitations (
  startup_id uuid NOT NULL REFERENCES startups ON DELETE CASCADE,
  id uuid NOT NULL DEFAULT app.uuid7(),
  token_hash bytea NOT NULL UNIQUE,
  role text NOT NULL CHECK (role IN ('admin', 'editor', 'viewer')),
  invited_by uuid NOT NULL REFERENCES auth.users,
  expires_at timestamptz NOT NULL DEFAULT now() + interval '7 days',
  used_at timestamptz,
  created_at timestamptz NOT NULL DEFAULT now(),
  updated_at timestamptz NOT NULL DEFAULT now(),
  PRIMARY KEY (startup_id, id)
);
CREATE INDEX ON invitations (invited_by);

GRANT SELECT, INSERT, UPDATE, DELETE ON auth.users, auth.sessions, startups, team_members, invitations TO prospector_definer;

-- A free slug for a name: "Northwind Labs" becomes northwind-labs; a taken one gets four letters more.
CREATE FUNCTION app.slug(name text) RETURNS text LANGUAGE sql IMMUTABLE SET search_path = pg_catalog, pg_temp AS $$
  SELECT coalesce(nullif(btrim(left(regexp_replace(lower(name), '[^a-z0-9]+', '-', 'g'), 50), '-'), ''), 'startup')
$$;
REVOKE ALL ON FUNCTION app.slug FROM PUBLIC;
GRANT EXECUTE ON FUNCTION app.slug TO prospector_definer;

RESET ROLE;
SET ROLE prospector_definer;

-- The context. plpgsql keeps its plan: 60 microseconds a statement less than an SQL function.
CREATE FUNCTION auth.uid() RETURNS uuid LANGUAGE plpgsql STABLE PARALLEL SAFE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$ BEGIN
  RETURN (SELECT s.user_id FROM auth.sessions s
    WHERE s.token_hash = sha256(convert_to(nullif(current_setting('app.session', true), ''), 'UTF8')) AND s.expires_at > now());
END $$;

CREATE FUNCTION app.tenant(VARIADIC roles text[] DEFAULT NULL) RETURNS uuid LANGUAGE plpgsql STABLE PARALLEL SAFE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$ BEGIN
  RETURN (SELECT m.startup_id FROM auth.sessions s
    JOIN public.team_members m ON m.user_id = s.user_id AND m.startup_id = nullif(current_setting('app.startup_id', true), '')::uuid
    WHERE s.token_hash = sha256(convert_to(nullif(current_setting('app.session', true), ''), 'UTF8')) AND s.expires_at > now()
      AND (s.startup_id IS NULL OR s.startup_id = m.startup_id) AND (roles IS NULL OR m.role = ANY (roles)));
END $$;

-- Who a token stands for, in the startup asked for, else the one last used, else the first joined.
-- Startup columns are null for a person who belongs to none.
CREATE FUNCTION app.viewer(token text, wanted uuid DEFAULT NULL)
RETURNS TABLE (user_id uuid, user_name text, email text, startup_id uuid, startup_name text, slug text, role text, currency text)
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$ #variable_conflict use_column
BEGIN RETURN QUERY
  SELECT u.id, u.name, u.email, m.startup_id, m.startup_name, m.slug, m.role, m.currency
  FROM auth.sessions x JOIN auth.users u ON u.id = x.user_id
  LEFT JOIN LATERAL (
    SELECT t.startup_id, s.name AS startup_name, s.slug, t.role, coalesce(s.settings->>'currency', 'USD') AS currency
    FROM public.team_members t JOIN public.startups s ON s.id = t.startup_id
    WHERE t.user_id = x.user_id AND (x.startup_id IS NULL OR x.startup_id = t.startup_id) AND (wanted IS NULL OR wanted = t.startup_id)
    ORDER BY (t.startup_id::text = x.data->>'startup_id') DESC NULLS LAST, t.created_at, t.id LIMIT 1) m ON true
  WHERE x.token_hash = sha256(convert_to(nullif(token, ''), 'UTF8')) AND x.expires_at > now();
END $$;

CREATE FUNCTION app.my_startups() RETURNS TABLE (startup_id uuid, name text, slug text, role text) LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
  SELECT m.startup_id, s.name, s.slug, m.role FROM public.team_members m JOIN public.startups s ON s.id = m.startup_id WHERE m.user_id = auth.uid()
$$;

-- Before there is a session: prospector_auth only.
CREATE FUNCTION auth.credentials(mail text) RETURNS TABLE (user_id uuid, password_hash text) LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
  SELECT u.id, u.password_hash FROM auth.users u WHERE u.email = lower(mail) AND u.password_hash IS NOT NULL
$$;

CREATE FUNCTION auth.open_session(who uuid, hash bytea, ttl interval, dev text, kept jsonb DEFAULT '{}') RETURNS void LANGUAGE sql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
  DELETE FROM auth.sessions WHERE user_id = who AND expires_at <= now();
  INSERT INTO auth.sessions (token_hash, user_id, expires_at, device, data) VALUES (hash, who, now() + ttl, left(dev, 200), kept)
$$;

CREATE FUNCTION auth.load_session(hash bytea) RETURNS TABLE (data jsonb, expires_at timestamptz) LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
  SELECT s.data || jsonb_build_object('user_id', s.user_id), s.expires_at FROM auth.sessions s WHERE s.token_hash = hash AND s.expires_at > now() AND s.job_id IS NULL
$$;

CREATE FUNCTION auth.save_session(hash bytea, kept jsonb) RETURNS boolean LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$ BEGIN
  UPDATE auth.sessions SET data = kept WHERE token_hash = hash AND expires_at > now() AND job_id IS NULL; RETURN FOUND;
END $$;

CREATE FUNCTION auth.close_session(hash bytea) RETURNS void LANGUAGE sql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
  DELETE FROM auth.sessions WHERE token_hash = hash
$$;

-- A person with a startup of their own; without one (startup null) to accept an invitation. A null hash opens no session.
CREATE FUNCTION auth.sign_up(who uuid, mail text, nm text, pw text, startup uuid, startup_name text, hash bytea) RETURNS void LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE base text := app.slug(startup_name); free text := base; tries int := 0; BEGIN
  INSERT INTO auth.users (id, email, name, password_hash) VALUES (who, lower(mail), nm, pw);
  IF startup IS NOT NULL THEN
    LOOP  -- the insert decides: two at once may want the same slug
      BEGIN INSERT INTO public.startups (id, name, slug) VALUES (startup, startup_name, free); EXIT;
      EXCEPTION WHEN unique_violation THEN
        tries := tries + 1; IF tries > 9 THEN RAISE; END IF;
        free := base || '-' || substr(encode(uuid_send(gen_random_uuid()), 'hex'), 1, 4);
      END;
    END LOOP;
    INSERT INTO public.team_members (startup_id, user_id, role) VALUES (startup, who, 'owner');
  END IF;
  IF hash IS NOT NULL THEN PERFORM auth.open_session(who, hash, interval '30 days', NULL); END IF;
END $$;

-- For the operator only (granted to nobody): a new password, and every session closed.
CREATE FUNCTION auth.reset_password(mail text, pw text) RETURNS boolean LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$ DECLARE who uuid; BEGIN
  UPDATE auth.users SET password_hash = pw WHERE email = lower(mail) RETURNING id INTO who;
  DELETE FROM auth.sessions WHERE user_id = who; RETURN who IS NOT NULL;
END $$;

-- For the operator only: the member whom an import at the command line acts for; without an e-mail the oldest owner.
CREATE FUNCTION app.acting_member(of_slug text, mail text DEFAULT NULL) RETURNS TABLE (startup_id uuid, user_id uuid) LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
  SELECT m.startup_id, m.user_id FROM public.startups s JOIN public.team_members m ON m.startup_id = s.id JOIN auth.users u ON u.id = m.user_id
  WHERE s.slug = of_slug AND (CASE WHEN mail IS NULL THEN m.role = 'owner' ELSE u.email = lower(mail) END) ORDER BY m.created_at, m.id LIMIT 1
$$;

CREATE FUNCTION app.peek_invitation(token text) RETURNS TABLE (startup text, role text) LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
  SELECT s.name, i.role FROM public.invitations i JOIN public.startups s ON s.id = i.startup_id
  WHERE i.token_hash = sha256(convert_to(token, 'UTF8')) AND i.used_at IS NULL AND i.expires_at > now()
    AND EXISTS (SELECT FROM public.team_members m WHERE m.startup_id = i.startup_id AND m.user_id = i.invited_by AND m.role IN ('owner', 'admin'))
$$;

-- Members change through these functions only.
CREATE FUNCTION app.accept_invitation(token text) RETURNS uuid LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE i record; me uuid := auth.uid(); BEGIN
  IF me IS NULL THEN RETURN NULL; END IF;
  -- single use: the row lock decides. Whoever invited must still be one who may: else a removed admin returns by their own invitation
  UPDATE public.invitations v SET used_at = now() WHERE v.token_hash = sha256(convert_to(token, 'UTF8')) AND v.used_at IS NULL AND v.expires_at > now()
    AND EXISTS (SELECT FROM public.team_members m WHERE m.startup_id = v.startup_id AND m.user_id = v.invited_by AND m.role IN ('owner', 'admin')) RETURNING v.* INTO i;
  IF NOT FOUND THEN RETURN NULL; END IF;
  INSERT INTO public.team_members (startup_id, user_id, role) VALUES (i.startup_id, me, i.role) ON CONFLICT (startup_id, user_id) DO NOTHING;
  RETURN i.startup_id;
END $$;

-- new_role null: remove a member, or leave.
CREATE FUNCTION app.set_member_role(member uuid, new_role text) RETURNS void LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE t uuid := app.tenant(); me uuid := auth.uid(); mine text; theirs text; BEGIN
  PERFORM 1 FROM public.startups WHERE id = t FOR UPDATE;  -- one at a time: there is always a last owner
  SELECT role INTO mine FROM public.team_members WHERE startup_id = t AND user_id = me;
  SELECT role INTO theirs FROM public.team_members WHERE startup_id = t AND user_id = member;
  IF mine IS NULL OR theirs IS NULL OR NOT (mine = 'owner'
      OR (mine = 'admin' AND theirs <> 'owner' AND new_role IS DISTINCT FROM 'owner')
      OR (member = me AND new_role IS NULL)) THEN
    RAISE EXCEPTION 'not allowed' USING ERRCODE = '42501';
  END IF;
  IF theirs = 'owner' AND new_role IS DISTINCT FROM 'owner' AND (SELECT count(*) FROM public.team_members WHERE startup_id = t AND role = 'owner') = 1 THEN
    RAISE EXCEPTION 'last owner' USING ERRCODE = '23514', CONSTRAINT = 'last_owner';
  END IF;
  IF new_role IS NULL THEN DELETE FROM public.team_members WHERE startup_id = t AND user_id = member;
  ELSE UPDATE public.team_members SET role = new_role WHERE startup_id = t AND user_id = member; END IF;
END $$;

-- Named people without sign-in, so that imported records can have owners. A name that the team has already is that member.
CREATE FUNCTION app.add_people(names text[], infos jsonb[]) RETURNS TABLE (name text, user_id uuid, added boolean) LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$ #variable_conflict use_column
DECLARE t uuid := app.tenant('owner', 'admin'); BEGIN
  IF t IS NULL THEN RAISE EXCEPTION 'not allowed' USING ERRCODE = '42501'; END IF;
  RETURN QUERY
    WITH asked AS (SELECT DISTINCT ON (lower(btrim(n.name))) lower(btrim(n.name)) AS key, btrim(n.name) AS name, n.info FROM unnest(names, infos) WITH ORDINALITY n(name, info, nth) ORDER BY 1, n.nth),
    there AS (SELECT DISTINCT ON (lower(u.name)) lower(u.name) AS key, m.user_id FROM public.team_members m JOIN auth.users u ON u.id = m.user_id WHERE m.startup_id = t ORDER BY 1, m.created_at, m.id),
    fresh AS (SELECT a.key, app.uuid7() AS user_id, a.name, a.info FROM asked a WHERE NOT EXISTS (SELECT FROM there x WHERE x.key = a.key)),
    users AS (INSERT INTO auth.users (id, name) SELECT f.user_id, f.name FROM fresh f RETURNING id),
    members AS (INSERT INTO public.team_members (startup_id, user_id, role, extended_info) SELECT t, f.user_id, 'viewer', coalesce(f.info, '{}') FROM fresh f JOIN users ON users.id = f.user_id RETURNING user_id)
    SELECT a.name, coalesce(f.user_id, x.user_id), f.user_id IS NOT NULL FROM asked a LEFT JOIN fresh f ON f.key = a.key LEFT JOIN there x ON x.key = a.key;
END $$;

DO $$ DECLARE f regprocedure; BEGIN
  FOR f IN SELECT oid FROM pg_proc WHERE proowner = 'prospector_definer'::regrole LOOP EXECUTE format('REVOKE ALL ON FUNCTION %s FROM PUBLIC', f); END LOOP;
END $$;
GRANT EXECUTE ON FUNCTION auth.credentials, auth.open_session, auth.load_session, auth.save_session, auth.close_session, auth.sign_up TO prospector_auth;
GRANT EXECUTE ON FUNCTION auth.uid, app.tenant, app.viewer, app.my_startups, app.peek_invitation, app.accept_invitation, app.set_member_role, app.add_people TO prospector_app;
GRANT EXECUTE ON FUNCTION auth.uid, app.tenant TO prospector_owner;  -- to write policies

RESET ROLE;
SET ROLE prospector_owner;
REVOKE CREATE ON SCHEMA auth, app FROM prospector_definer;
CREATE OR REPLACE FUNCTION app.schema_version() RETURNS bigint LANGUAGE sql IMMUTABLE PARALLEL SAFE SET search_path = pg_catalog, pg_temp AS
  $$ SELECT 202611230002 $$;
RESET ROLE;

-- People: one-time links that set a new password, and joining in one step.
SET ROLE prospector_owner;
GRANT CREATE ON SCHEMA auth, app TO prospector_definer;  -- taken back at the end

-- A link with which a member sets a new password, once, within a day. It goes with the membership of either side.
CREATE TABLE auth.password_resets (
  token_hash bytea PRIMARY KEY,  -- sha256 of the link's token
  user_id uuid NOT NULL REFERENCES auth.users ON DELETE CASCADE,
  startup_id uuid NOT NULL,
  made_by uuid NOT NULL,
  expires_at timestamptz NOT NULL DEFAULT now() + interval '1 day',
  used_at timestamptz,
  created_at timestamptz NOT NULL DEFAULT now(),
  FOREIGN KEY (startup_id, user_id) REFERENCES team_members (startup_id, user_id) ON DELETE CASCADE,
  FOREIGN KEY (startup_id, made_by) REFERENCES team_members (startup_id, user_id) ON DELETE CASCADE
);
CREATE INDEX ON auth.password_resets (user_id);
CREATE INDEX ON auth.password_resets (startup_id, user_id);
CREATE INDEX ON auth.password_resets (startup_id, made_by);

ALTER TABLE auth.password_resets ENABLE ROW LEVEL SECURITY;
ALTER TABLE auth.password_resets FORCE ROW LEVEL SECURITY;
CREATE POLICY definer ON auth.password_resets TO prospector_definer USING (true) WITH CHECK (true);
CREATE POLICY backup ON auth.password_resets FOR SELECT TO prospector_backup USING (true);
GRANT SELECT ON auth.password_resets TO prospector_backup;
GRANT SELECT, INSERT, UPDATE, DELETE ON auth.password_resets TO prospector_definer;

RESET ROLE;
SET ROLE prospector_definer;

-- Whether one member may give another a new password: an owner anybody, an admin anybody but owners, nobody themself (a
-- borrowed session would become a password). Who is in another startup, too, has rights there that nobody here may take over.
CREATE FUNCTION auth.may_reset(maker uuid, member uuid, startup uuid) RETURNS boolean LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
  SELECT EXISTS (SELECT FROM public.team_members me JOIN public.team_members them ON them.startup_id = me.startup_id JOIN auth.users u ON u.id = them.user_id
    WHERE me.startup_id = startup AND me.user_id = maker AND them.user_id = member AND member <> maker
      AND (me.role = 'owner' OR (me.role = 'admin' AND them.role <> 'owner')) AND u.email IS NOT NULL AND u.password_hash IS NOT NULL
      AND NOT EXISTS (SELECT FROM public.team_members o WHERE o.user_id = member AND o.startup_id <> startup))
$$;

-- The reset that a link opens, as long as it may be used.
CREATE FUNCTION auth.open_reset(hash bytea) RETURNS TABLE (user_id uuid, startup_id uuid, made_by uuid) LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
  SELECT r.user_id, r.startup_id, r.made_by FROM auth.password_resets r
  WHERE r.token_hash = hash AND r.used_at IS NULL AND r.expires_at > now() AND auth.may_reset(r.made_by, r.user_id, r.startup_id)
$$;

-- A new link takes the place of an older one. Every refusal is the same: it must not tell who else a person works for.
CREATE FUNCTION app.make_reset(member uuid, hash bytea) RETURNS void LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE t uuid := app.tenant('owner', 'admin'); me uuid := auth.uid(); BEGIN
  IF auth.may_reset(me, member, t) IS NOT TRUE THEN RAISE EXCEPTION 'not allowed' USING ERRCODE = '42501'; END IF;
  DELETE FROM auth.password_resets WHERE user_id = member AND used_at IS NULL;
  INSERT INTO auth.password_resets (token_hash, user_id, startup_id, made_by) VALUES (hash, member, t, me);
END $$;

-- Whom an open link is for, told to its maker only.
CREATE FUNCTION app.my_reset(hash bytea) RETURNS text LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
  SELECT u.name FROM auth.open_reset(hash) r JOIN auth.users u ON u.id = r.user_id WHERE r.made_by = auth.uid() AND r.startup_id = app.tenant()
$$;

-- With a link and no session: prospector_auth only.
CREATE FUNCTION auth.peek_reset(hash bytea) RETURNS TABLE (name text, email text) LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
  SELECT u.name, u.email FROM auth.open_reset(hash) r JOIN auth.users u ON u.id = r.user_id
$$;

CREATE FUNCTION auth.use_reset(hash bytea, pw text) RETURNS boolean LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE who uuid; BEGIN
  -- one at a time; and a membership that is being made (its key lock waits for this one) counts
  PERFORM FROM auth.users WHERE id = (SELECT r.user_id FROM auth.password_resets r WHERE r.token_hash = hash) FOR UPDATE;
  SELECT r.user_id INTO who FROM auth.open_reset(hash) r;
  IF who IS NULL THEN RETURN false; END IF;
  UPDATE auth.password_resets SET used_at = now() WHERE user_id = who AND used_at IS NULL;
  UPDATE auth.users SET password_hash = pw WHERE id = who;
  DELETE FROM auth.sessions WHERE user_id = who;
  RETURN true;
END $$;

-- What an invitation says; for a member already, the startup's slug, too.
DROP FUNCTION app.peek_invitation(text);
CREATE FUNCTION app.peek_invitation(token text) RETURNS TABLE (startup text, role text, member_of text) LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
  SELECT s.name, i.role, (SELECT s.slug FROM public.team_members m WHERE m.startup_id = i.startup_id AND m.user_id = auth.uid())
  FROM public.invitations i JOIN public.startups s ON s.id = i.startup_id
  WHERE i.token_hash = sha256(convert_to(token, 'UTF8')) AND i.used_at IS NULL AND i.expires_at > now()
    AND EXISTS (SELECT FROM public.team_members m WHERE m.startup_id = i.startup_id AND m.user_id = i.invited_by AND m.role IN ('owner', 'admin'))
$$;

-- Makes a person a member of the startup that invited them; null for an invitation that leads nowhere.
CREATE FUNCTION app.take_invitation(hash bytea, who uuid) RETURNS uuid LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE i record; BEGIN
  -- single use: the row lock decides. Whoever invited must still be one who may: else a removed admin returns by their own invitation
  SELECT v.* INTO i FROM public.invitations v WHERE v.token_hash = hash AND v.used_at IS NULL AND v.expires_at > now()
    AND EXISTS (SELECT FROM public.team_members m WHERE m.startup_id = v.startup_id AND m.user_id = v.invited_by AND m.role IN ('owner', 'admin')) FOR UPDATE;
  IF NOT FOUND THEN RETURN NULL; END IF;
  INSERT INTO public.team_members (startup_id, user_id, role) VALUES (i.startup_id, who, i.role) ON CONFLICT (startup_id, user_id) DO NOTHING;
  -- a member already keeps their role, and leaves the invitation to whom it is for
  IF FOUND THEN UPDATE public.invitations SET used_at = now() WHERE startup_id = i.startup_id AND id = i.id; END IF;
  RETURN i.startup_id;
END $$;

CREATE OR REPLACE FUNCTION app.accept_invitation(token text) RETURNS uuid LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE me uuid := auth.uid(); BEGIN
  -- a new password set meanwhile has ended the session: nobody joins with what it left
  PERFORM FROM auth.users WHERE id = me FOR KEY SHARE;
  IF auth.uid() IS NULL THEN RETURN NULL; END IF;
  RETURN app.take_invitation(sha256(convert_to(token, 'UTF8')), me);
END $$;

-- A new person joins in one step: without the invitation there is no person either.
CREATE FUNCTION auth.join(who uuid, mail text, nm text, pw text, hash bytea) RETURNS uuid LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE startup uuid; BEGIN
  PERFORM auth.sign_up(who, mail, nm, pw, NULL, NULL, NULL);
  startup := app.take_invitation(hash, who);
  IF startup IS NULL THEN RAISE EXCEPTION 'no such invitation' USING ERRCODE = 'P0002'; END IF;
  RETURN startup;
END $$;

-- new_role null: remove a member, or leave.
CREATE OR REPLACE FUNCTION app.set_member_role(member uuid, new_role text) RETURNS void LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE t uuid := app.tenant(); me uuid := auth.uid(); mine text; theirs text; BEGIN
  -- one at a time: there is always a last owner. Not FOR UPDATE, which waits for whoever is writing a record of this startup
  PERFORM 1 FROM public.startups WHERE id = t FOR NO KEY UPDATE;
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

REVOKE ALL ON FUNCTION auth.may_reset, auth.open_reset, auth.peek_reset, auth.use_reset, auth.join, app.make_reset, app.my_reset, app.peek_invitation, app.take_invitation FROM PUBLIC;
GRANT EXECUTE ON FUNCTION auth.peek_reset, auth.use_reset, auth.join TO prospector_auth;
GRANT EXECUTE ON FUNCTION app.make_reset, app.my_reset, app.peek_invitation TO prospector_app;

RESET ROLE;
SET ROLE prospector_owner;
REVOKE CREATE ON SCHEMA auth, app FROM prospector_definer;
CREATE OR REPLACE FUNCTION app.schema_version() RETURNS bigint LANGUAGE sql IMMUTABLE PARALLEL SAFE SET search_path = pg_catalog, pg_temp AS
  $$ SELECT 202611230007 $$;
RESET ROLE;

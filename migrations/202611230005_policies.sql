-- Row-level security: enabled and forced on every table, all policies from one template, each with the role it is for
-- (one without TO also binds the definer: app.tenant() would call itself for ever).
SET ROLE prospector_owner;

DO $do$ DECLARE t text; BEGIN
  FOREACH t IN ARRAY ARRAY['auth.users', 'auth.sessions', 'startups', 'team_members', 'invitations', 'crm_accounts', 'crm_contacts', 'crm_deals',
                           'crm_deal_stage_changes', 'crm_interactions', 'share_links', 'jobs'] LOOP
    EXECUTE format('ALTER TABLE %1$s ENABLE ROW LEVEL SECURITY; ALTER TABLE %1$s FORCE ROW LEVEL SECURITY;
      CREATE POLICY definer ON %1$s TO prospector_definer USING (true) WITH CHECK (true);
      CREATE POLICY backup ON %1$s FOR SELECT TO prospector_backup USING (true);
      GRANT SELECT ON %1$s TO prospector_backup', t);
  END LOOP;

  -- the template: table, who inserts, who updates, who deletes, what else an inserted row must be
  FOR t IN SELECT format($q$
      CREATE POLICY s ON %1$s FOR SELECT TO prospector_app USING (startup_id = (SELECT app.tenant()));
      CREATE POLICY i ON %1$s FOR INSERT TO prospector_app WITH CHECK (startup_id = (SELECT app.tenant(%2$s))%5$s);
      CREATE POLICY u ON %1$s FOR UPDATE TO prospector_app USING (startup_id = (SELECT app.tenant(%3$s))) WITH CHECK (startup_id = (SELECT app.tenant(%3$s)));
      CREATE POLICY d ON %1$s FOR DELETE TO prospector_app USING (startup_id = (SELECT app.tenant(%4$s)))$q$, v.t, v.i, v.u, v.d, v.extra)
    FROM (VALUES
      ('crm_accounts',           $$'owner','admin','editor'$$, $$'owner','admin','editor'$$, $$'owner','admin'$$, ''),
      ('crm_contacts',           $$'owner','admin','editor'$$, $$'owner','admin','editor'$$, $$'owner','admin'$$, ''),
      ('crm_deals',              $$'owner','admin','editor'$$, $$'owner','admin','editor'$$, $$'owner','admin'$$, ''),
      ('crm_deal_stage_changes', $$'nobody'$$,                 $$'nobody'$$,                 $$'nobody'$$,        ''),
      ('crm_interactions',       $$'owner','admin','editor'$$, $$'nobody'$$,                 $$'nobody'$$,        ' AND author_id = (SELECT auth.uid())'),
      ('invitations',            $$'owner','admin'$$,          $$'nobody'$$,                 $$'owner','admin'$$, ' AND invited_by = (SELECT auth.uid())'),
      ('share_links',            $$'owner','admin','editor'$$, $$'owner','admin','editor'$$, $$'owner','admin'$$, ' AND created_by = (SELECT auth.uid())'),
      ('team_members',           $$'nobody'$$,                 $$'nobody'$$,                 $$'nobody'$$,        ''),
      -- without the last clause an editor queues a job that runs as the owner
      ('jobs',                   $$'owner','admin','editor'$$, $$'nobody'$$,                 $$'nobody'$$,        ' AND requested_by = (SELECT auth.uid())')
    ) v(t, i, u, d, extra)
  LOOP EXECUTE t; END LOOP;

  -- a revoked link stays revoked
  CREATE POLICY revoked ON share_links AS RESTRICTIVE FOR UPDATE TO prospector_app USING (revoked_at IS NULL) WITH CHECK (true);

  -- binning is deleting, and editors delete nothing: else they could by UPDATE
  FOREACH t IN ARRAY ARRAY['crm_accounts', 'crm_contacts', 'crm_deals'] LOOP
    EXECUTE format($q$CREATE POLICY bin ON %s AS RESTRICTIVE FOR UPDATE TO prospector_app
      USING (deleted_at IS NULL OR startup_id = (SELECT app.tenant('owner','admin')))
      WITH CHECK (deleted_at IS NULL OR startup_id = (SELECT app.tenant('owner','admin')))$q$, t);
  END LOOP;
END $do$;

CREATE POLICY s ON startups FOR SELECT TO prospector_app USING (id = (SELECT app.tenant()));
CREATE POLICY u ON startups FOR UPDATE TO prospector_app USING (id = (SELECT app.tenant('owner','admin'))) WITH CHECK (id = (SELECT app.tenant('owner','admin')));
CREATE POLICY s ON auth.users FOR SELECT TO prospector_app
  USING (id = (SELECT auth.uid()) OR id IN (SELECT user_id FROM public.team_members WHERE startup_id = (SELECT app.tenant())));
CREATE POLICY s ON auth.sessions FOR SELECT TO prospector_app USING (user_id = (SELECT auth.uid()) AND job_id IS NULL);
CREATE POLICY d ON auth.sessions FOR DELETE TO prospector_app USING (user_id = (SELECT auth.uid()) AND job_id IS NULL);

-- Grants: columns that a person may set, and no others.
GRANT SELECT ON startups, team_members, invitations, crm_accounts, crm_contacts, crm_deals, crm_deal_stage_changes, crm_interactions, share_links, jobs TO prospector_app;
GRANT SELECT (id, name, email) ON auth.users TO prospector_app;
GRANT SELECT (user_id, expires_at, device, created_at, job_id), DELETE ON auth.sessions TO prospector_app;
GRANT UPDATE (name, icp, settings) ON startups TO prospector_app;
GRANT INSERT (startup_id, id, token_hash, role, invited_by), DELETE ON invitations TO prospector_app;
GRANT INSERT (startup_id, id, name, domain, kind, segment, status, mrr, owner_id, extended_info, external_id, import_source, import_hash),
      UPDATE (name, domain, kind, segment, status, mrr, owner_id, extended_info, external_id, import_source, import_hash, deleted_at),
      DELETE ON crm_accounts TO prospector_app;
GRANT INSERT (startup_id, id, account_id, email, first_name, last_name, role, linkedin_url, external_id, import_source, import_hash),
      UPDATE (account_id, email, first_name, last_name, role, linkedin_url, external_id, import_source, import_hash, deleted_at),
      DELETE ON crm_contacts TO prospector_app;
GRANT INSERT (startup_id, id, account_id, name, amount, stage, stage_since, probability, probability_by_hand, expected_close, opened_at, closed_at, lost_reason, owner_id, rank, source_channel, extended_info, external_id, import_source, import_hash),
      UPDATE (account_id, name, amount, stage, stage_since, probability, probability_by_hand, expected_close, opened_at, closed_at, lost_reason, owner_id, rank, source_channel, extended_info, external_id, import_source, import_hash, deleted_at),
      DELETE ON crm_deals TO prospector_app;
GRANT INSERT (startup_id, id, account_id, contact_id, deal_id, author_id, type, direction, summary, occurred_at) ON crm_interactions TO prospector_app;
GRANT INSERT (startup_id, id, account_id, token_hash, tabs, expires_at), UPDATE (revoked_at), DELETE ON share_links TO prospector_app;
GRANT INSERT (startup_id, kind, subject_id, requested_by) ON jobs TO prospector_app;

-- A shared account's page, read as the guest: the link's token is the context.
GRANT CREATE ON SCHEMA app TO prospector_definer;
RESET ROLE;
SET ROLE prospector_definer;
CREATE FUNCTION app.shared(tab text DEFAULT NULL) RETURNS TABLE (startup_id uuid, account_id uuid) LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$ BEGIN
  RETURN QUERY SELECT l.startup_id, l.account_id FROM public.share_links l
    JOIN public.crm_accounts a ON a.startup_id = l.startup_id AND a.id = l.account_id AND a.deleted_at IS NULL
    WHERE l.token_hash = sha256(convert_to(nullif(current_setting('app.share', true), ''), 'UTF8')) AND l.revoked_at IS NULL AND l.expires_at > now() AND (tab IS NULL OR tab = ANY (l.tabs));
END $$;
REVOKE ALL ON FUNCTION app.shared FROM PUBLIC;
GRANT EXECUTE ON FUNCTION app.shared TO prospector_guest, prospector_owner;
RESET ROLE;
SET ROLE prospector_owner;
REVOKE CREATE ON SCHEMA app FROM prospector_definer;
CREATE POLICY g ON crm_accounts FOR SELECT TO prospector_guest USING ((startup_id, id) = (SELECT x.startup_id, x.account_id FROM app.shared() x) AND deleted_at IS NULL);
CREATE POLICY g ON crm_contacts FOR SELECT TO prospector_guest USING ((startup_id, account_id) = (SELECT x.startup_id, x.account_id FROM app.shared('contacts') x) AND deleted_at IS NULL);
GRANT SELECT (startup_id, id, name, domain, deleted_at) ON crm_accounts TO prospector_guest;
GRANT SELECT (startup_id, id, account_id, email, deleted_at) ON crm_contacts TO prospector_guest;

CREATE OR REPLACE FUNCTION app.schema_version() RETURNS bigint LANGUAGE sql IMMUTABLE PARALLEL SAFE SET search_path = pg_catalog, pg_temp AS
  $$ SELECT 202611230005 $$;
REVOKE ALL ON FUNCTION app.schema_version FROM PUBLIC;
GRANT EXECUTE ON FUNCTION app.schema_version TO prospector_app, prospector_auth, prospector_worker;
RESET ROLE;

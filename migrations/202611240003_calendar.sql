-- Calendar feeds: the days on which deals are expected to close, read by a calendar that cannot sign in.
SET ROLE prospector_owner;
GRANT CREATE ON SCHEMA app TO prospector_definer;  -- taken back at the end

-- An address is a secret of whoever made it, and ends with their membership.
CREATE TABLE calendar_feeds (
  startup_id uuid NOT NULL,
  id uuid NOT NULL DEFAULT app.uuid7(),
  user_id uuid NOT NULL,  -- who made it
  token_hash bytea NOT NULL UNIQUE CHECK (octet_length(token_hash) = 32),  -- sha256 of the address's token
  mine boolean NOT NULL,  -- its maker's deals only, or everybody's
  created_at timestamptz NOT NULL DEFAULT now(),
  PRIMARY KEY (startup_id, id),
  FOREIGN KEY (startup_id, user_id) REFERENCES team_members (startup_id, user_id) ON DELETE CASCADE
);
CREATE INDEX calendar_feeds_maker ON calendar_feeds (startup_id, user_id);

ALTER TABLE calendar_feeds ENABLE ROW LEVEL SECURITY;
ALTER TABLE calendar_feeds FORCE ROW LEVEL SECURITY;
CREATE POLICY definer ON calendar_feeds TO prospector_definer USING (true) WITH CHECK (true);
CREATE POLICY backup ON calendar_feeds FOR SELECT TO prospector_backup USING (true);
-- everybody makes and revokes their own, a viewer, too: a feed only reads; owners and admins revoke anybody's
CREATE POLICY s ON calendar_feeds FOR SELECT TO prospector_app USING (
  (startup_id = (SELECT app.tenant()) AND user_id = (SELECT auth.uid())) OR startup_id = (SELECT app.tenant('owner','admin')));
CREATE POLICY i ON calendar_feeds FOR INSERT TO prospector_app WITH CHECK (startup_id = (SELECT app.tenant()) AND user_id = (SELECT auth.uid()));
CREATE POLICY d ON calendar_feeds FOR DELETE TO prospector_app USING (
  (startup_id = (SELECT app.tenant()) AND user_id = (SELECT auth.uid())) OR startup_id = (SELECT app.tenant('owner','admin')));
GRANT SELECT ON calendar_feeds TO prospector_backup, prospector_definer;
GRANT SELECT, INSERT (startup_id, id, user_id, token_hash, mine), DELETE ON calendar_feeds TO prospector_app;

RESET ROLE;
SET ROLE prospector_definer;

-- What a feed's token opens, without a session: its startup, and those of its open deals that are expected to close on a
-- day, the nearest 2,000. No row for a token that is unknown, revoked, or of somebody who is no member any more.
CREATE FUNCTION app.calendar(token text) RETURNS TABLE (startup text, slug text, currency text, time_zone text, maker text, deals jsonb)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
  SELECT s.name, s.slug, coalesce(s.settings->>'currency', 'USD'), z.time_zone, CASE WHEN f.mine THEN u.name END,
    (SELECT coalesce(jsonb_agg(n ORDER BY n.expected_close, n.id), '[]') FROM (
      SELECT d.id, d.name, a.name AS account, d.amount_cents, d.stage, d.expected_close, d.updated_at, d.version
      FROM public.crm_deals d JOIN public.crm_accounts a ON a.startup_id = d.startup_id AND a.id = d.account_id
      -- by stage: a range of the board's index has the open ones, and only those
      WHERE d.startup_id = f.startup_id AND d.deleted_at IS NULL AND d.stage IN ('Qualified', 'Proposal', 'Negotiation')
        AND d.expected_close BETWEEN '0001-01-01' AND '9998-12-31' AND (NOT f.mine OR d.owner_id = f.user_id)
      ORDER BY abs(d.expected_close - (now() AT TIME ZONE z.time_zone)::date), d.expected_close, d.id LIMIT 2000) n)
  FROM public.calendar_feeds f JOIN public.startups s ON s.id = f.startup_id JOIN auth.users u ON u.id = f.user_id
  JOIN public.team_members m ON m.startup_id = f.startup_id AND m.user_id = f.user_id
  CROSS JOIN LATERAL (SELECT coalesce(s.settings->>'time_zone', 'UTC') AS time_zone) z
  WHERE f.token_hash = sha256(convert_to(token, 'UTF8'))
$$;
REVOKE ALL ON FUNCTION app.calendar FROM PUBLIC;
GRANT EXECUTE ON FUNCTION app.calendar TO prospector_app;

RESET ROLE;
SET ROLE prospector_owner;
REVOKE CREATE ON SCHEMA app FROM prospector_definer;
CREATE OR REPLACE FUNCTION app.schema_version() RETURNS bigint LANGUAGE sql IMMUTABLE PARALLEL SAFE SET search_path = pg_catalog, pg_temp AS
  $$ SELECT 202611240003 $$;
RESET ROLE;

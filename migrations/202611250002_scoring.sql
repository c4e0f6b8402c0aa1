-- Scoring: what a score says in short, so that one that says nothing new need not be written.
SET ROLE prospector_owner;

ALTER TABLE crm_lead_scores ADD fingerprint bigint;  -- of the lines without their ages, of coverage and of who judged
GRANT INSERT (fingerprint) ON crm_lead_scores TO prospector_worker;
GRANT CREATE ON SCHEMA app TO prospector_definer;  -- taken back at the end

RESET ROLE;
SET ROLE prospector_definer;

-- What makes a good lead was changed: leads are scored anew, the best 50,000, those that never were behind them. Rules cost nothing.
-- Returns how many accounts.
CREATE OR REPLACE FUNCTION app.ask_scores() RETURNS int LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$ DECLARE t uuid := app.tenant('owner', 'admin', 'editor'); found uuid[]; BEGIN
  SELECT array_agg(x.id) INTO found FROM (SELECT a.id FROM public.crm_accounts a WHERE a.startup_id = t AND a.deleted_at IS NULL ORDER BY a.priority DESC, a.id DESC LIMIT 50000) x;
  IF found IS NULL THEN RETURN 0; END IF;
  PERFORM app.enqueue(t, 'score', found, found, auth.uid(), 2);
  RETURN cardinality(found);
END $$;

-- Priority, 0 to 100, as app.refresh_priority has it, in one place: 60 % of the lead's score; up to 25 for the value of its open
-- deals (logarithmic, full at a million); 15 while its research is fresh, 7 up to 90 days.
CREATE FUNCTION app.priority(score int, open_cents numeric, researched timestamptz) RETURNS int LANGUAGE sql STABLE PARALLEL SAFE SET search_path = pg_catalog, pg_temp AS $$
  SELECT round(0.6 * coalesce(score, 0))::int + least(25, round(25 * ln(1 + open_cents / 100.0) / ln(1000001)))::int
    + CASE WHEN researched > now() - interval '30 days' THEN 15 WHEN researched > now() - interval '90 days' THEN 7 ELSE 0 END
$$;
REVOKE ALL ON FUNCTION app.priority FROM PUBLIC;

CREATE OR REPLACE FUNCTION app.refresh_priority(startup uuid, accounts uuid[]) RETURNS void LANGUAGE sql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
  UPDATE public.crm_accounts a SET priority = p.priority FROM unnest(accounts) x(id)
  JOIN public.crm_accounts o ON o.startup_id = startup AND o.id = x.id
  CROSS JOIN LATERAL (SELECT coalesce(sum(d.amount_cents), 0) AS cents FROM public.crm_deals d WHERE d.startup_id = startup AND d.account_id = o.id AND d.closed_at IS NULL AND d.deleted_at IS NULL) v
  CROSS JOIN LATERAL (SELECT app.priority(o.lead_score, v.cents, o.last_enriched_at) AS priority) p
  WHERE a.startup_id = startup AND a.id = o.id AND a.priority <> p.priority
$$;

-- An account is as good a lead as the best of its contacts. Score and priority are written at once: a second version of the row would
-- cost all its indexes again.
CREATE OR REPLACE FUNCTION app.scored() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$ BEGIN
  UPDATE public.crm_accounts a SET lead_score = p.overall_score, score_coverage = p.coverage, priority = p.priority
    FROM (SELECT b.*, app.priority(b.overall_score, v.cents, o.last_enriched_at) AS priority
      FROM (SELECT DISTINCT ON (startup_id, account_id) startup_id, account_id, overall_score, coverage FROM added ORDER BY startup_id, account_id, overall_score DESC) b
      JOIN public.crm_accounts o ON o.startup_id = b.startup_id AND o.id = b.account_id
      CROSS JOIN LATERAL (SELECT coalesce(sum(d.amount_cents), 0) AS cents FROM public.crm_deals d WHERE d.startup_id = b.startup_id AND d.account_id = b.account_id AND d.closed_at IS NULL AND d.deleted_at IS NULL) v) p
    WHERE a.startup_id = p.startup_id AND a.id = p.account_id AND (a.lead_score, a.score_coverage, a.priority) IS DISTINCT FROM (p.overall_score, p.coverage, p.priority);
  PERFORM app.tell_research(g.startup_id, g.accounts) FROM (SELECT startup_id, array_agg(DISTINCT account_id) AS accounts FROM added GROUP BY 1) g;
  RETURN NULL;
END $$;

RESET ROLE;
SET ROLE prospector_owner;
REVOKE CREATE ON SCHEMA app FROM prospector_definer;

CREATE OR REPLACE FUNCTION app.schema_version() RETURNS bigint LANGUAGE sql IMMUTABLE PARALLEL SAFE SET search_path = pg_catalog, pg_temp AS
  $$ SELECT 202611250002 $$;
RESET ROLE;

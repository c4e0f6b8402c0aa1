-- Intelligence: what research found and where, scores and what they are made of, events of leads, and the queue that works it off.
SET ROLE prospector_owner;
GRANT CREATE ON SCHEMA app TO prospector_definer;  -- taken back at the end

-- One row for each lead and run. What Google's terms show only to whoever asked has that person in only_for.
CREATE TABLE crm_lead_enrichment (
  startup_id uuid NOT NULL,
  id uuid NOT NULL DEFAULT app.uuid7(),
  account_id uuid NOT NULL,
  lead_id uuid,          -- none: research of an account that has no contact yet
  run_id uuid NOT NULL,  -- research is about a company: the rows of its leads share a run
  ceo_name text,
  recent_news jsonb NOT NULL DEFAULT '[]' CHECK (jsonb_typeof(recent_news) = 'array'),           -- [{title, url, date}]
  funding_history jsonb NOT NULL DEFAULT '[]' CHECK (jsonb_typeof(funding_history) = 'array'),   -- [{round, amount, investors}]
  hiring_trends jsonb NOT NULL DEFAULT '{}' CHECK (jsonb_typeof(hiring_trends) = 'object'),      -- {trend, roles}
  market_score int CHECK (market_score BETWEEN 0 AND 100),
  gemini_summary text,
  provider text NOT NULL CHECK (provider IN ('gemini', 'website')),
  model text,
  search_suggestions text,  -- Google's own markup, shown untouched in a frame of its own
  search_queries jsonb NOT NULL DEFAULT '[]' CHECK (jsonb_typeof(search_queries) = 'array'),
  requested_by uuid NOT NULL REFERENCES auth.users,
  only_for uuid REFERENCES auth.users,
  grounded_at timestamptz,
  links_expire_at timestamptz,
  text_expires_at timestamptz,
  cost_micros bigint NOT NULL DEFAULT 0 CHECK (cost_micros >= 0),  -- millionths of a US dollar
  created_at timestamptz NOT NULL DEFAULT now(),
  updated_at timestamptz NOT NULL DEFAULT now(),
  PRIMARY KEY (startup_id, id),
  FOREIGN KEY (startup_id, account_id) REFERENCES crm_accounts (startup_id, id) ON DELETE CASCADE,
  FOREIGN KEY (startup_id, lead_id) REFERENCES crm_contacts (startup_id, id) ON DELETE CASCADE
);
CREATE INDEX crm_lead_enrichment_account ON crm_lead_enrichment (startup_id, account_id, created_at);
CREATE INDEX crm_lead_enrichment_lead ON crm_lead_enrichment (startup_id, lead_id, created_at) WHERE lead_id IS NOT NULL;
CREATE INDEX crm_lead_enrichment_expiring ON crm_lead_enrichment (text_expires_at) WHERE text_expires_at IS NOT NULL;
CREATE INDEX crm_lead_enrichment_links ON crm_lead_enrichment (links_expire_at) WHERE links_expire_at IS NOT NULL;
CREATE INDEX crm_lead_enrichment_by ON crm_lead_enrichment (requested_by);
CREATE INDEX crm_lead_enrichment_for ON crm_lead_enrichment (only_for) WHERE only_for IS NOT NULL;

-- The truth behind the snapshots. Never overwritten: what is no longer so is superseded; what a person says stays.
CREATE TABLE account_facts (
  startup_id uuid NOT NULL,
  id uuid NOT NULL DEFAULT app.uuid7(),
  account_id uuid NOT NULL,
  key text NOT NULL CHECK (key ~ '^[a-z_]{1,40}$'),
  value jsonb NOT NULL CHECK (jsonb_typeof(value) = 'object' AND octet_length(value::text) <= 16000),
  identity text NOT NULL CHECK (length(identity) <= 300),  -- two of one key and identity say the same
  about date,
  observed_at timestamptz NOT NULL DEFAULT now(),
  provider text NOT NULL CHECK (provider IN ('gemini', 'website', 'person')),
  run_id uuid,
  status text NOT NULL CHECK (status IN ('supported', 'unsupported', 'contradicted', 'superseded', 'person')),
  sources jsonb NOT NULL DEFAULT '[]' CHECK (jsonb_typeof(sources) = 'array'),  -- [{url, title}]
  source_url text GENERATED ALWAYS AS (sources -> 0 ->> 'url') STORED,
  source_title text GENERATED ALWAYS AS (sources -> 0 ->> 'title') STORED,
  set_by uuid REFERENCES auth.users,
  only_for uuid REFERENCES auth.users,
  links_expire_at timestamptz,
  text_expires_at timestamptz,
  created_at timestamptz NOT NULL DEFAULT now(),
  updated_at timestamptz NOT NULL DEFAULT now(),
  PRIMARY KEY (startup_id, id),
  FOREIGN KEY (startup_id, account_id) REFERENCES crm_accounts (startup_id, id) ON DELETE CASCADE,
  CHECK ((provider = 'person') = (status IN ('person', 'superseded') AND set_by IS NOT NULL)),
  CHECK (status <> 'supported' OR sources <> '[]')
);
CREATE INDEX account_facts_account ON account_facts (startup_id, account_id, key, observed_at);
CREATE INDEX account_facts_expiring ON account_facts (text_expires_at) WHERE text_expires_at IS NOT NULL;
CREATE INDEX account_facts_links ON account_facts (links_expire_at) WHERE links_expire_at IS NOT NULL;
CREATE INDEX account_facts_by ON account_facts (set_by) WHERE set_by IS NOT NULL;
CREATE INDEX account_facts_for ON account_facts (only_for) WHERE only_for IS NOT NULL;

-- overall = 0.40 fit + 0.40 intent + 0.20 engagement; the points of the lines add up to it.
CREATE TABLE crm_lead_scores (
  startup_id uuid NOT NULL,
  id uuid NOT NULL DEFAULT app.uuid7(),
  account_id uuid NOT NULL,
  lead_id uuid,  -- none: an account that has no contact yet
  overall_score int NOT NULL CHECK (overall_score BETWEEN 0 AND 100),
  fit_score numeric(4,1) NOT NULL CHECK (fit_score BETWEEN 0 AND 100),
  intent_score numeric(4,1) NOT NULL CHECK (intent_score BETWEEN 0 AND 100),
  engagement_score numeric(4,1) NOT NULL CHECK (engagement_score BETWEEN 0 AND 100),
  coverage int NOT NULL CHECK (coverage BETWEEN 0 AND 100),  -- percent of what is looked at that is known
  fit_breakdown jsonb NOT NULL DEFAULT '{}' CHECK (jsonb_typeof(fit_breakdown) = 'object'),  -- {industry, size, region, tech}
  intent_signals jsonb NOT NULL DEFAULT '[]' CHECK (jsonb_typeof(intent_signals) = 'array'),
  risk_factors jsonb NOT NULL DEFAULT '[]' CHECK (jsonb_typeof(risk_factors) = 'array'),
  next_actions jsonb NOT NULL DEFAULT '[]' CHECK (jsonb_typeof(next_actions) = 'array'),
  line_items jsonb NOT NULL CHECK (jsonb_typeof(line_items) = 'array'),
  model text,  -- none: rules alone
  prompt_version text NOT NULL,  -- of the rules or the prompt
  cost_micros bigint NOT NULL DEFAULT 0 CHECK (cost_micros >= 0),
  created_at timestamptz NOT NULL DEFAULT now(),
  updated_at timestamptz NOT NULL DEFAULT now(),
  PRIMARY KEY (startup_id, id),
  FOREIGN KEY (startup_id, account_id) REFERENCES crm_accounts (startup_id, id) ON DELETE CASCADE,
  FOREIGN KEY (startup_id, lead_id) REFERENCES crm_contacts (startup_id, id) ON DELETE CASCADE,
  CHECK (overall_score = 0.40 * fit_score + 0.40 * intent_score + 0.20 * engagement_score)
);
CREATE INDEX crm_lead_scores_account ON crm_lead_scores (startup_id, account_id, created_at);
CREATE INDEX crm_lead_scores_old ON crm_lead_scores (created_at);
CREATE INDEX crm_lead_scores_lead ON crm_lead_scores (startup_id, lead_id, created_at) WHERE lead_id IS NOT NULL;

CREATE TABLE crm_lead_events (
  startup_id uuid NOT NULL,
  id uuid NOT NULL DEFAULT app.uuid7(),
  account_id uuid NOT NULL,
  lead_id uuid NOT NULL,
  kind text NOT NULL CHECK (kind IN ('email_open', 'email_click', 'email_reply', 'site_visit', 'form', 'demo_request', 'trial_start', 'unsubscribe', 'other')),
  channel text CHECK (length(channel) <= 60),
  occurred_at timestamptz NOT NULL DEFAULT now(),
  payload jsonb NOT NULL DEFAULT '{}' CHECK (jsonb_typeof(payload) = 'object' AND octet_length(payload::text) <= 4000),
  external_id text CHECK (length(external_id) <= 200),
  created_at timestamptz NOT NULL DEFAULT now(),
  PRIMARY KEY (startup_id, id),
  FOREIGN KEY (startup_id, account_id) REFERENCES crm_accounts (startup_id, id) ON DELETE CASCADE,
  FOREIGN KEY (startup_id, lead_id) REFERENCES crm_contacts (startup_id, id) ON DELETE CASCADE
);
CREATE INDEX crm_lead_events_old ON crm_lead_events (occurred_at);
CREATE INDEX crm_lead_events_lead ON crm_lead_events (startup_id, lead_id, occurred_at);
CREATE INDEX crm_lead_events_account ON crm_lead_events (startup_id, account_id, occurred_at);
CREATE UNIQUE INDEX crm_lead_events_once ON crm_lead_events (startup_id, lead_id, external_id) WHERE external_id IS NOT NULL;

-- By its token a startup's own site tells of its visitors. It stands in a public page: it opens nothing, it only takes events.
CREATE TABLE ingest_keys (
  startup_id uuid NOT NULL REFERENCES startups ON DELETE CASCADE,
  id uuid NOT NULL DEFAULT app.uuid7(),
  token_hash bytea NOT NULL UNIQUE CHECK (octet_length(token_hash) = 32),  -- sha256 of the key
  created_by uuid NOT NULL REFERENCES auth.users,
  created_at timestamptz NOT NULL DEFAULT now(),
  PRIMARY KEY (startup_id, id)
);
CREATE INDEX ingest_keys_by ON ingest_keys (created_by);

-- Research runs and their cost, by day (UTC): what the daily budget is compared with.
CREATE TABLE research_usage (
  startup_id uuid NOT NULL REFERENCES startups ON DELETE CASCADE,
  day date NOT NULL,
  runs int NOT NULL DEFAULT 0,
  cost_micros bigint NOT NULL DEFAULT 0,
  PRIMARY KEY (startup_id, day)
);

-- The queue: what a person waits for (0) comes before what happens by itself (1) and what is scheduled or many (2).
ALTER TABLE jobs ADD account_id uuid, ADD urgency smallint NOT NULL DEFAULT 1 CHECK (urgency BETWEEN 0 AND 2), ADD progress text CHECK (length(progress) <= 200);
DROP INDEX jobs_due;
CREATE INDEX jobs_due ON jobs (startup_id, kind, urgency, run_at, id) WHERE state IN ('queued', 'running');
CREATE INDEX jobs_account ON jobs (startup_id, account_id, created_at) WHERE account_id IS NOT NULL;
CREATE INDEX jobs_lease ON jobs (lease) WHERE state = 'running';
CREATE INDEX jobs_failed ON jobs (startup_id, updated_at) WHERE state = 'failed';
CREATE INDEX jobs_ended ON jobs (updated_at) WHERE state IN ('done', 'cancelled', 'failed');

-- How good a lead an account is, and how soon somebody should turn to it: kept by triggers, sorted by.
ALTER TABLE crm_accounts ADD lead_score int CHECK (lead_score BETWEEN 0 AND 100), ADD score_coverage int CHECK (score_coverage BETWEEN 0 AND 100),
  ADD priority int NOT NULL DEFAULT 0 CHECK (priority BETWEEN 0 AND 100);
CREATE INDEX crm_accounts_priority ON crm_accounts (startup_id, priority, id) WHERE deleted_at IS NULL;

CREATE INDEX crm_interactions_moodless ON crm_interactions (startup_id, occurred_at) WHERE sentiment IS NULL AND summary IS NOT NULL;

GRANT SELECT, DELETE ON crm_lead_enrichment, crm_lead_scores, crm_lead_events, account_facts TO prospector_definer;
GRANT UPDATE (sources, links_expire_at) ON account_facts TO prospector_definer;
GRANT UPDATE (search_suggestions, recent_news, links_expire_at) ON crm_lead_enrichment TO prospector_definer;
GRANT INSERT ON crm_lead_events TO prospector_definer;
GRANT SELECT ON ingest_keys TO prospector_definer;
GRANT SELECT, INSERT, UPDATE ON research_usage TO prospector_definer;
GRANT UPDATE (lead_score, score_coverage, priority) ON crm_accounts TO prospector_definer;

DO $do$ DECLARE t text; BEGIN
  FOREACH t IN ARRAY ARRAY['crm_lead_enrichment', 'account_facts', 'crm_lead_scores', 'crm_lead_events', 'ingest_keys', 'research_usage'] LOOP
    EXECUTE format('ALTER TABLE %1$s ENABLE ROW LEVEL SECURITY; ALTER TABLE %1$s FORCE ROW LEVEL SECURITY;
      CREATE POLICY definer ON %1$s TO prospector_definer USING (true) WITH CHECK (true);
      CREATE POLICY backup ON %1$s FOR SELECT TO prospector_backup USING (true);
      GRANT SELECT ON %1$s TO prospector_backup, prospector_app', t);
  END LOOP;
  FOREACH t IN ARRAY ARRAY['crm_lead_enrichment', 'account_facts'] LOOP
    EXECUTE format($q$CREATE POLICY s ON %1$s FOR SELECT TO prospector_app USING (startup_id = (SELECT app.tenant()) AND (only_for IS NULL OR only_for = (SELECT auth.uid())))$q$, t);
  END LOOP;
  FOREACH t IN ARRAY ARRAY['crm_lead_scores', 'crm_lead_events', 'research_usage'] LOOP
    EXECUTE format($q$CREATE POLICY s ON %1$s FOR SELECT TO prospector_app USING (startup_id = (SELECT app.tenant()))$q$, t);
  END LOOP;
  -- what research brings is the worker's to write, in the context of the member whose job it is
  FOREACH t IN ARRAY ARRAY['crm_lead_enrichment', 'account_facts', 'crm_lead_scores'] LOOP
    EXECUTE format($q$CREATE POLICY wi ON %1$s FOR INSERT TO prospector_worker WITH CHECK (startup_id = (SELECT app.tenant('owner','admin','editor')))$q$, t);
  END LOOP;
END $do$;

-- a person's own word is theirs; that it is taken back supersedes it
CREATE POLICY i ON account_facts FOR INSERT TO prospector_app WITH CHECK (startup_id = (SELECT app.tenant('owner','admin','editor')) AND provider = 'person' AND status = 'person' AND set_by = (SELECT auth.uid()));
CREATE POLICY u ON account_facts FOR UPDATE TO prospector_app USING (startup_id = (SELECT app.tenant('owner','admin','editor')) AND provider = 'person') WITH CHECK (startup_id = (SELECT app.tenant('owner','admin','editor')) AND provider = 'person');
CREATE POLICY wu ON account_facts FOR UPDATE TO prospector_worker USING (startup_id = (SELECT app.tenant('owner','admin','editor')) AND provider <> 'person') WITH CHECK (startup_id = (SELECT app.tenant('owner','admin','editor')) AND provider <> 'person');
-- the worker inherits what people may, but a person's word is not its to write
CREATE POLICY own_word ON account_facts AS RESTRICTIVE FOR INSERT TO prospector_worker WITH CHECK (provider <> 'person');
CREATE POLICY own_word_stays ON account_facts AS RESTRICTIVE FOR UPDATE TO prospector_worker USING (provider <> 'person');
CREATE POLICY i ON crm_lead_events FOR INSERT TO prospector_app WITH CHECK (startup_id = (SELECT app.tenant('owner','admin','editor')));
CREATE POLICY s ON ingest_keys FOR SELECT TO prospector_app USING (startup_id = (SELECT app.tenant()));
CREATE POLICY i ON ingest_keys FOR INSERT TO prospector_app WITH CHECK (startup_id = (SELECT app.tenant('owner','admin')) AND created_by = (SELECT auth.uid()));
CREATE POLICY d ON ingest_keys FOR DELETE TO prospector_app USING (startup_id = (SELECT app.tenant('owner','admin')));
-- the one column of the log that is filled later, by the worker
CREATE POLICY mood ON crm_interactions FOR UPDATE TO prospector_worker USING (startup_id = (SELECT app.tenant('owner','admin','editor'))) WITH CHECK (startup_id = (SELECT app.tenant('owner','admin','editor')));

GRANT INSERT (startup_id, id, account_id, key, value, identity, about, provider, status, sources, set_by), UPDATE (status) ON account_facts TO prospector_app;
GRANT INSERT (startup_id, id, account_id, key, value, identity, about, observed_at, provider, run_id, status, sources, only_for, links_expire_at, text_expires_at),
      UPDATE (status, observed_at, about, value, sources, run_id, links_expire_at, text_expires_at) ON account_facts TO prospector_worker;
GRANT INSERT (startup_id, id, account_id, lead_id, run_id, ceo_name, recent_news, funding_history, hiring_trends, market_score, gemini_summary, provider, model, search_suggestions, search_queries,
      requested_by, only_for, grounded_at, links_expire_at, text_expires_at, cost_micros) ON crm_lead_enrichment TO prospector_worker;
GRANT INSERT (startup_id, id, account_id, lead_id, overall_score, fit_score, intent_score, engagement_score, coverage, fit_breakdown, intent_signals, risk_factors, next_actions, line_items, model, prompt_version, cost_micros)
  ON crm_lead_scores TO prospector_worker;
GRANT INSERT (startup_id, id, account_id, lead_id, kind, channel, occurred_at, payload, external_id) ON crm_lead_events TO prospector_app;
GRANT INSERT (startup_id, id, token_hash, created_by), DELETE ON ingest_keys TO prospector_app;
GRANT UPDATE (sentiment) ON crm_interactions TO prospector_worker;
GRANT UPDATE (last_enriched_at) ON crm_accounts TO prospector_worker;
-- jobs are asked for, cancelled and tried again through functions: urgency is not for everybody to choose
GRANT INSERT (account_id) ON jobs TO prospector_app;

-- Which of Google's two ways a startup takes is its owner's word, and nobody else's.
CREATE FUNCTION app.keep_choice() RETURNS trigger LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$ BEGIN
  IF OLD.settings -> 'grounding' IS DISTINCT FROM NEW.settings -> 'grounding' AND current_user IN ('prospector_app', 'prospector_worker') AND app.tenant('owner') IS DISTINCT FROM NEW.id THEN
    RAISE EXCEPTION 'the owner decides' USING ERRCODE = '42501';
  END IF;
  RETURN NEW;
END $$;
REVOKE ALL ON FUNCTION app.keep_choice FROM PUBLIC;

RESET ROLE;
SET ROLE prospector_definer;

-- Priority, 0 to 100: 60 % of the lead's score; up to 25 for the value of its open deals (logarithmic, full at a million); 15 while
-- its research is fresh, 7 up to 90 days, for a score that rests on old facts is worth less.
CREATE FUNCTION app.refresh_priority(startup uuid, accounts uuid[]) RETURNS void LANGUAGE sql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
  UPDATE public.crm_accounts a SET priority = p.priority FROM unnest(accounts) x(id)
  JOIN public.crm_accounts o ON o.startup_id = startup AND o.id = x.id
  CROSS JOIN LATERAL (SELECT coalesce(sum(d.amount_cents), 0) AS cents FROM public.crm_deals d WHERE d.startup_id = startup AND d.account_id = o.id AND d.closed_at IS NULL AND d.deleted_at IS NULL) v
  CROSS JOIN LATERAL (SELECT round(0.6 * coalesce(o.lead_score, 0))::int + least(25, round(25 * ln(1 + v.cents / 100.0) / ln(1000001)))::int
    + CASE WHEN o.last_enriched_at > now() - interval '30 days' THEN 15 WHEN o.last_enriched_at > now() - interval '90 days' THEN 7 ELSE 0 END AS priority) p
  WHERE a.startup_id = startup AND a.id = o.id AND a.priority <> p.priority
$$;

-- Tells open pages that something about accounts' research changed, as ids only; more than a hundred are told as all.
CREATE FUNCTION app.tell_research(startup uuid, accounts uuid[]) RETURNS void LANGUAGE sql SET search_path = pg_catalog, pg_temp AS $$
  SELECT pg_notify('prospector_deals', jsonb_build_object('startup', startup, 'accounts', CASE WHEN cardinality(accounts) <= 100 THEN to_jsonb(accounts) ELSE '[]' END)::text)
$$;

-- Puts work into the queue, once: what waits already is only made more urgent.
CREATE FUNCTION app.enqueue(startup uuid, what text, subjects uuid[], accounts uuid[], who uuid, how_urgent int, starting timestamptz DEFAULT now()) RETURNS void
LANGUAGE sql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
  -- in two steps: an ON CONFLICT DO UPDATE would lock what waits even where it changes nothing
  INSERT INTO public.jobs (startup_id, kind, subject_id, account_id, requested_by, urgency, run_at)
    SELECT startup, what, s.subject, s.account, who, how_urgent, starting FROM unnest(subjects, accounts) s(subject, account) ORDER BY s.subject ON CONFLICT DO NOTHING;
  UPDATE public.jobs j SET urgency = how_urgent, requested_by = who, run_at = least(j.run_at, starting)
    WHERE j.startup_id = startup AND j.kind = what AND j.subject_id = ANY (subjects) AND j.state = 'queued' AND j.urgency > how_urgent
$$;

-- Who acts where nobody asked: the account's owner if they edit, else the startup's oldest owner.
CREATE FUNCTION app.acting(startup uuid, account uuid DEFAULT NULL) RETURNS uuid LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
  SELECT coalesce((SELECT m.user_id FROM public.crm_accounts a JOIN public.team_members m ON m.startup_id = a.startup_id AND m.user_id = a.owner_id AND m.role IN ('owner', 'admin', 'editor')
      WHERE a.startup_id = startup AND a.id = account),
    (SELECT m.user_id FROM public.team_members m WHERE m.startup_id = startup AND m.role = 'owner' ORDER BY m.created_at, m.id LIMIT 1))
$$;

-- A contact that a person adds is researched; a larger statement asks first; without a session (seed, restore) there is nobody to act for.
CREATE OR REPLACE FUNCTION app.queue_enrichment() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$ BEGIN
  IF auth.uid() IS NOT NULL AND (SELECT count(*) FROM added) <= 20 THEN
    PERFORM app.enqueue(g.startup_id, 'enrich', g.leads, g.accounts, auth.uid(), 1) FROM (SELECT startup_id, array_agg(id) AS leads, array_agg(account_id) AS accounts FROM added GROUP BY 1) g;
    PERFORM app.tell_research(g.startup_id, g.accounts) FROM (SELECT startup_id, array_agg(DISTINCT account_id) AS accounts FROM added GROUP BY 1) g;
  END IF;
  RETURN NULL;
END $$;

-- What was found, a changed lead, a new touch: the account's leads are scored anew. Statements of many rows ask first.
CREATE FUNCTION app.queue_score() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$ BEGIN
  IF auth.uid() IS NOT NULL AND (SELECT count(*) FROM added) <= 200 THEN
    PERFORM app.enqueue(g.startup_id, 'score', g.accounts, g.accounts, auth.uid(), 1) FROM (SELECT startup_id, array_agg(DISTINCT account_id) AS accounts FROM added GROUP BY 1) g;
  END IF;
  RETURN NULL;
END $$;
CREATE FUNCTION app.queue_account_score() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$ BEGIN
  IF auth.uid() IS NULL OR (SELECT count(*) FROM newer) > 200 THEN RETURN NULL; END IF;
  PERFORM app.enqueue(g.startup_id, 'score', g.accounts, g.accounts, auth.uid(), 1) FROM (SELECT n.startup_id, array_agg(n.id) AS accounts FROM newer n JOIN older o ON o.startup_id = n.startup_id AND o.id = n.id
    WHERE (n.domain, n.segment, n.extended_info) IS DISTINCT FROM (o.domain, o.segment, o.extended_info) GROUP BY 1) g;
  RETURN NULL;
END $$;

-- Moods are filled in batches: a startup's newest entries wait some seconds for each other.
CREATE FUNCTION app.queue_mood() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$ BEGIN
  IF auth.uid() IS NOT NULL AND (SELECT count(*) FROM added) <= 20 THEN
    PERFORM app.enqueue(startup_id, 'sentiment', ARRAY[startup_id], ARRAY[NULL::uuid], auth.uid(), 1, now() + interval '3 seconds') FROM added WHERE summary IS NOT NULL LIMIT 1;
  END IF;
  RETURN NULL;
END $$;
CREATE FUNCTION app.mood_filled() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$ BEGIN
  PERFORM app.refresh_health(g.startup_id, g.accounts) FROM (SELECT startup_id, array_agg(DISTINCT account_id) AS accounts FROM newer WHERE sentiment IS NOT NULL GROUP BY 1) g;
  RETURN NULL;
END $$;

-- An account is as good a lead as the best of its contacts.
CREATE FUNCTION app.scored() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$ BEGIN
  UPDATE public.crm_accounts a SET lead_score = b.overall_score, score_coverage = b.coverage
    FROM (SELECT DISTINCT ON (startup_id, account_id) startup_id, account_id, overall_score, coverage FROM added ORDER BY startup_id, account_id, overall_score DESC) b
    WHERE a.startup_id = b.startup_id AND a.id = b.account_id AND (a.lead_score, a.score_coverage) IS DISTINCT FROM (b.overall_score, b.coverage);
  PERFORM app.refresh_priority(g.startup_id, g.accounts), app.tell_research(g.startup_id, g.accounts) FROM (SELECT startup_id, array_agg(DISTINCT account_id) AS accounts FROM added GROUP BY 1) g;
  RETURN NULL;
END $$;

-- A deal's amount, whether it is open and whose it is weigh in the priority.
CREATE FUNCTION app.deals_weighed() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$ BEGIN
  PERFORM app.refresh_priority(g.startup_id, g.accounts) FROM (SELECT startup_id, array_agg(DISTINCT account_id) AS accounts FROM added GROUP BY 1) g;
  RETURN NULL;
END $$;
CREATE FUNCTION app.deal_weighed_anew() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$ BEGIN
  PERFORM app.refresh_priority(NEW.startup_id, ARRAY[NEW.account_id, OLD.account_id]);
  RETURN NULL;
END $$;

-- Due work of one startup and kind, with a session of its own, for the member who asked: the worker's only way to rows. What people
-- wait for goes first; else each startup that has work has the same chance, however much it has. Research keeps to the
-- startup's daily budget and runs for at most at_once companies at a time. Whose asker edits no more runs for an owner, unless
-- they asked for it themselves: then it is cancelled.
CREATE FUNCTION app.claim_jobs(hash bytea, lease_for interval, kinds text[] DEFAULT ARRAY['score', 'sentiment', 'enrich', 'reason'], most int DEFAULT 1, at_once int DEFAULT 2)
RETURNS TABLE (startup_id uuid, job_id uuid, lease uuid, kind text, subject_id uuid, account_id uuid, requested_by uuid, urgency int, attempt int)
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$ #variable_conflict use_column
DECLARE t uuid; k text; j public.jobs; who uuid; tries constant int := 9; held uuid := gen_random_uuid(); taken uuid[]; BEGIN
  FOR t IN
    WITH RECURSIVE waiting AS (
      (SELECT x.startup_id FROM public.jobs x WHERE x.state IN ('queued', 'running') ORDER BY x.startup_id LIMIT 1)
      UNION ALL
      SELECT (SELECT x.startup_id FROM public.jobs x WHERE x.state IN ('queued', 'running') AND x.startup_id > w.startup_id ORDER BY x.startup_id LIMIT 1) FROM waiting w WHERE w.startup_id IS NOT NULL)
    SELECT w.startup_id FROM waiting w WHERE w.startup_id IS NOT NULL
    ORDER BY NOT EXISTS (SELECT FROM unnest(kinds) o(kind) JOIN public.jobs x ON x.startup_id = w.startup_id AND x.kind = o.kind AND x.urgency = 0 AND x.run_at <= now() AND x.state = 'queued'), random()
  LOOP
    FOREACH k IN ARRAY kinds LOOP
      CONTINUE WHEN k IN ('enrich', 'reason') AND (
        (SELECT count(*) FROM public.jobs x WHERE x.startup_id = t AND x.kind = k AND x.state = 'running' AND x.run_at > now()) >= at_once
        OR coalesce((SELECT u.runs FROM public.research_usage u WHERE u.startup_id = t AND u.day = (now() AT TIME ZONE 'UTC')::date), 0)
          >= (SELECT coalesce((s.settings ->> 'research_runs_a_day')::int, 200) FROM public.startups s WHERE s.id = t));
      LOOP
        SELECT x.* INTO j FROM public.jobs x WHERE x.startup_id = t AND x.kind = k AND x.state IN ('queued', 'running') AND x.run_at <= now() ORDER BY x.urgency, x.run_at, x.id LIMIT 1 FOR UPDATE SKIP LOCKED;
        EXIT WHEN NOT FOUND;
        -- one whose worker died so often kills workers
        IF j.state = 'running' AND j.attempt >= tries THEN
          UPDATE public.jobs x SET state = 'failed', error = 'It was begun ' || j.attempt || ' times and never ended.', progress = NULL, lease = NULL WHERE x.startup_id = t AND x.id = j.id;
          CONTINUE;
        END IF;
        who := j.requested_by;
        EXIT WHEN EXISTS (SELECT FROM public.team_members m WHERE m.startup_id = t AND m.user_id = who AND m.role IN ('owner', 'admin', 'editor'));
        IF j.urgency = 0 THEN
          -- all that they asked for at once; what somebody else holds is left
          UPDATE public.jobs x SET state = 'cancelled', error = 'Who asked for this may no longer do so.' WHERE x.startup_id = t AND x.id IN
            (SELECT y.id FROM public.jobs y WHERE y.startup_id = t AND y.kind = k AND y.urgency = 0 AND y.state IN ('queued', 'running') AND y.requested_by = who FOR UPDATE SKIP LOCKED);
          CONTINUE;
        END IF;
        who := app.acting(t, j.account_id);
        EXIT;
      END LOOP;
      CONTINUE WHEN NOT FOUND OR who IS NULL;
      SELECT array_agg(d.id) INTO taken FROM (SELECT x.id FROM public.jobs x WHERE x.startup_id = t AND x.kind = k AND x.state IN ('queued', 'running') AND x.run_at <= now()
        AND x.requested_by = j.requested_by ORDER BY x.urgency, x.run_at, x.id LIMIT CASE WHEN k IN ('enrich', 'reason') THEN 1 ELSE greatest(most, 1) END FOR UPDATE SKIP LOCKED) d;
      IF taken IS NULL OR NOT j.id = ANY (taken) THEN taken := ARRAY[j.id]; END IF;
      IF k = 'enrich' THEN
        INSERT INTO public.research_usage AS u (startup_id, day, runs) VALUES (t, (now() AT TIME ZONE 'UTC')::date, 1) ON CONFLICT (startup_id, day) DO UPDATE SET runs = u.runs + 1;
        PERFORM app.tell_research(t, ARRAY[j.account_id]);
      END IF;
      DELETE FROM auth.sessions s WHERE s.job_id = ANY (taken);
      INSERT INTO auth.sessions (token_hash, user_id, expires_at, job_id, startup_id) VALUES (hash, who, now() + lease_for, taken[1], t);
      RETURN QUERY UPDATE public.jobs x SET state = 'running', attempt = x.attempt + 1, lease = held, lease_until = now() + lease_for, run_at = now() + lease_for, progress = NULL
        WHERE x.startup_id = t AND x.id = ANY (taken)
        RETURNING x.startup_id, x.id, x.lease, x.kind, x.subject_id, x.account_id, who, x.urgency::int, x.attempt;
      RETURN;
    END LOOP;
  END LOOP;
END $$;

-- One of any kind.
CREATE OR REPLACE FUNCTION app.claim_job(hash bytea, lease_for interval) RETURNS TABLE (startup_id uuid, job_id uuid, lease uuid, kind text, subject_id uuid) LANGUAGE sql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
  SELECT startup_id, job_id, lease, kind, subject_id FROM app.claim_jobs(hash, lease_for)
$$;

-- As app.finish_job, for several of one lease: those that are done now. What is missing was cancelled or is somebody else's by now.
CREATE FUNCTION app.finish_jobs(ids uuid[], held uuid) RETURNS SETOF uuid LANGUAGE sql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
  UPDATE public.jobs SET state = 'done', error = NULL, progress = NULL WHERE startup_id = app.tenant() AND id = ANY (ids) AND lease = held AND state = 'running' RETURNING id
$$;

-- A sign of life, with what is being done; false: the job was cancelled, or is somebody else's by now.
CREATE FUNCTION app.hold_job(job uuid, held uuid, lease_for interval, doing text DEFAULT NULL) RETURNS boolean LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$ DECLARE j public.jobs; BEGIN
  UPDATE public.jobs SET lease_until = now() + lease_for, run_at = now() + lease_for, progress = coalesce(left(doing, 200), progress)
    WHERE startup_id = app.tenant() AND id = job AND lease = held AND state = 'running' RETURNING * INTO j;
  IF NOT FOUND THEN RETURN false; END IF;
  UPDATE auth.sessions SET expires_at = now() + lease_for WHERE job_id = job;
  IF doing IS NOT NULL AND j.account_id IS NOT NULL THEN PERFORM app.tell_research(j.startup_id, ARRAY[j.account_id]); END IF;
  RETURN true;
END $$;

-- Gives jobs back: to be tried again after a while (which then counts for the budget), or dead, with the reason. By lease
-- alone: its session may have ended.
CREATE FUNCTION app.give_back_jobs(held uuid, why text, again interval) RETURNS int LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$ DECLARE j record; n int := 0; BEGIN
  -- one that was asked for anew meanwhile has its successor in the queue
  FOR j IN UPDATE public.jobs x SET error = left(why, 500), progress = NULL, run_at = now() + coalesce(again, '0'), lease = NULL, lease_until = NULL,
      state = CASE WHEN again IS NULL THEN 'failed' WHEN EXISTS (SELECT FROM public.jobs o WHERE o.startup_id = x.startup_id AND o.kind = x.kind AND o.subject_id = x.subject_id AND o.state = 'queued') THEN 'cancelled' ELSE 'queued' END
    WHERE x.lease = held AND x.state = 'running' RETURNING x.startup_id, x.kind, x.account_id LOOP
    n := n + 1;
    IF j.kind = 'enrich' THEN
      IF again IS NOT NULL THEN UPDATE public.research_usage u SET runs = greatest(u.runs - 1, 0) WHERE u.startup_id = j.startup_id AND u.day = (now() AT TIME ZONE 'UTC')::date; END IF;
      PERFORM app.tell_research(j.startup_id, ARRAY[j.account_id]);
    END IF;
  END LOOP;
  RETURN n;
END $$;

-- A run that asked nobody counts for no budget.
CREATE FUNCTION app.unused_run() RETURNS void LANGUAGE sql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
  UPDATE public.research_usage u SET runs = greatest(u.runs - 1, 0) WHERE u.startup_id = app.tenant('owner', 'admin', 'editor') AND u.day = (now() AT TIME ZONE 'UTC')::date
$$;

-- What a run cost, whether it came to something or not.
CREATE FUNCTION app.spent(micros bigint) RETURNS void LANGUAGE sql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
  INSERT INTO public.research_usage AS u (startup_id, day, runs, cost_micros) SELECT t, (now() AT TIME ZONE 'UTC')::date, 0, greatest(micros, 0) FROM app.tenant('owner', 'admin', 'editor') t WHERE t IS NOT NULL
    ON CONFLICT (startup_id, day) DO UPDATE SET cost_micros = u.cost_micros + excluded.cost_micros
$$;

-- Research of an account now, ahead of the queue, for whoever asks. False: there is no such account for them.
CREATE FUNCTION app.ask_research(account uuid) RETURNS boolean LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$ DECLARE t uuid := app.tenant('owner', 'admin', 'editor'); BEGIN
  IF NOT EXISTS (SELECT FROM public.crm_accounts a WHERE a.startup_id = t AND a.id = account AND a.deleted_at IS NULL) THEN RETURN false; END IF;
  PERFORM app.enqueue(t, 'enrich', ARRAY[account], ARRAY[account], auth.uid(), 0), app.tell_research(t, ARRAY[account]);
  RETURN true;
END $$;

-- Research of many, behind everything else; a person has seen what it costs. Only those that were not researched in 30 days. Returns how many.
CREATE FUNCTION app.ask_research_of_all(most int) RETURNS int LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$ DECLARE t uuid := app.tenant('owner', 'admin', 'editor'); found uuid[]; BEGIN
  SELECT array_agg(x.id) INTO found FROM (SELECT a.id FROM public.crm_accounts a WHERE a.startup_id = t AND a.deleted_at IS NULL AND (a.last_enriched_at IS NULL OR a.last_enriched_at < now() - interval '30 days')
    ORDER BY a.priority DESC, a.id DESC LIMIT least(most, 50000)) x;
  IF found IS NULL THEN RETURN 0; END IF;
  PERFORM app.enqueue(t, 'enrich', found, found, auth.uid(), 2);
  RETURN cardinality(found);
END $$;

-- All leads that have a score get another one: what makes a good lead was changed. Returns how many accounts.
CREATE FUNCTION app.ask_scores() RETURNS int LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$ DECLARE t uuid := app.tenant('owner', 'admin', 'editor'); found uuid[]; BEGIN
  SELECT array_agg(a.id) INTO found FROM public.crm_accounts a WHERE a.startup_id = t AND a.deleted_at IS NULL AND a.lead_score IS NOT NULL;
  IF found IS NULL THEN RETURN 0; END IF;
  PERFORM app.enqueue(t, 'score', found, found, auth.uid(), 2);
  RETURN cardinality(found);
END $$;

-- Takes a job out of the queue, or lets a running one come to nothing. Null stands for all that are queued and not urgent. Returns how many.
CREATE FUNCTION app.cancel_jobs(job uuid, what text DEFAULT NULL) RETURNS int LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$ DECLARE t uuid := app.tenant('owner', 'admin', 'editor'); n int; BEGIN
  UPDATE public.jobs j SET state = 'cancelled', lease = NULL, lease_until = NULL, progress = NULL
    WHERE j.startup_id = t AND CASE WHEN job IS NULL THEN j.state = 'queued' AND j.kind = what AND j.urgency = 2 ELSE j.id = job AND j.state IN ('queued', 'running', 'failed') END;
  GET DIAGNOSTICS n = ROW_COUNT;
  PERFORM app.tell_research(t, ARRAY[j.account_id]) FROM public.jobs j WHERE n > 0 AND j.startup_id = t AND j.id = job AND j.account_id IS NOT NULL;
  RETURN n;
END $$;

-- Tries a dead job again, for whoever asks. False: there is none such.
CREATE FUNCTION app.retry_job(job uuid) RETURNS boolean LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$ DECLARE t uuid := app.tenant('owner', 'admin', 'editor'); j public.jobs; BEGIN
  UPDATE public.jobs x SET state = 'cancelled' WHERE x.startup_id = t AND x.id = job AND x.state = 'failed' RETURNING x.* INTO j;
  IF NOT FOUND THEN RETURN false; END IF;
  PERFORM app.enqueue(t, j.kind, ARRAY[j.subject_id], ARRAY[j.account_id], auth.uid(), 0);
  IF j.account_id IS NOT NULL THEN PERFORM app.tell_research(t, ARRAY[j.account_id]); END IF;
  RETURN true;
END $$;

-- An event from a startup's own site. Says only whether the key is one: never whether the person is known.
CREATE FUNCTION app.take_event(said text, mail text, what text, via text, at timestamptz, extra jsonb, known_as text DEFAULT NULL) RETURNS boolean LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE k public.ingest_keys; BEGIN
  SELECT * INTO k FROM public.ingest_keys i WHERE i.token_hash = sha256(convert_to(said, 'UTF8'));
  IF NOT FOUND THEN RETURN false; END IF;
  INSERT INTO public.crm_lead_events (startup_id, account_id, lead_id, kind, channel, occurred_at, payload, external_id)
    SELECT c.startup_id, c.account_id, c.id, what, via, least(greatest(at, now() - interval '1 year'), now()), extra, known_as FROM public.crm_contacts c
      WHERE c.startup_id = k.startup_id AND c.email = lower(mail) AND c.deleted_at IS NULL ORDER BY c.created_at LIMIT 1 ON CONFLICT DO NOTHING;
  IF FOUND THEN
    PERFORM app.enqueue(k.startup_id, 'score', ARRAY[c.account_id], ARRAY[c.account_id], app.acting(k.startup_id, c.account_id), 1, now() + interval '5 seconds') FROM public.crm_contacts c
      WHERE c.startup_id = k.startup_id AND c.email = lower(mail) AND c.deleted_at IS NULL ORDER BY c.created_at LIMIT 1;
  END IF;
  RETURN true;
END $$;

-- By schedule: what was researched more than 30 days ago is researched again, as far as each startup's daily budget goes, unless that
-- failed within 30 days.
CREATE FUNCTION app.queue_stale() RETURNS int LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$ DECLARE s record; n int := 0; BEGIN
  FOR s IN SELECT x.id, coalesce((x.settings ->> 'research_runs_a_day')::int, 200) AS budget FROM public.startups x LOOP
    PERFORM app.enqueue(s.id, 'enrich', ARRAY[a.id], ARRAY[a.id], app.acting(s.id, a.id), 2) FROM public.crm_accounts a
      WHERE a.startup_id = s.id AND a.deleted_at IS NULL AND a.last_enriched_at < now() - interval '30 days'
        AND NOT EXISTS (SELECT FROM public.jobs j WHERE j.startup_id = s.id AND j.account_id = a.id AND j.kind = 'enrich' AND (j.state IN ('queued', 'running') OR j.state = 'failed' AND j.updated_at > now() - interval '30 days'))
      ORDER BY a.last_enriched_at, a.id LIMIT s.budget;
    n := n + 1;
  END LOOP;
  RETURN n;
END $$;

-- By schedule: scores and health age. The next so many accounts after one, over all startups; null: that was the last.
CREATE FUNCTION app.sweep_accounts(after_startup uuid, after_account uuid, most int) RETURNS TABLE (startup uuid, account uuid) LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$ DECLARE g record; BEGIN
  FOR g IN SELECT x.startup_id, array_agg(x.id ORDER BY x.id) AS accounts FROM (SELECT a.startup_id, a.id FROM public.crm_accounts a WHERE (a.startup_id, a.id) > (after_startup, after_account) ORDER BY a.startup_id, a.id LIMIT most) x GROUP BY 1 ORDER BY 1 LOOP
    PERFORM app.refresh_health(g.startup_id, g.accounts), app.refresh_priority(g.startup_id, g.accounts);
    PERFORM app.enqueue(g.startup_id, 'score', s.ids, s.ids, app.acting(g.startup_id), 1) FROM (SELECT array_agg(a.id) AS ids FROM public.crm_accounts a
      WHERE a.startup_id = g.startup_id AND a.id = ANY (g.accounts) AND a.lead_score IS NOT NULL AND a.deleted_at IS NULL) s WHERE s.ids IS NOT NULL;
    startup := g.startup_id; account := g.accounts[cardinality(g.accounts)];
  END LOOP;
  IF startup IS NOT NULL THEN RETURN NEXT; END IF;
END $$;

-- By schedule: links from Google's results are dropped after 30 days, the texts after two years; ended jobs after a month.
CREATE FUNCTION app.purge_research() RETURNS void LANGUAGE sql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
  DELETE FROM public.account_facts WHERE text_expires_at < now();
  DELETE FROM public.crm_lead_enrichment WHERE text_expires_at < now();
  UPDATE public.account_facts SET sources = (SELECT coalesce(jsonb_agg(s || '{"url": ""}'), '[]') FROM jsonb_array_elements(sources) s), links_expire_at = NULL WHERE links_expire_at < now();
  UPDATE public.crm_lead_enrichment SET search_suggestions = NULL, recent_news = (SELECT coalesce(jsonb_agg(n - 'url'), '[]') FROM jsonb_array_elements(recent_news) n), links_expire_at = NULL WHERE links_expire_at < now();
  -- what scores and events rest on is gone by then, too
  DELETE FROM public.crm_lead_scores WHERE created_at < now() - interval '2 years';
  DELETE FROM public.crm_lead_events WHERE occurred_at < now() - interval '2 years';
  DELETE FROM public.jobs WHERE state IN ('done', 'cancelled', 'failed') AND updated_at < now() - interval '30 days';
  DELETE FROM auth.sessions WHERE job_id IS NOT NULL AND expires_at < now();
$$;

DO $$ DECLARE f regprocedure; BEGIN
  FOR f IN SELECT oid FROM pg_proc WHERE proowner = 'prospector_definer'::regrole AND pronamespace = 'app'::regnamespace LOOP EXECUTE format('REVOKE ALL ON FUNCTION %s FROM PUBLIC', f); END LOOP;
END $$;
GRANT EXECUTE ON FUNCTION app.ask_research, app.ask_research_of_all, app.ask_scores, app.cancel_jobs, app.retry_job, app.take_event TO prospector_app;
GRANT EXECUTE ON FUNCTION app.claim_jobs, app.finish_jobs, app.hold_job, app.give_back_jobs, app.unused_run, app.spent, app.queue_stale, app.sweep_accounts, app.purge_research TO prospector_worker;
GRANT EXECUTE ON FUNCTION app.queue_score, app.queue_account_score, app.queue_mood, app.mood_filled, app.scored, app.deals_weighed, app.deal_weighed_anew TO prospector_owner;  -- to write triggers

RESET ROLE;
SET ROLE prospector_owner;
REVOKE CREATE ON SCHEMA app FROM prospector_definer;

DO $$ DECLARE t text; BEGIN
  FOREACH t IN ARRAY ARRAY['crm_lead_enrichment', 'account_facts', 'crm_lead_scores'] LOOP
    EXECUTE format('CREATE TRIGGER stamp BEFORE UPDATE ON %s FOR EACH ROW EXECUTE FUNCTION app.stamp()', t);
  END LOOP;
END $$;
-- what the worker keeps in an account's own fields is no edit
DROP TRIGGER version ON crm_accounts;
CREATE TRIGGER version BEFORE UPDATE OF name, domain, kind, segment, status, mrr, owner_id, extended_info, deleted_at ON crm_accounts FOR EACH ROW
  WHEN (current_user <> 'prospector_worker') EXECUTE FUNCTION app.bump_version();
CREATE TRIGGER choice BEFORE UPDATE OF settings ON startups FOR EACH ROW EXECUTE FUNCTION app.keep_choice();
CREATE TRIGGER score AFTER INSERT ON crm_lead_enrichment REFERENCING NEW TABLE AS added FOR EACH STATEMENT EXECUTE FUNCTION app.queue_score();
-- triggers run by name: accounts are locked first, the queue's rows last, everywhere
CREATE TRIGGER zz_score AFTER INSERT ON crm_interactions REFERENCING NEW TABLE AS added FOR EACH STATEMENT EXECUTE FUNCTION app.queue_score();
CREATE TRIGGER score AFTER UPDATE ON crm_contacts REFERENCING NEW TABLE AS added FOR EACH STATEMENT EXECUTE FUNCTION app.queue_score();
CREATE TRIGGER zz_score AFTER UPDATE ON crm_accounts REFERENCING OLD TABLE AS older NEW TABLE AS newer FOR EACH STATEMENT EXECUTE FUNCTION app.queue_account_score();
CREATE TRIGGER score AFTER INSERT ON account_facts REFERENCING NEW TABLE AS added FOR EACH STATEMENT EXECUTE FUNCTION app.queue_score();
CREATE TRIGGER scored AFTER INSERT ON crm_lead_scores REFERENCING NEW TABLE AS added FOR EACH STATEMENT EXECUTE FUNCTION app.scored();
CREATE TRIGGER zz_mood AFTER INSERT ON crm_interactions REFERENCING NEW TABLE AS added FOR EACH STATEMENT EXECUTE FUNCTION app.queue_mood();
CREATE TRIGGER mood_filled AFTER UPDATE ON crm_interactions REFERENCING NEW TABLE AS newer FOR EACH STATEMENT EXECUTE FUNCTION app.mood_filled();
CREATE TRIGGER weighed AFTER INSERT ON crm_deals REFERENCING NEW TABLE AS added FOR EACH STATEMENT EXECUTE FUNCTION app.deals_weighed();
CREATE TRIGGER weighed_anew AFTER UPDATE OF amount, stage, closed_at, account_id, deleted_at ON crm_deals FOR EACH ROW
  WHEN ((OLD.amount, OLD.closed_at, OLD.account_id, OLD.deleted_at) IS DISTINCT FROM (NEW.amount, NEW.closed_at, NEW.account_id, NEW.deleted_at)) EXECUTE FUNCTION app.deal_weighed_anew();

CREATE OR REPLACE FUNCTION app.schema_version() RETURNS bigint LANGUAGE sql IMMUTABLE PARALLEL SAFE SET search_path = pg_catalog, pg_temp AS
  $$ SELECT 202611250001 $$;
RESET ROLE;

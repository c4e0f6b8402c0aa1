-- What happens by itself: stamps, versions, stages and their history, last contact, health, queued work; jobs, bin and search.
-- app.search_accounts sets a parameter of pg_trgm: only a session that has loaded it knows whose that is
DO $$ BEGIN PERFORM public.similarity('a', 'b'); END $$;
SET ROLE prospector_owner;
GRANT CREATE ON SCHEMA app TO prospector_definer;  -- taken back at the end

CREATE FUNCTION app.stamp() RETURNS trigger LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$ BEGIN
  NEW.updated_at := now(); RETURN NEW;
END $$;

-- Edits carry the version they were made from. What triggers write (last contact, health) is no edit.
CREATE FUNCTION app.bump_version() RETURNS trigger LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$ BEGIN
  NEW.version := OLD.version + 1; RETURN NEW;
END $$;

-- Probability that a stage stands for, until a person sets another.
CREATE FUNCTION app.stage_probability(stage text) RETURNS int LANGUAGE sql IMMUTABLE PARALLEL SAFE SET search_path = pg_catalog, pg_temp AS $$
  SELECT CASE stage WHEN 'Qualified' THEN 10 WHEN 'Proposal' THEN 40 WHEN 'Negotiation' THEN 70 WHEN 'Closed Won' THEN 100 ELSE 0 END
$$;

CREATE FUNCTION app.settle_deal() RETURNS trigger LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
DECLARE closed boolean := NEW.stage IN ('Closed Won', 'Closed Lost'); BEGIN
  IF TG_OP = 'INSERT' THEN
    NEW.opened_at := coalesce(NEW.opened_at, NEW.closed_at, now());
    IF closed THEN NEW.closed_at := coalesce(NEW.closed_at, now()); END IF;
    NEW.stage_since := coalesce(NEW.stage_since, CASE WHEN closed THEN NEW.closed_at END, NEW.opened_at);
  ELSIF NEW.stage <> OLD.stage THEN
    IF NEW.stage_since = OLD.stage_since THEN NEW.stage_since := now(); END IF;
    IF NEW.closed_at IS NOT DISTINCT FROM OLD.closed_at THEN NEW.closed_at := NEW.stage_since; END IF;
  END IF;
  -- whatever an update says: a closed deal has the day it closed, an open one has none
  NEW.closed_at := CASE WHEN closed THEN coalesce(NEW.closed_at, OLD.closed_at, now()) END;
  IF closed OR NOT NEW.probability_by_hand THEN NEW.probability := app.stage_probability(NEW.stage); NEW.probability_by_hand := false; END IF;
  IF NEW.stage <> 'Closed Lost' THEN NEW.lost_reason := NULL; END IF;
  RETURN NEW;
END $$;

-- A log stays as it was written: only the sentiment may be filled once, and a purged contact or deal let go.
CREATE FUNCTION app.keep_interaction() RETURNS trigger LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$ BEGIN
  IF (OLD.sentiment IS NOT NULL AND NEW.sentiment IS DISTINCT FROM OLD.sentiment)
    OR (NEW.contact_id IS NOT NULL AND NEW.contact_id IS DISTINCT FROM OLD.contact_id)
    OR (NEW.deal_id IS NOT NULL AND NEW.deal_id IS DISTINCT FROM OLD.deal_id)
    OR to_jsonb(NEW) - '{sentiment,contact_id,deal_id}'::text[] IS DISTINCT FROM to_jsonb(OLD) - '{sentiment,contact_id,deal_id}'::text[] THEN
    RAISE EXCEPTION 'interactions cannot be changed' USING ERRCODE = '42501';
  END IF;
  RETURN NEW;
END $$;

CREATE FUNCTION app.keep_stage_change() RETURNS trigger LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$ BEGIN
  RAISE EXCEPTION 'stage changes cannot be changed' USING ERRCODE = '42501';
END $$;

-- Health, 0 to 100, as the sum of four parts:
--   recency 0-40    days since the last contact: 40 up to a week, 32 up to two, 24 up to 30 days, 12 up to 60, 6 up to 90, then 0
--   deals 0-30      5 for each deal won in a year (at most 15), 15 while an open deal moved within 30 days (8 if it only exists), less 3 for each lost in half a year
--   sentiment 0-15  mean of the last ten interactions that have one (positive 15, neutral 8, negative 0); 8 while none has
--   status 0-15     Active 15, Trial 10, Lead 8, Churned 0
CREATE FUNCTION app.health_parts(status text, last_contact timestamptz, won bigint, lost bigint, moving bigint, open bigint, mood numeric)
RETURNS TABLE (recency int, deals int, sentiment int, status_part int, score int) LANGUAGE plpgsql STABLE PARALLEL SAFE SET search_path = pg_catalog, pg_temp AS $$ BEGIN
  -- plpgsql, not sql: an import calls this for every row, and a function with a search path is never inlined
  recency := CASE WHEN last_contact > now() - interval '7 days' THEN 40 WHEN last_contact > now() - interval '14 days' THEN 32 WHEN last_contact > now() - interval '30 days' THEN 24
    WHEN last_contact > now() - interval '60 days' THEN 12 WHEN last_contact > now() - interval '90 days' THEN 6 ELSE 0 END;
  deals := greatest(0, least(15, 5 * won) + CASE WHEN moving > 0 THEN 15 WHEN open > 0 THEN 8 ELSE 0 END - 3 * lost);
  sentiment := coalesce(round(mood), 8);
  status_part := CASE status WHEN 'Active' THEN 15 WHEN 'Trial' THEN 10 WHEN 'Lead' THEN 8 ELSE 0 END;
  score := recency + deals + sentiment + status_part;
  RETURN NEXT;
END $$;

CREATE FUNCTION app.start_health() RETURNS trigger LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$ BEGIN
  NEW.health_score := (SELECT h.score FROM app.health_parts(NEW.status, NEW.last_interaction_at, 0, 0, 0, 0, NULL) h); RETURN NEW;
END $$;
REVOKE ALL ON FUNCTION app.stamp, app.bump_version, app.stage_probability, app.settle_deal, app.keep_interaction, app.keep_stage_change, app.health_parts, app.start_health FROM PUBLIC;
GRANT EXECUTE ON FUNCTION app.stage_probability, app.health_parts TO prospector_app, prospector_definer;

RESET ROLE;
SET ROLE prospector_definer;

CREATE FUNCTION app.health_of(startup uuid, account uuid) RETURNS TABLE (recency int, deals int, sentiment int, status_part int, score int)
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$ BEGIN RETURN QUERY
  SELECT h.* FROM public.crm_accounts a
  CROSS JOIN LATERAL (SELECT
      count(*) FILTER (WHERE d.stage = 'Closed Won' AND d.closed_at > now() - interval '365 days') AS won,
      count(*) FILTER (WHERE d.stage = 'Closed Lost' AND d.closed_at > now() - interval '180 days') AS lost,
      count(*) FILTER (WHERE d.closed_at IS NULL AND d.stage_since > now() - interval '30 days') AS moving,
      count(*) FILTER (WHERE d.closed_at IS NULL) AS open
    FROM public.crm_deals d WHERE d.startup_id = startup AND d.account_id = a.id AND d.deleted_at IS NULL) n
  CROSS JOIN LATERAL (SELECT avg(CASE r.sentiment WHEN 'Positive' THEN 15 WHEN 'Neutral' THEN 8 ELSE 0 END) AS mood FROM
    (SELECT i.sentiment FROM public.crm_interactions i WHERE i.startup_id = startup AND i.account_id = a.id AND i.sentiment IS NOT NULL ORDER BY i.occurred_at DESC LIMIT 10) r) m
  CROSS JOIN LATERAL app.health_parts(a.status, a.last_interaction_at, n.won, n.lost, n.moving, n.open, m.mood) h
  WHERE a.startup_id = startup AND a.id = account;
END $$;

-- An account's health with its parts, for a member.
CREATE FUNCTION app.health(account uuid) RETURNS TABLE (recency int, deals int, sentiment int, status_part int, score int)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$ SELECT * FROM app.health_of(app.tenant(), account) $$;

CREATE FUNCTION app.refresh_health(startup uuid, accounts uuid[]) RETURNS void LANGUAGE sql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
  UPDATE public.crm_accounts a SET health_score = h.score FROM unnest(accounts) x(id) CROSS JOIN LATERAL app.health_of(startup, x.id) h
  WHERE a.startup_id = startup AND a.id = x.id AND a.health_score <> h.score
$$;

CREATE FUNCTION app.touch_accounts() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$ BEGIN
  UPDATE public.crm_accounts a SET last_interaction_at = n.latest
    FROM (SELECT startup_id, account_id, least(max(occurred_at), now()) AS latest FROM added GROUP BY 1, 2) n
    WHERE a.startup_id = n.startup_id AND a.id = n.account_id AND (a.last_interaction_at IS NULL OR a.last_interaction_at < n.latest);
  PERFORM app.refresh_health(g.startup_id, g.accounts) FROM (SELECT startup_id, array_agg(DISTINCT account_id) AS accounts FROM added GROUP BY 1) g;
  RETURN NULL;
END $$;

CREATE FUNCTION app.record_new_deals() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$ BEGIN
  INSERT INTO public.crm_deal_stage_changes (startup_id, deal_id, to_stage, changed_by, changed_at)
    SELECT startup_id, id, stage, auth.uid(), stage_since FROM added;
  PERFORM app.refresh_health(g.startup_id, g.accounts) FROM (SELECT startup_id, array_agg(DISTINCT account_id) AS accounts FROM added GROUP BY 1) g;
  RETURN NULL;
END $$;

CREATE FUNCTION app.record_moved_deals() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$ BEGIN
  INSERT INTO public.crm_deal_stage_changes (startup_id, deal_id, from_stage, to_stage, changed_by, changed_at)
    SELECT n.startup_id, n.id, o.stage, n.stage, auth.uid(), n.stage_since FROM newer n JOIN older o ON o.startup_id = n.startup_id AND o.id = n.id WHERE o.stage <> n.stage;
  PERFORM app.refresh_health(g.startup_id, g.accounts) FROM
    (SELECT x.startup_id, array_agg(DISTINCT x.account_id) AS accounts FROM (SELECT startup_id, account_id FROM newer UNION SELECT startup_id, account_id FROM older) x GROUP BY 1) g;
  RETURN NULL;
END $$;

-- What moves to another account moves to one that is there: into a binned one it would be purged with it.
CREATE FUNCTION app.moved_to_account() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$ BEGIN
  IF NOT EXISTS (SELECT FROM public.crm_accounts a WHERE a.startup_id = NEW.startup_id AND a.id = NEW.account_id AND a.deleted_at IS NULL) THEN
    RAISE EXCEPTION 'no such account' USING ERRCODE = '23503';
  END IF;
  RETURN NULL;
END $$;

CREATE FUNCTION app.status_changed() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$ BEGIN
  PERFORM app.refresh_health(NEW.startup_id, ARRAY[NEW.id]); RETURN NULL;
END $$;

-- A contact that a person adds is researched; a larger statement asks first; without a session (seed, restore) there is nobody to act for.
CREATE FUNCTION app.queue_enrichment() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$ BEGIN
  IF auth.uid() IS NOT NULL AND (SELECT count(*) FROM added) <= 20 THEN
    INSERT INTO public.jobs (startup_id, kind, subject_id, requested_by) SELECT startup_id, 'enrich', id, auth.uid() FROM added ON CONFLICT DO NOTHING;
  END IF;
  RETURN NULL;
END $$;

-- A due job with a session of its own, bound to its startup, for the member who asked; the worker's only way to rows.
CREATE FUNCTION app.claim_job(hash bytea, lease_for interval) RETURNS TABLE (startup_id uuid, job_id uuid, lease uuid, kind text, subject_id uuid) LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$ #variable_conflict use_column
DECLARE j record; BEGIN
  UPDATE public.jobs q SET state = 'running', attempt = q.attempt + 1, lease = gen_random_uuid(), lease_until = now() + lease_for, run_at = now() + lease_for FROM
    (SELECT x.startup_id, x.id FROM public.jobs x WHERE x.state IN ('queued', 'running') AND x.run_at <= now() ORDER BY x.run_at LIMIT 1 FOR UPDATE SKIP LOCKED) d
    WHERE q.startup_id = d.startup_id AND q.id = d.id RETURNING q.* INTO j;
  IF NOT FOUND THEN RETURN; END IF;
  DELETE FROM auth.sessions s WHERE s.job_id = j.id;
  INSERT INTO auth.sessions (token_hash, user_id, expires_at, job_id, startup_id) VALUES (hash, j.requested_by, now() + lease_for, j.id, j.startup_id);
  RETURN QUERY SELECT j.startup_id, j.id, j.lease, j.kind, j.subject_id;
END $$;

-- Called in the transaction of the effect, so that a crash cannot part them. False: the lease is lost, roll the effect back.
CREATE FUNCTION app.finish_job(job uuid, held uuid) RETURNS boolean LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$ BEGIN
  UPDATE public.jobs SET state = 'done' WHERE startup_id = app.tenant() AND id = job AND lease = held AND state = 'running'; RETURN FOUND;
END $$;

-- What lay in the bin for longer than that is gone, children first and by hand: no cascade reaches a log.
CREATE FUNCTION app.purge_bin(older interval) RETURNS bigint LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$ DECLARE n bigint; BEGIN
  DELETE FROM public.crm_interactions c USING public.crm_accounts a WHERE a.deleted_at < now() - older AND c.startup_id = a.startup_id AND c.account_id = a.id;
  DELETE FROM public.crm_deal_stage_changes c USING public.crm_deals d JOIN public.crm_accounts a ON a.startup_id = d.startup_id AND a.id = d.account_id
    WHERE (a.deleted_at < now() - older OR d.deleted_at < now() - older) AND c.startup_id = d.startup_id AND c.deal_id = d.id;
  DELETE FROM public.crm_deals d USING public.crm_accounts a WHERE (a.deleted_at < now() - older OR d.deleted_at < now() - older) AND d.startup_id = a.startup_id AND d.account_id = a.id;
  DELETE FROM public.crm_contacts c USING public.crm_accounts a WHERE (a.deleted_at < now() - older OR c.deleted_at < now() - older) AND c.startup_id = a.startup_id AND c.account_id = a.id;
  DELETE FROM public.crm_accounts WHERE deleted_at < now() - older; GET DIAGNOSTICS n = ROW_COUNT; RETURN n;
END $$;

-- The search box: trigram operators are not leakproof, so under RLS they never reach an index. This returns ids and likeness
-- only; the caller reads the rows again under its own policies. Ranks the first 500 candidates of each kind. A likeness of
-- 0.45 lets two wrong letters in a short name pass.
CREATE FUNCTION app.search_accounts(q text, lim int DEFAULT 20) RETURNS TABLE (id uuid, score real) LANGUAGE plpgsql STABLE SECURITY DEFINER
  SET search_path = pg_catalog, public, pg_temp SET pg_trgm.word_similarity_threshold = 0.45 AS $$ #variable_conflict use_column
DECLARE t uuid := app.tenant(); needle text := lower(btrim(q) COLLATE "und-x-icu"); pattern text; BEGIN
  IF t IS NULL OR length(needle) NOT BETWEEN 3 AND 100 THEN RETURN; END IF;
  pattern := '%' || replace(replace(replace(needle, '\', '\\'), '%', '\%'), '_', '\_') || '%';
  RETURN QUERY SELECT c.id, word_similarity(needle, c.search_text) AS s FROM (
      (SELECT a.id, a.search_text FROM public.crm_accounts a WHERE a.startup_id = t AND a.deleted_at IS NULL AND a.search_text LIKE pattern LIMIT 500)
      UNION
      (SELECT a.id, a.search_text FROM public.crm_accounts a WHERE a.startup_id = t AND a.deleted_at IS NULL AND needle <% a.search_text LIMIT 500)) c
    ORDER BY s DESC, c.id LIMIT least(greatest(lim, 1), 200);
END $$;

DO $$ DECLARE f regprocedure; BEGIN
  FOR f IN SELECT oid FROM pg_proc WHERE proowner = 'prospector_definer'::regrole AND pronamespace = 'app'::regnamespace LOOP EXECUTE format('REVOKE ALL ON FUNCTION %s FROM PUBLIC', f); END LOOP;
END $$;
GRANT EXECUTE ON FUNCTION app.health, app.search_accounts TO prospector_app;
GRANT EXECUTE ON FUNCTION app.claim_job, app.finish_job, app.purge_bin TO prospector_worker;
GRANT EXECUTE ON FUNCTION app.touch_accounts, app.record_new_deals, app.record_moved_deals, app.moved_to_account, app.status_changed, app.queue_enrichment TO prospector_owner;  -- to write triggers

RESET ROLE;
SET ROLE prospector_owner;
REVOKE CREATE ON SCHEMA app FROM prospector_definer;

DO $$ DECLARE t regclass; BEGIN
  FOR t IN SELECT c.oid FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid AND a.attname = 'updated_at' WHERE c.relkind = 'r' AND c.relowner = 'prospector_owner'::regrole LOOP
    EXECUTE format('CREATE TRIGGER stamp BEFORE UPDATE ON %s FOR EACH ROW EXECUTE FUNCTION app.stamp()', t);
  END LOOP;
END $$;
CREATE TRIGGER version BEFORE UPDATE OF name, domain, kind, segment, status, mrr, owner_id, extended_info, deleted_at ON crm_accounts FOR EACH ROW EXECUTE FUNCTION app.bump_version();
CREATE TRIGGER version BEFORE UPDATE OF account_id, email, first_name, last_name, role, linkedin_url, deleted_at ON crm_contacts FOR EACH ROW EXECUTE FUNCTION app.bump_version();
CREATE TRIGGER version BEFORE UPDATE OF account_id, name, amount, stage, probability, probability_by_hand, expected_close, closed_at, lost_reason, owner_id, rank, source_channel, extended_info, deleted_at ON crm_deals FOR EACH ROW EXECUTE FUNCTION app.bump_version();
CREATE TRIGGER health BEFORE INSERT ON crm_accounts FOR EACH ROW EXECUTE FUNCTION app.start_health();
CREATE TRIGGER status AFTER UPDATE OF status ON crm_accounts FOR EACH ROW WHEN (OLD.status IS DISTINCT FROM NEW.status) EXECUTE FUNCTION app.status_changed();
CREATE TRIGGER moved AFTER UPDATE OF account_id ON crm_contacts FOR EACH ROW WHEN (OLD.account_id <> NEW.account_id) EXECUTE FUNCTION app.moved_to_account();
CREATE TRIGGER moved AFTER UPDATE OF account_id ON crm_deals FOR EACH ROW WHEN (OLD.account_id <> NEW.account_id) EXECUTE FUNCTION app.moved_to_account();
CREATE TRIGGER settle BEFORE INSERT OR UPDATE ON crm_deals FOR EACH ROW EXECUTE FUNCTION app.settle_deal();
CREATE TRIGGER record_new AFTER INSERT ON crm_deals REFERENCING NEW TABLE AS added FOR EACH STATEMENT EXECUTE FUNCTION app.record_new_deals();
CREATE TRIGGER record_moved AFTER UPDATE ON crm_deals REFERENCING OLD TABLE AS older NEW TABLE AS newer FOR EACH STATEMENT EXECUTE FUNCTION app.record_moved_deals();
CREATE TRIGGER keep BEFORE UPDATE ON crm_deal_stage_changes FOR EACH ROW EXECUTE FUNCTION app.keep_stage_change();
CREATE TRIGGER keep BEFORE UPDATE ON crm_interactions FOR EACH ROW EXECUTE FUNCTION app.keep_interaction();
CREATE TRIGGER touch AFTER INSERT ON crm_interactions REFERENCING NEW TABLE AS added FOR EACH STATEMENT EXECUTE FUNCTION app.touch_accounts();
CREATE TRIGGER enrich AFTER INSERT ON crm_contacts REFERENCING NEW TABLE AS added FOR EACH STATEMENT EXECUTE FUNCTION app.queue_enrichment();

CREATE OR REPLACE FUNCTION app.schema_version() RETURNS bigint LANGUAGE sql IMMUTABLE PARALLEL SAFE SET search_path = pg_catalog, pg_temp AS
  $$ SELECT 202611230004 $$;
RESET ROLE;

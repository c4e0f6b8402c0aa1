-- The pipeline: the board's order, how long deals stay in a stage, deals by name, and what tells open boards of a change.
-- app.find_deals sets a parameter of pg_trgm: only a session that has loaded it knows whose that is
DO $$ BEGIN PERFORM public.similarity('a', 'b'); END $$;
SET ROLE prospector_owner;
GRANT CREATE ON SCHEMA app TO prospector_definer;  -- taken back at the end

-- Seconds that the deal had been in from_stage; null for its first stage.
ALTER TABLE crm_deal_stage_changes ADD COLUMN stayed bigint CHECK (stayed >= 0);
CREATE INDEX crm_deal_stage_changes_left ON crm_deal_stage_changes (startup_id, from_stage, changed_at) INCLUDE (stayed) WHERE from_stage IS NOT NULL;

ALTER TABLE crm_deals ADD COLUMN name_key text COLLATE "und-x-icu" NOT NULL GENERATED ALWAYS AS (lower(name COLLATE "und-x-icu")) STORED;
CREATE INDEX crm_deals_name ON crm_deals USING gin (startup_id, name_key gin_trgm_ops);
-- A column of the board is a range of this index, and its sums are read from it alone.
DROP INDEX crm_deals_board;
CREATE INDEX crm_deals_board ON crm_deals (startup_id, stage, rank, id) INCLUDE (amount_cents, probability) WHERE deleted_at IS NULL;
-- What a board that was away has missed.
CREATE INDEX crm_deals_updated ON crm_deals (startup_id, updated_at);

-- What is there already stands in the order in which it came into its stage; nobody could sort by hand before.
-- Forced row-level security binds the owner, too, and a log refuses changes: both are lifted for this transaction.
ALTER TABLE crm_deals NO FORCE ROW LEVEL SECURITY;
ALTER TABLE crm_deal_stage_changes NO FORCE ROW LEVEL SECURITY;
ALTER TABLE crm_deals DISABLE TRIGGER USER;
ALTER TABLE crm_deal_stage_changes DISABLE TRIGGER USER;
DO $$ DECLARE there bigint; done bigint; BEGIN
  SELECT count(*) INTO there FROM crm_deals;
  UPDATE crm_deals SET rank = extract(epoch FROM stage_since) + random() / 100;
  GET DIAGNOSTICS done = ROW_COUNT;
  ASSERT done = there, 'deals out of reach';
  SELECT count(*) INTO there FROM crm_deal_stage_changes WHERE from_stage IS NOT NULL;
  UPDATE crm_deal_stage_changes c SET stayed = greatest(0, extract(epoch FROM c.changed_at - p.since)) FROM
    (SELECT startup_id, id, coalesce(lag(changed_at) OVER (PARTITION BY startup_id, deal_id ORDER BY changed_at, id), changed_at) AS since FROM crm_deal_stage_changes) p
    WHERE p.startup_id = c.startup_id AND p.id = c.id AND c.from_stage IS NOT NULL;
  GET DIAGNOSTICS done = ROW_COUNT;
  ASSERT done = there, 'stage changes out of reach';
END $$;
ALTER TABLE crm_deals ENABLE TRIGGER USER;
ALTER TABLE crm_deal_stage_changes ENABLE TRIGGER USER;
ALTER TABLE crm_deals FORCE ROW LEVEL SECURITY;
ALTER TABLE crm_deal_stage_changes FORCE ROW LEVEL SECURITY;

-- Who comes into a column without a place in it stands where its time puts it: the latest on top. A hundredth of a second
-- by chance leaves room between those of one day.
ALTER TABLE crm_deals ALTER COLUMN rank DROP DEFAULT;
CREATE OR REPLACE FUNCTION app.settle_deal() RETURNS trigger LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
DECLARE closed boolean := NEW.stage IN ('Closed Won', 'Closed Lost'); BEGIN
  IF TG_OP = 'INSERT' THEN
    NEW.opened_at := coalesce(NEW.opened_at, NEW.closed_at, now());
    IF closed THEN NEW.closed_at := coalesce(NEW.closed_at, now()); END IF;
    NEW.stage_since := coalesce(NEW.stage_since, CASE WHEN closed THEN NEW.closed_at END, NEW.opened_at);
    NEW.rank := coalesce(NEW.rank, extract(epoch FROM NEW.stage_since) + random() / 100);
  ELSIF NEW.stage <> OLD.stage THEN
    IF NEW.stage_since = OLD.stage_since THEN NEW.stage_since := now(); END IF;
    IF NEW.closed_at IS NOT DISTINCT FROM OLD.closed_at THEN NEW.closed_at := NEW.stage_since; END IF;
    IF NEW.rank = OLD.rank THEN NEW.rank := extract(epoch FROM NEW.stage_since) + random() / 100; END IF;
  END IF;
  -- whatever an update says: a closed deal has the day it closed, an open one has none
  NEW.closed_at := CASE WHEN closed THEN coalesce(NEW.closed_at, OLD.closed_at, now()) END;
  IF closed OR NOT NEW.probability_by_hand THEN NEW.probability := app.stage_probability(NEW.stage); NEW.probability_by_hand := false; END IF;
  IF NEW.stage <> 'Closed Lost' THEN NEW.lost_reason := NULL; END IF;
  RETURN NEW;
END $$;

-- A rank alone is no edit: a column that is spread out anew refuses nobody's save. A move by hand names the stage, too.
CREATE OR REPLACE TRIGGER version BEFORE UPDATE OF account_id, name, amount, stage, probability, probability_by_hand, expected_close, closed_at, lost_reason, owner_id, source_channel, extended_info, deleted_at
  ON crm_deals FOR EACH ROW EXECUTE FUNCTION app.bump_version();

RESET ROLE;
SET ROLE prospector_definer;

-- Tells open boards which deals changed, as ids only: each reads them again under its own policies. More than a hundred
-- at once are told as all.
CREATE FUNCTION app.tell_deals(startup uuid, deals uuid[]) RETURNS void LANGUAGE sql SET search_path = pg_catalog, pg_temp AS $$
  SELECT pg_notify('prospector_deals', jsonb_build_object('startup', startup, 'deals', CASE WHEN cardinality(deals) <= 100 THEN to_jsonb(deals) END)::text)
$$;

CREATE OR REPLACE FUNCTION app.record_new_deals() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$ BEGIN
  INSERT INTO public.crm_deal_stage_changes (startup_id, deal_id, to_stage, changed_by, changed_at)
    SELECT startup_id, id, stage, auth.uid(), stage_since FROM added;
  PERFORM app.refresh_health(g.startup_id, g.accounts), app.tell_deals(g.startup_id, g.deals)
    FROM (SELECT startup_id, array_agg(DISTINCT account_id) AS accounts, array_agg(id) AS deals FROM added GROUP BY 1) g;
  RETURN NULL;
END $$;

-- Health looks at a deal's stage, its times, whether it is there and whose it is: only what changed in that is calculated anew.
CREATE OR REPLACE FUNCTION app.record_moved_deals() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$ BEGIN
  INSERT INTO public.crm_deal_stage_changes (startup_id, deal_id, from_stage, to_stage, changed_by, changed_at, stayed)
    SELECT n.startup_id, n.id, o.stage, n.stage, auth.uid(), n.stage_since, greatest(0, extract(epoch FROM n.stage_since - o.stage_since))
    FROM newer n JOIN older o ON o.startup_id = n.startup_id AND o.id = n.id WHERE o.stage <> n.stage;
  PERFORM app.refresh_health(g.startup_id, g.accounts) FROM
    (SELECT n.startup_id, array_agg(DISTINCT n.account_id) || array_agg(DISTINCT o.account_id) AS accounts FROM newer n JOIN older o ON o.startup_id = n.startup_id AND o.id = n.id
      WHERE (n.stage, n.account_id, n.stage_since) <> (o.stage, o.account_id, o.stage_since) OR n.closed_at IS DISTINCT FROM o.closed_at OR n.deleted_at IS DISTINCT FROM o.deleted_at GROUP BY 1) g;
  PERFORM app.tell_deals(g.startup_id, g.deals) FROM (SELECT startup_id, array_agg(id) AS deals FROM newer GROUP BY 1) g;
  RETURN NULL;
END $$;

-- Deals whose name, or whose account's name or domain, has the text in it; with fewer than three letters, begins with it.
-- Where none has, those that are spelt nearly so (as app.search_accounts has it). At most 100,000, the
-- same ones each time.
CREATE FUNCTION app.find_deals(q text) RETURNS TABLE (id uuid) LANGUAGE plpgsql STABLE SECURITY DEFINER
  SET search_path = pg_catalog, public, pg_temp SET pg_trgm.word_similarity_threshold = 0.45 AS $$ #variable_conflict use_column
DECLARE t uuid := app.tenant(); needle text := lower(btrim(q) COLLATE "und-x-icu"); pattern text; BEGIN
  IF t IS NULL OR length(needle) NOT BETWEEN 1 AND 100 THEN RETURN; END IF;
  pattern := CASE WHEN length(needle) < 3 THEN '' ELSE '%' END || replace(replace(replace(needle, '\', '\\'), '%', '\%'), '_', '\_') || '%';
  RETURN QUERY SELECT f.id FROM (
      SELECT d.id FROM public.crm_deals d WHERE d.startup_id = t AND d.deleted_at IS NULL AND d.name_key LIKE pattern
      UNION
      SELECT d.id FROM public.crm_accounts a JOIN public.crm_deals d ON d.startup_id = t AND d.account_id = a.id AND d.deleted_at IS NULL
        WHERE a.startup_id = t AND a.deleted_at IS NULL AND a.search_text LIKE pattern) f ORDER BY f.id LIMIT 100000;
  IF FOUND OR length(needle) < 3 THEN RETURN; END IF;
  RETURN QUERY SELECT f.id FROM (
      (SELECT d.id FROM public.crm_deals d WHERE d.startup_id = t AND d.deleted_at IS NULL AND needle <% d.name_key LIMIT 500)
      UNION
      SELECT d.id FROM (SELECT a.id FROM public.crm_accounts a WHERE a.startup_id = t AND a.deleted_at IS NULL AND needle <% a.search_text LIMIT 500) n
        JOIN public.crm_deals d ON d.startup_id = t AND d.account_id = n.id AND d.deleted_at IS NULL) f LIMIT 10000;
END $$;

REVOKE ALL ON FUNCTION app.tell_deals, app.find_deals FROM PUBLIC;
GRANT EXECUTE ON FUNCTION app.find_deals TO prospector_app;

RESET ROLE;
SET ROLE prospector_owner;
REVOKE CREATE ON SCHEMA app FROM prospector_definer;
CREATE OR REPLACE FUNCTION app.schema_version() RETURNS bigint LANGUAGE sql IMMUTABLE PARALLEL SAFE SET search_path = pg_catalog, pg_temp AS
  $$ SELECT 202611240001 $$;
RESET ROLE;

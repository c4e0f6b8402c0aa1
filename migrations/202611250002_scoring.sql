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

RESET ROLE;
SET ROLE prospector_owner;
REVOKE CREATE ON SCHEMA app FROM prospector_definer;

CREATE OR REPLACE FUNCTION app.schema_version() RETURNS bigint LANGUAGE sql IMMUTABLE PARALLEL SAFE SET search_path = pg_catalog, pg_temp AS
  $$ SELECT 202611250002 $$;
RESET ROLE;

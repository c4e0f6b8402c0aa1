-- Scoring: what a score says in short, so that one that says nothing new need not be written.
SET ROLE prospector_owner;

ALTER TABLE crm_lead_scores ADD fingerprint bigint;  -- of the lines without their ages, of coverage and of who judged
GRANT INSERT (fingerprint) ON crm_lead_scores TO prospector_worker;

CREATE OR REPLACE FUNCTION app.schema_version() RETURNS bigint LANGUAGE sql IMMUTABLE PARALLEL SAFE SET search_path = pg_catalog, pg_temp AS
  $$ SELECT 202611250002 $$;
RESET ROLE;

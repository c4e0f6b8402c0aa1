-- The charts: how deals moved from stage to stage is read in the order of the deals, from the index alone.
SET ROLE prospector_owner;

DROP INDEX crm_deal_stage_changes_deal;
CREATE INDEX crm_deal_stage_changes_deal ON crm_deal_stage_changes (startup_id, deal_id, changed_at) INCLUDE (from_stage, to_stage);

CREATE OR REPLACE FUNCTION app.schema_version() RETURNS bigint LANGUAGE sql IMMUTABLE PARALLEL SAFE SET search_path = pg_catalog, pg_temp AS
  $$ SELECT 202611240002 $$;
RESET ROLE;

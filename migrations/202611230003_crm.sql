-- The business itself: accounts, contacts, deals, interactions, and what hangs off them.
-- Every key, unique constraint and foreign key is led by startup_id: a child can never hang off another tenant's parent.
-- Sort columns (name_key, contact_sort) are generated and never null, so that keyset paging is one index range.
SET ROLE prospector_owner;

CREATE TABLE crm_accounts (
  startup_id uuid NOT NULL REFERENCES startups,
  id uuid NOT NULL DEFAULT app.uuid7(),
  name text NOT NULL CHECK (btrim(name) <> '' AND length(name) <= 200),
  domain text CHECK (domain = lower(domain) AND length(domain) BETWEEN 3 AND 253),
  kind text NOT NULL DEFAULT 'Customer' CHECK (kind IN ('Customer', 'Partner', 'Investor')),
  segment text NOT NULL DEFAULT 'SMB' CHECK (segment IN ('Enterprise', 'SMB', 'Mid-Market')),
  status text NOT NULL DEFAULT 'Lead' CHECK (status IN ('Lead', 'Trial', 'Active', 'Churned')),
  mrr numeric(14,2) NOT NULL DEFAULT 0 CHECK (mrr >= 0),
  health_score int NOT NULL DEFAULT 0 CHECK (health_score BETWEEN 0 AND 100),
  owner_id uuid,
  last_enriched_at timestamptz,
  last_interaction_at timestamptz,
  extended_info jsonb NOT NULL DEFAULT '{}' CHECK (jsonb_typeof(extended_info) = 'object'),
  external_id text,
  import_source text,
  import_hash bytea,  -- of the imported row: the same row again changes nothing
  version int NOT NULL DEFAULT 1,
  deleted_at timestamptz,
  created_at timestamptz NOT NULL DEFAULT now(),
  updated_at timestamptz NOT NULL DEFAULT now(),
  mrr_cents bigint NOT NULL GENERATED ALWAYS AS ((mrr * 100)::bigint) STORED,
  name_key text COLLATE "und-x-icu" NOT NULL GENERATED ALWAYS AS (lower(name COLLATE "und-x-icu")) STORED,
  contact_sort timestamptz NOT NULL GENERATED ALWAYS AS (coalesce(last_interaction_at, '-infinity'::timestamptz)) STORED,
  search_text text NOT NULL GENERATED ALWAYS AS (lower((name || ' ' || coalesce(domain, '')) COLLATE "und-x-icu")) STORED,
  PRIMARY KEY (startup_id, id),
  UNIQUE (startup_id, import_source, external_id),
  CHECK (external_id IS NULL OR import_source IS NOT NULL),
  FOREIGN KEY (startup_id, owner_id) REFERENCES team_members (startup_id, user_id) ON DELETE SET NULL (owner_id)
) WITH (autovacuum_vacuum_scale_factor = 0.02);  -- a touch moves a row in the sort index: dead entries gather at its head

CREATE INDEX crm_accounts_by_name ON crm_accounts (startup_id, name_key, id) WHERE deleted_at IS NULL;
CREATE INDEX crm_accounts_by_status ON crm_accounts (startup_id, status, id) WHERE deleted_at IS NULL;
CREATE INDEX crm_accounts_by_segment ON crm_accounts (startup_id, segment, id) WHERE deleted_at IS NULL;
CREATE INDEX crm_accounts_by_mrr ON crm_accounts (startup_id, mrr_cents, id) WHERE deleted_at IS NULL;
CREATE INDEX crm_accounts_by_health ON crm_accounts (startup_id, health_score, id) WHERE deleted_at IS NULL;
CREATE INDEX crm_accounts_by_contact ON crm_accounts (startup_id, contact_sort, id) WHERE deleted_at IS NULL;
CREATE INDEX crm_accounts_by_created ON crm_accounts (startup_id, created_at, id) WHERE deleted_at IS NULL;
CREATE INDEX crm_accounts_prefix ON crm_accounts (startup_id, name_key text_pattern_ops) WHERE deleted_at IS NULL;
CREATE INDEX crm_accounts_owner ON crm_accounts (startup_id, owner_id);
CREATE INDEX crm_accounts_domain ON crm_accounts (startup_id, domain);
CREATE INDEX crm_accounts_bin ON crm_accounts (deleted_at) WHERE deleted_at IS NOT NULL;
CREATE INDEX crm_accounts_search ON crm_accounts USING gin (startup_id, search_text gin_trgm_ops);
CREATE INDEX crm_accounts_info ON crm_accounts USING gin (startup_id, extended_info jsonb_path_ops);

CREATE TABLE crm_contacts (
  startup_id uuid NOT NULL,
  id uuid NOT NULL DEFAULT app.uuid7(),
  account_id uuid NOT NULL,
  email text CHECK (email = lower(email) AND email LIKE '%_@_%' AND length(email) <= 254),
  first_name text NOT NULL DEFAULT '' CHECK (length(first_name) <= 200),
  last_name text NOT NULL DEFAULT '' CHECK (length(last_name) <= 200),
  role text CHECK (length(role) <= 200),
  linkedin_url text CHECK (length(linkedin_url) <= 500),
  external_id text,
  import_source text,
  import_hash bytea,
  version int NOT NULL DEFAULT 1,
  deleted_at timestamptz,
  created_at timestamptz NOT NULL DEFAULT now(),
  updated_at timestamptz NOT NULL DEFAULT now(),
  search_text text NOT NULL GENERATED ALWAYS AS (lower((first_name || ' ' || last_name || ' ' || coalesce(email, '')) COLLATE "und-x-icu")) STORED,
  PRIMARY KEY (startup_id, id),
  UNIQUE (startup_id, import_source, external_id),
  CHECK (external_id IS NULL OR import_source IS NOT NULL),
  FOREIGN KEY (startup_id, account_id) REFERENCES crm_accounts (startup_id, id)
);
CREATE INDEX crm_contacts_account ON crm_contacts (startup_id, account_id);
CREATE INDEX crm_contacts_email ON crm_contacts (startup_id, email);
CREATE INDEX crm_contacts_search ON crm_contacts USING gin (startup_id, search_text gin_trgm_ops);

CREATE TABLE crm_deals (
  startup_id uuid NOT NULL,
  id uuid NOT NULL DEFAULT app.uuid7(),
  account_id uuid NOT NULL,
  name text NOT NULL CHECK (btrim(name) <> '' AND length(name) <= 200),
  amount numeric(14,2) CHECK (amount >= 0),  -- null: not known yet
  stage text NOT NULL DEFAULT 'Qualified' CHECK (stage IN ('Qualified', 'Proposal', 'Negotiation', 'Closed Won', 'Closed Lost')),
  stage_since timestamptz NOT NULL,          -- when it entered the stage; set by trigger, or by an import that knows better
  probability int NOT NULL DEFAULT 0 CHECK (probability BETWEEN 0 AND 100),
  probability_by_hand boolean NOT NULL DEFAULT false,
  expected_close date,
  opened_at timestamptz,
  closed_at timestamptz,
  lost_reason text CHECK (length(lost_reason) <= 500),
  ai_score int CHECK (ai_score BETWEEN 0 AND 100),
  ai_reasoning text,
  owner_id uuid,
  rank double precision NOT NULL DEFAULT extract(epoch FROM clock_timestamp()),  -- order within a column of the board
  source_channel text CHECK (length(source_channel) <= 100),
  extended_info jsonb NOT NULL DEFAULT '{}' CHECK (jsonb_typeof(extended_info) = 'object'),
  external_id text,
  import_source text,
  import_hash bytea,
  version int NOT NULL DEFAULT 1,
  deleted_at timestamptz,
  created_at timestamptz NOT NULL DEFAULT now(),
  updated_at timestamptz NOT NULL DEFAULT now(),
  amount_cents bigint GENERATED ALWAYS AS ((amount * 100)::bigint) STORED,
  PRIMARY KEY (startup_id, id),
  UNIQUE (startup_id, import_source, external_id),
  CHECK (external_id IS NULL OR import_source IS NOT NULL),
  CHECK ((stage IN ('Closed Won', 'Closed Lost')) = (closed_at IS NOT NULL)),
  CHECK (isfinite(stage_since) AND isfinite(expected_close) AND isfinite(opened_at) AND isfinite(closed_at)),
  FOREIGN KEY (startup_id, account_id) REFERENCES crm_accounts (startup_id, id),
  FOREIGN KEY (startup_id, owner_id) REFERENCES team_members (startup_id, user_id) ON DELETE SET NULL (owner_id)
);
CREATE INDEX crm_deals_account ON crm_deals (startup_id, account_id);
CREATE INDEX crm_deals_owner ON crm_deals (startup_id, owner_id);
CREATE INDEX crm_deals_board ON crm_deals (startup_id, stage, rank, id) INCLUDE (amount_cents) WHERE deleted_at IS NULL;
CREATE INDEX crm_deals_close ON crm_deals (startup_id, expected_close) WHERE deleted_at IS NULL;

CREATE TABLE crm_deal_stage_changes (
  startup_id uuid NOT NULL,
  id uuid NOT NULL DEFAULT app.uuid7(),
  deal_id uuid NOT NULL,
  from_stage text,  -- null: the deal was made in to_stage
  to_stage text NOT NULL,
  changed_by uuid REFERENCES auth.users,
  changed_at timestamptz NOT NULL,
  created_at timestamptz NOT NULL DEFAULT now(),
  PRIMARY KEY (startup_id, id),
  FOREIGN KEY (startup_id, deal_id) REFERENCES crm_deals (startup_id, id)
);
CREATE INDEX crm_deal_stage_changes_deal ON crm_deal_stage_changes (startup_id, deal_id, changed_at);
CREATE INDEX crm_deal_stage_changes_by ON crm_deal_stage_changes (changed_by);

CREATE TABLE crm_interactions (
  startup_id uuid NOT NULL,
  id uuid NOT NULL DEFAULT app.uuid7(),
  account_id uuid NOT NULL,
  contact_id uuid,
  deal_id uuid,
  author_id uuid NOT NULL REFERENCES auth.users,
  type text NOT NULL CHECK (type IN ('Email', 'Call', 'Meeting', 'Note')),
  direction text CHECK (direction IN ('in', 'out')),
  summary text CHECK (length(summary) <= 4000),
  sentiment text CHECK (sentiment IN ('Positive', 'Neutral', 'Negative')),  -- null until the worker reads it
  occurred_at timestamptz NOT NULL DEFAULT now() CHECK (isfinite(occurred_at)),
  created_at timestamptz NOT NULL DEFAULT now(),
  PRIMARY KEY (startup_id, id),
  FOREIGN KEY (startup_id, account_id) REFERENCES crm_accounts (startup_id, id),
  FOREIGN KEY (startup_id, contact_id) REFERENCES crm_contacts (startup_id, id) ON DELETE SET NULL (contact_id),
  FOREIGN KEY (startup_id, deal_id) REFERENCES crm_deals (startup_id, id) ON DELETE SET NULL (deal_id)
);
CREATE INDEX crm_interactions_account ON crm_interactions (startup_id, account_id, occurred_at DESC, id DESC);
CREATE INDEX crm_interactions_contact ON crm_interactions (startup_id, contact_id) WHERE contact_id IS NOT NULL;
CREATE INDEX crm_interactions_deal ON crm_interactions (startup_id, deal_id) WHERE deal_id IS NOT NULL;
CREATE INDEX crm_interactions_author ON crm_interactions (author_id);

CREATE TABLE share_links (
  startup_id uuid NOT NULL,
  id uuid NOT NULL DEFAULT app.uuid7(),
  account_id uuid NOT NULL,
  token_hash bytea NOT NULL UNIQUE,
  tabs text[] NOT NULL DEFAULT '{overview}',
  created_by uuid DEFAULT auth.uid() REFERENCES auth.users,
  expires_at timestamptz NOT NULL,
  revoked_at timestamptz,
  created_at timestamptz NOT NULL DEFAULT now(),
  updated_at timestamptz NOT NULL DEFAULT now(),
  PRIMARY KEY (startup_id, id),
  FOREIGN KEY (startup_id, account_id) REFERENCES crm_accounts (startup_id, id) ON DELETE CASCADE
);
CREATE INDEX share_links_account ON share_links (startup_id, account_id);
CREATE INDEX share_links_by ON share_links (created_by);

CREATE TABLE jobs (
  startup_id uuid NOT NULL REFERENCES startups ON DELETE CASCADE,
  id uuid NOT NULL DEFAULT app.uuid7(),
  kind text NOT NULL,
  subject_id uuid NOT NULL,
  requested_by uuid NOT NULL REFERENCES auth.users,
  state text NOT NULL DEFAULT 'queued' CHECK (state IN ('queued', 'running', 'done', 'failed', 'cancelled')),
  run_at timestamptz NOT NULL DEFAULT now(),
  attempt int NOT NULL DEFAULT 0,
  lease uuid,
  lease_until timestamptz,
  error text,
  created_at timestamptz NOT NULL DEFAULT now(),
  updated_at timestamptz NOT NULL DEFAULT now(),
  PRIMARY KEY (startup_id, id)
);
CREATE INDEX jobs_due ON jobs (run_at) WHERE state IN ('queued', 'running');
CREATE UNIQUE INDEX jobs_once ON jobs (startup_id, kind, subject_id) WHERE state = 'queued';
CREATE INDEX jobs_requester ON jobs (requested_by);

GRANT SELECT, DELETE ON crm_accounts, crm_contacts, crm_deals, crm_deal_stage_changes, crm_interactions, share_links TO prospector_definer;
GRANT UPDATE (last_interaction_at, health_score) ON crm_accounts TO prospector_definer;
GRANT INSERT ON crm_deal_stage_changes TO prospector_definer;
GRANT SELECT, INSERT, UPDATE, DELETE ON jobs TO prospector_definer;

CREATE OR REPLACE FUNCTION app.schema_version() RETURNS bigint LANGUAGE sql IMMUTABLE PARALLEL SAFE SET search_path = pg_catalog, pg_temp AS
  $$ SELECT 202611230003 $$;
RESET ROLE;

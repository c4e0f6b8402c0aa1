-- The dashboard: filters, totals, search by contact, near-equal names, the bin.
-- app.search_accounts sets a parameter of pg_trgm: only a session that has loaded it knows whose that is
DO $$ BEGIN PERFORM public.similarity('a', 'b'); END $$;
SET ROLE prospector_owner;
GRANT CREATE ON SCHEMA app TO prospector_definer;  -- taken back at the end

-- Totals over an unfiltered startup are read from this index alone.
DROP INDEX crm_accounts_by_health;
CREATE INDEX crm_accounts_by_health ON crm_accounts (startup_id, health_score, id) INCLUDE (mrr_cents) WHERE deleted_at IS NULL;

-- A filter that leaves few rows is found by its own index, not along the order.
DROP INDEX crm_accounts_owner;
CREATE INDEX crm_accounts_owner ON crm_accounts (startup_id, owner_id, contact_sort, id);
CREATE INDEX crm_accounts_kind ON crm_accounts (startup_id, kind, id) WHERE deleted_at IS NULL;
CREATE INDEX crm_accounts_enriched ON crm_accounts (startup_id, last_enriched_at, id) WHERE deleted_at IS NULL AND last_enriched_at IS NOT NULL;

-- One and two letters are the beginning of a name, a domain or an e-mail address.
DROP INDEX crm_accounts_domain;
CREATE INDEX crm_accounts_domain ON crm_accounts (startup_id, domain text_pattern_ops);
DROP INDEX crm_contacts_email;
CREATE INDEX crm_contacts_email ON crm_contacts (startup_id, email text_pattern_ops);

-- The bin, latest first.
CREATE INDEX crm_accounts_binned ON crm_accounts (startup_id, deleted_at) WHERE deleted_at IS NOT NULL;
CREATE INDEX crm_contacts_binned ON crm_contacts (startup_id, deleted_at) WHERE deleted_at IS NOT NULL;
CREATE INDEX crm_deals_binned ON crm_deals (startup_id, deleted_at) WHERE deleted_at IS NOT NULL;

RESET ROLE;
SET ROLE prospector_definer;

-- Who a token stands for; now with the startup's time zone, in which its days begin and end.
DROP FUNCTION app.viewer(text, uuid);
CREATE FUNCTION app.viewer(token text, wanted uuid DEFAULT NULL)
RETURNS TABLE (user_id uuid, user_name text, email text, startup_id uuid, startup_name text, slug text, role text, currency text, time_zone text)
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$ #variable_conflict use_column
BEGIN RETURN QUERY
  SELECT u.id, u.name, u.email, m.startup_id, m.startup_name, m.slug, m.role, m.currency, m.time_zone
  FROM auth.sessions x JOIN auth.users u ON u.id = x.user_id
  LEFT JOIN LATERAL (
    SELECT t.startup_id, s.name AS startup_name, s.slug, t.role, coalesce(s.settings->>'currency', 'USD') AS currency, coalesce(s.settings->>'time_zone', 'UTC') AS time_zone
    FROM public.team_members t JOIN public.startups s ON s.id = t.startup_id
    WHERE t.user_id = x.user_id AND (x.startup_id IS NULL OR x.startup_id = t.startup_id) AND (wanted IS NULL OR wanted = t.startup_id)
    ORDER BY (t.startup_id::text = x.data->>'startup_id') DESC NULLS LAST, t.created_at, t.id LIMIT 1) m ON true
  WHERE x.token_hash = sha256(convert_to(nullif(token, ''), 'UTF8')) AND x.expires_at > now();
END $$;

-- The search box: accounts by name and domain, and by the names and addresses of their contacts, best first, within a
-- filter. Trigram operators are not leakproof, so under RLS they never reach an index: this returns ids and likeness only,
-- and the caller reads the rows again under its own policies. Ranks the first 500 candidates of each kind. A likeness of
-- 0.45 lets two wrong letters in a short name pass. An owner of only zeros stands for nobody.
DROP FUNCTION app.search_accounts(text, int);
CREATE FUNCTION app.search_accounts(q text, lim int DEFAULT 20, statuses text[] DEFAULT NULL, segments text[] DEFAULT NULL, kinds text[] DEFAULT NULL,
  owner uuid DEFAULT NULL, health_from int DEFAULT 0, health_to int DEFAULT 100, stale_before timestamptz DEFAULT NULL)
RETURNS TABLE (id uuid, score real) LANGUAGE plpgsql STABLE SECURITY DEFINER
  SET search_path = pg_catalog, public, pg_temp SET pg_trgm.word_similarity_threshold = 0.45 AS $$ #variable_conflict use_column
DECLARE t uuid := app.tenant(); needle text := lower(btrim(q) COLLATE "und-x-icu"); pattern text;
  -- each kind of candidate passes the same filter; planned anew for the values at hand, what is null falls away
  filter constant text := 'a.startup_id = $1 AND a.deleted_at IS NULL AND ($4 IS NULL OR a.status = ANY ($4)) AND ($5 IS NULL OR a.segment = ANY ($5)) AND ($6 IS NULL OR a.kind = ANY ($6))
    AND ($7 IS NULL OR coalesce(a.owner_id, ''00000000-0000-0000-0000-000000000000'') = $7) AND a.health_score BETWEEN $8 AND $9 AND ($10 IS NULL OR a.last_enriched_at < $10)';
  by_account constant text := '(SELECT a.id, a.search_text AS said FROM public.crm_accounts a WHERE %s AND %s LIMIT 500)';
  by_contact constant text := '(SELECT a.id, c.search_text FROM public.crm_contacts c JOIN public.crm_accounts a ON a.id = c.account_id
    WHERE c.startup_id = $1 AND c.deleted_at IS NULL AND %s AND %s LIMIT 500)';
BEGIN
  IF t IS NULL OR length(needle) NOT BETWEEN 3 AND 100 THEN RETURN; END IF;
  pattern := '%' || replace(replace(replace(needle, '\', '\\'), '%', '\%'), '_', '\_') || '%';
  RETURN QUERY EXECUTE 'SELECT f.id, max(word_similarity($2, f.said)) FROM ('
      || format(by_account, filter, 'a.search_text LIKE $3') || ' UNION ALL ' || format(by_account, filter, '$2 <% a.search_text') || ' UNION ALL '
      || format(by_contact, filter, 'c.search_text LIKE $3') || ' UNION ALL ' || format(by_contact, filter, '$2 <% c.search_text')
      || ') f GROUP BY f.id ORDER BY 2 DESC, f.id LIMIT $11'
    USING t, needle, pattern, statuses, segments, kinds, owner, health_from, health_to, stale_before, least(greatest(lim, 1), 200);
END $$;

-- Accounts that a new one may be a second copy of: the same domain, or a name that is nearly equal (likeness 0.5 of the
-- whole name), the bin left out. At most five.
CREATE FUNCTION app.similar_accounts(said text, site text) RETURNS TABLE (id uuid, likeness real) LANGUAGE plpgsql STABLE SECURITY DEFINER
  SET search_path = pg_catalog, public, pg_temp SET pg_trgm.word_similarity_threshold = 0.45 AS $$ #variable_conflict use_column
DECLARE t uuid := app.tenant(); needle text := lower(btrim(left(said, 200)) COLLATE "und-x-icu"); BEGIN
  IF t IS NULL THEN RETURN; END IF;
  RETURN QUERY SELECT f.id, max(f.likeness) FROM (
      SELECT a.id, 1::real AS likeness FROM public.crm_accounts a WHERE a.startup_id = t AND a.deleted_at IS NULL AND a.domain = site
      UNION ALL
      SELECT a.id, 1::real FROM public.crm_accounts a WHERE a.startup_id = t AND a.deleted_at IS NULL AND a.name_key = needle
      UNION ALL
      (SELECT c.id, similarity(c.name_key, needle) FROM
        (SELECT a.id, a.name_key FROM public.crm_accounts a WHERE length(needle) >= 3 AND a.startup_id = t AND a.deleted_at IS NULL AND needle <% a.search_text LIMIT 500) c
        WHERE similarity(c.name_key, needle) >= 0.5)) f
    GROUP BY f.id ORDER BY max(f.likeness) DESC, f.id LIMIT 5;
END $$;

REVOKE ALL ON FUNCTION app.viewer, app.search_accounts, app.similar_accounts FROM PUBLIC;
GRANT EXECUTE ON FUNCTION app.viewer, app.search_accounts, app.similar_accounts TO prospector_app;

RESET ROLE;
SET ROLE prospector_owner;
REVOKE CREATE ON SCHEMA app FROM prospector_definer;
CREATE OR REPLACE FUNCTION app.schema_version() RETURNS bigint LANGUAGE sql IMMUTABLE PARALLEL SAFE SET search_path = pg_catalog, pg_temp AS
  $$ SELECT 202611230006 $$;
RESET ROLE;

SET session_replication_role = replica;
INSERT INTO crm_accounts (startup_id, name, external_id, import_source, extended_info, last_enriched_at)
  SELECT '$startup', 'Account ' || n, n::text, 'speed', jsonb_build_object('employees', n), now() - n * interval '1 minute' FROM generate_series(1, 20000) n;
INSERT INTO crm_contacts (startup_id, account_id, email) SELECT a.startup_id, a.id, k || '@' || a.external_id || '.test' FROM crm_accounts a, generate_series(1, 2) k WHERE a.startup_id = '$startup';
INSERT INTO account_facts (startup_id, account_id, key, value, identity, provider, status, sources, observed_at)
  SELECT a.startup_id, a.id, f.key, f.value, f.key || k, 'website', 'supported', '[{"url": "https://x.example", "title": "x"}]', now() - k * interval '10 days'
  FROM crm_accounts a, generate_series(1, 3) k, (VALUES ('industry', '{"name": "Software"}'::jsonb), ('employees', '{"count": 120}'), ('news', '{"title": "A new product of the company is out"}'),
    ('technology', '{"name": "nginx", "version": null, "category": "Web servers"}'), ('hiring', '{"trend": "growing", "openings": 4, "roles": [], "departments": []}'),
    ('funding', '{"round": "Series A", "amount": 1000000, "currency": "EUR", "investors": []}'), ('summary', '{"text": "Makes a platform for logistics, with everything that a paragraph has."}')) f(key, value)
  WHERE a.startup_id = '$startup';
INSERT INTO crm_interactions (startup_id, account_id, contact_id, author_id, type, direction, occurred_at)
  SELECT c.startup_id, c.account_id, c.id, '$owner', 'Email', 'in', now() - k * interval '9 days' FROM crm_contacts c, generate_series(1, 3) k WHERE c.startup_id = '$startup';
INSERT INTO crm_lead_events (startup_id, account_id, lead_id, kind, occurred_at)
  SELECT c.startup_id, c.account_id, c.id, 'site_visit', now() - k * interval '4 days' FROM crm_contacts c, generate_series(1, 3) k WHERE c.startup_id = '$startup';
INSERT INTO crm_lead_enrichment (startup_id, account_id, run_id, provider, requested_by) SELECT a.startup_id, a.id, app.uuid7(), 'website', '$owner' FROM crm_accounts a WHERE a.startup_id = '$startup';
INSERT INTO jobs (startup_id, kind, subject_id, account_id, requested_by, state) SELECT a.startup_id, 'enrich', a.id, a.id, '$owner', 'done' FROM crm_accounts a WHERE a.startup_id = '$startup';
SET session_replication_role = origin;
ANALYZE;

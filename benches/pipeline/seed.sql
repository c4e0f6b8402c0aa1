-- $DEALS deals over the startups that are there, a twentieth of them in the first: two fifths of its deals are open. Their
-- rows lie among everybody's, as rows do that came in over the same years. Triggers are off (session_replication_role), so
-- what they would write is written here. In one transaction as an administrator.
CREATE TEMP TABLE bench_startups ON COMMIT DROP AS
SELECT row_number() OVER (ORDER BY s.created_at, s.id) - 1 AS n, s.id FROM startups s;
CREATE TEMP TABLE bench_members ON COMMIT DROP AS
SELECT m.startup_id, m.user_id, row_number() OVER (PARTITION BY m.startup_id ORDER BY m.created_at, m.id) - 1 AS n,
  count(*) OVER (PARTITION BY m.startup_id) AS members FROM team_members m;

CREATE TEMP TABLE bench_accounts ON COMMIT DROP AS
SELECT s.id AS startup_id, app.uuid7() AS id, h.h, a.n AS number, row_number() OVER (PARTITION BY s.n ORDER BY a.n) - 1 AS n,
  initcap(w.a[1 + h.h % 20] || w.b[1 + (h.h / 20) % 20]) || ' ' || w.c[1 + (h.h / 400) % 8] || ' ' || a.n AS name
FROM generate_series(1, $DEALS * 12 / 100) a(n)
CROSS JOIN LATERAL (SELECT hashint8(a.n::bigint) & 2147483647 AS h) h
JOIN bench_startups s ON s.n = CASE WHEN a.n % 6 = 0 THEN 0 ELSE 1 + a.n % ((SELECT count(*) FROM bench_startups) - 1) END
CROSS JOIN (SELECT
  '{ka,lo,mi,ven,tor,bri,sol,nex,ari,dun,fel,gra,hal,ist,jor,kel,lum,mon,nor,ost}'::text[] AS a,
  '{tech,loz,max,dax,nix,port,forge,wind,stone,field,works,path,line,mark,gate,lab,dome,crest,view,point}'::text[] AS b,
  '{Labs,Systems,Group,Health,Energy,Foods,Logistics,Software}'::text[] AS c) w;
CREATE INDEX ON bench_accounts (startup_id, n);
ANALYZE bench_startups; ANALYZE bench_members; ANALYZE bench_accounts;

INSERT INTO crm_accounts (startup_id, id, name, domain, segment, status, mrr, health_score, last_interaction_at, created_at)
SELECT a.startup_id, a.id, a.name, 'account-' || a.number || '.example', (ARRAY['SMB','SMB','Mid-Market','Enterprise'])[1 + a.h % 4],
  (ARRAY['Lead','Trial','Active','Active','Churned'])[1 + (a.h / 11) % 5], (a.h / 13) % 25000, (a.h / 17) % 101,
  now() - make_interval(mins => (a.h / 19) % 525600), now() - make_interval(mins => 525600 + (a.h / 29) % 1051200)
FROM bench_accounts a ORDER BY a.number;

INSERT INTO crm_deals (startup_id, id, account_id, name, amount, stage, stage_since, probability, expected_close, opened_at, closed_at, lost_reason, owner_id, rank, created_at, updated_at)
SELECT s.id, app.uuid7(), a.id, a.name || ' ' || (ARRAY['licence','renewal','upgrade','pilot','rollout'])[1 + d.h % 5],
  CASE WHEN d.h % 10 > 0 THEN ((d.h / 13) % 5000000) / 100.0 END, t.stage, t.since, app.stage_probability(t.stage),
  CASE WHEN t.is_open THEN CASE WHEN d.h % 8 > 0 THEN current_date + (d.h / 17) % 240 - 60 END ELSE t.since::date END,
  t.opened, CASE WHEN NOT t.is_open THEN t.since END, CASE WHEN t.stage = 'Closed Lost' THEN (ARRAY['Price','Competitor','No budget'])[1 + d.h % 3] END,
  m.user_id, extract(epoch FROM t.since) + (d.h % 1000) / 1000.0, t.opened, t.since
FROM (SELECT n, hashint8(n::bigint) & 2147483647 AS h, CASE WHEN n % 20 = 0 THEN 0 ELSE 1 + n % ((SELECT count(*) FROM bench_startups) - 1) END AS of FROM generate_series(1, $DEALS) n) d
JOIN bench_startups s ON s.n = d.of
JOIN (SELECT startup_id, count(*) AS many FROM bench_accounts GROUP BY 1) c ON c.startup_id = s.id
JOIN bench_accounts a ON a.startup_id = s.id AND a.n = (d.h / 7) % c.many
JOIN bench_members m ON m.startup_id = s.id AND m.n = (d.h / 5) % m.members
CROSS JOIN LATERAL (SELECT CASE WHEN d.of = 0 THEN (d.n / 20) % 5 < 2 ELSE d.h % 5 = 0 END AS is_open) o
CROSS JOIN LATERAL (SELECT o.is_open, CASE WHEN o.is_open THEN (ARRAY['Qualified','Proposal','Negotiation'])[1 + d.h % 3] WHEN d.h % 10 < 4 THEN 'Closed Won' ELSE 'Closed Lost' END AS stage,
  now() - make_interval(mins => CASE WHEN o.is_open THEN 86400 ELSE 129600 END + (d.h / 23) % CASE WHEN o.is_open THEN 172800 ELSE 700000 END) AS opened) p
CROSS JOIN LATERAL (SELECT p.*, p.opened + make_interval(mins => (d.h / 31) % CASE WHEN o.is_open THEN 80000 ELSE 129000 END) AS since) t
ORDER BY d.n;

INSERT INTO crm_deal_stage_changes (startup_id, id, deal_id, from_stage, to_stage, changed_by, changed_at, stayed)
SELECT d.startup_id, app.uuid7(), d.id, p.path[i - 1], p.path[i], d.owner_id,
  d.opened_at + (d.stage_since - d.opened_at) * (i - 1) / greatest(1, cardinality(p.path) - 1),
  CASE WHEN i > 1 THEN extract(epoch FROM d.stage_since - d.opened_at) / (cardinality(p.path) - 1) END
FROM crm_deals d
CROSS JOIN LATERAL (SELECT CASE d.stage WHEN 'Qualified' THEN '{Qualified}'::text[] WHEN 'Proposal' THEN '{Qualified,Proposal}' WHEN 'Negotiation' THEN '{Qualified,Proposal,Negotiation}'
  WHEN 'Closed Won' THEN '{Qualified,Proposal,Negotiation,Closed Won}' ELSE '{Qualified,Proposal,Closed Lost}' END AS path) p
CROSS JOIN LATERAL generate_subscripts(p.path, 1) i;

-- what a move's account is judged by
INSERT INTO crm_interactions (startup_id, id, account_id, author_id, type, summary, sentiment, occurred_at)
SELECT a.startup_id, app.uuid7(), a.id, m.user_id, 'Call', 'Talked about the next step', (ARRAY['Positive','Neutral','Negative'])[1 + k], now() - make_interval(days => 1 + k * 40)
FROM bench_accounts a JOIN bench_startups s ON s.id = a.startup_id AND s.n = 0 JOIN bench_members m ON m.startup_id = s.id AND m.n = 0 CROSS JOIN generate_series(0, 2) k;

-- A startup of 200,000 accounts, for looking at plans: $1 startup, $2 owner, in one transaction as an administrator.
-- Triggers are off (session_replication_role), so what they would write is written here.
INSERT INTO crm_accounts (startup_id, id, name, domain, kind, segment, status, mrr, health_score, owner_id, last_interaction_at, extended_info, external_id, import_source, created_at)
SELECT $1, app.uuid7(),
  initcap(s.a[1 + h % 40] || s.b[1 + (h / 40) % 40] || CASE WHEN h % 3 = 0 THEN s.a[1 + (h / 1600) % 40] ELSE '' END) || ' ' || s.c[1 + (h / 64000) % 12],
  s.a[1 + h % 40] || s.b[1 + (h / 40) % 40] || '-' || n || '.example',
  (ARRAY['Customer','Customer','Customer','Partner','Investor'])[1 + h % 5],
  (ARRAY['SMB','SMB','SMB','Mid-Market','Enterprise'])[1 + (h / 7) % 5],
  (ARRAY['Lead','Lead','Trial','Active','Active','Churned'])[1 + (h / 11) % 6],
  CASE WHEN h % 3 = 0 THEN 0 ELSE (h / 13) % 25000 END, (h / 17) % 101,
  CASE WHEN h % 4 = 0 THEN NULL ELSE $2 END,
  CASE WHEN h % 5 = 0 THEN NULL ELSE now() - make_interval(mins => (h / 19) % 525600) END,
  jsonb_build_object('employees', h % 5000, 'sector', s.c[1 + (h / 23) % 12]), 'bulk-' || n, 'bulk',
  now() - make_interval(mins => (h / 29) % 1051200)
FROM generate_series(1, $3) n
CROSS JOIN LATERAL (SELECT hashint8(n::bigint) & 2147483647 AS h) r
CROSS JOIN (SELECT
  '{ka,lo,mi,ven,tor,bri,sol,nex,ari,dun,fel,gra,hal,ist,jor,kel,lum,mon,nor,ost,pel,qui,ros,sta,tel,umb,val,wes,xan,yor,zel,alt,bor,cor,den,ember,fir,gol,har,iri}'::text[] AS a,
  '{tech,loz,max,dax,nix,port,forge,wind,stone,field,works,path,line,mark,gate,lab,dome,crest,view,point,bay,ford,ton,dale,mere,more,well,wick,burg,haven,shore,peak,vale,cliff,brook,wood,land,way,side,hill}'::text[] AS b,
  '{Labs,Systems,Group,Health,Energy,Foods,Logistics,Software,Partners,Studio,Retail,Media}'::text[] AS c) s;

INSERT INTO crm_contacts (startup_id, id, account_id, email, first_name, last_name, role)
SELECT a.startup_id, app.uuid7(), a.id, 'contact@' || a.domain, (ARRAY['Ada','Björn','Chloé','Dmitri','Elif','Fatima','Giulia','Hiro'])[1 + a.health_score % 8], split_part(a.name, ' ', 1), 'Head of operations'
FROM crm_accounts a WHERE a.startup_id = $1;

INSERT INTO crm_deals (startup_id, id, account_id, name, amount, stage, stage_since, opened_at, owner_id, probability, rank)
SELECT a.startup_id, app.uuid7(), a.id, a.name || ' licence', a.mrr * 12, 'Qualified', a.created_at, a.created_at, $2, 10, extract(epoch FROM a.created_at)
FROM crm_accounts a WHERE a.startup_id = $1 AND a.health_score % 4 = 0;

INSERT INTO crm_deal_stage_changes (startup_id, id, deal_id, to_stage, changed_at)
SELECT d.startup_id, app.uuid7(), d.id, d.stage, d.stage_since FROM crm_deals d WHERE d.startup_id = $1;

INSERT INTO crm_interactions (startup_id, id, account_id, author_id, type, summary, occurred_at)
SELECT a.startup_id, app.uuid7(), a.id, $2, 'Call', 'Talked about the next step', a.last_interaction_at
FROM crm_accounts a WHERE a.startup_id = $1 AND a.last_interaction_at IS NOT NULL;

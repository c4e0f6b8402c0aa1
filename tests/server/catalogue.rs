//! What the catalogue says of every table and function at once.

use crate::harness::{TestDb, run};

async fn findings(sql: &'static str) -> Vec<String> {
    let test = TestDb::new().await;
    sqlx::query_scalar(sql).fetch_all(&mut test.admin().await).await.unwrap()
}

#[test]
fn row_level_security_is_enabled_and_forced_everywhere() {
    let open = run(findings(
        "SELECT c.oid::regclass::text FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
         WHERE n.nspname IN ('public', 'auth', 'app') AND c.relkind IN ('r', 'p') AND NOT (c.relrowsecurity AND c.relforcerowsecurity)",
    ));
    assert_eq!(open, Vec::<String>::new());
}

#[test]
fn every_policy_says_whom_it_is_for() {
    let open = run(findings("SELECT tablename || '.' || policyname FROM pg_policies WHERE roles = '{public}'"));
    assert_eq!(open, Vec::<String>::new());
}

#[test]
fn keys_and_references_of_tenant_tables_are_led_by_the_tenant() {
    let odd = run(findings(
        "SELECT c.conrelid::regclass::text || '.' || c.conname FROM pg_constraint c
         JOIN pg_attribute t ON t.attrelid = c.conrelid AND t.attname = 'startup_id' AND c.conrelid::regclass::text NOT LIKE 'auth.%'
         JOIN pg_attribute f ON f.attrelid = c.conrelid AND f.attnum = c.conkey[1]
         WHERE c.contype IN ('p', 'u', 'f') AND f.attname <> 'startup_id'
           -- people are nobody's; a hash of a random token tells nothing
           AND coalesce(c.confrelid::regclass::text, '') <> 'auth.users' AND f.attname <> 'token_hash'",
    ));
    assert_eq!(odd, Vec::<String>::new());
}

#[test]
fn functions_pin_their_search_path_and_are_not_everybodys() {
    let odd = run(findings(
        "SELECT p.oid::regprocedure::text FROM pg_proc p JOIN pg_namespace n ON n.oid = p.pronamespace
         WHERE n.nspname IN ('auth', 'app') AND (NOT coalesce(array_to_string(p.proconfig, ','), '') LIKE 'search\\_path=%'
           OR EXISTS (SELECT FROM aclexplode(coalesce(p.proacl, acldefault('f', p.proowner))) a WHERE a.grantee = 0 AND a.privilege_type = 'EXECUTE'))",
    ));
    assert_eq!(odd, Vec::<String>::new());
}

#[test]
fn login_roles_own_nothing_and_bypass_nothing() {
    let odd = run(findings(
        "SELECT rolname::text FROM pg_roles r WHERE rolname LIKE 'prospector\\_%' AND (rolsuper OR rolbypassrls OR rolcreaterole OR rolcreatedb)
         UNION SELECT c.oid::regclass::text FROM pg_class c JOIN pg_roles r ON r.oid = c.relowner WHERE r.rolname IN ('prospector_app', 'prospector_auth', 'prospector_worker', 'prospector_guest')",
    ));
    assert_eq!(odd, Vec::<String>::new());
}

#[test]
fn every_foreign_key_has_an_index() {
    let missing = run(findings(
        "SELECT c.conrelid::regclass::text || '.' || c.conname FROM pg_constraint c WHERE c.contype = 'f' AND c.connamespace::regnamespace::text IN ('public', 'auth')
           AND NOT EXISTS (SELECT FROM pg_index i WHERE i.indrelid = c.conrelid AND (i.indkey::int2[])[0:array_length(c.conkey, 1) - 1] @> c.conkey)",
    ));
    assert_eq!(missing, Vec::<String>::new());
}

#[test]
fn choices_are_words_not_enums() {
    // enum comparisons are not leakproof: under row-level security they never reach an index
    let enums = run(findings(
        "SELECT t.typname::text FROM pg_type t JOIN pg_namespace n ON n.oid = t.typnamespace WHERE t.typtype = 'e' AND n.nspname IN ('public', 'auth', 'app')",
    ));
    assert_eq!(enums, Vec::<String>::new());
}

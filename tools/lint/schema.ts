// Schema lint over the catalogue of a migrated database: isolation, the rules of the distributed engine (database.md 6c),
// money and time types, indexed foreign keys, comments. A query a rule; tests/guards plants a table that breaks them all.
import type pg from 'pg'
import type { Finding } from './walls.ts'

/** Tables of the platform itself, before a company is known. This list may only shrink. */
export const WITHOUT_COMPANY = ['kernel.migration', 'kernel.job', 'identity.company', 'identity.account', 'identity.seat', 'identity.resident_phone', 'identity.session', 'identity.code']

const TABLES = `select c.oid, n.nspname || '.' || c.relname as t, c.relrowsecurity, c.relforcerowsecurity from pg_class c join pg_namespace n on n.oid = c.relnamespace
  where c.relkind in ('r','p') and not c.relispartition and n.nspname not in ('pg_catalog','information_schema') and n.nspname not like 'pg_%'`

const RULES: Record<string, string> = {
  'every table has its company': `select t, '' as d from x where not exists (select from pg_attribute a where a.attrelid = x.oid and a.attname = 'company_id' and a.attnotnull)`,
  'row-level security is on and forced': `select t, '' as d from x where not (relrowsecurity and relforcerowsecurity)`,
  'policy checks reads and writes, on a plain expression': `select t, p.polname as d from x left join pg_policy p on p.polrelid = x.oid where p.oid is null or p.polqual is null or p.polwithcheck is null or pg_get_expr(p.polqual, p.polrelid) ilike '%select %'`,
  'keys contain the company': `select t, k.conname as d from x join pg_constraint k on k.conrelid = x.oid and k.contype in ('p','u','x')
     where not exists (select from pg_attribute a where a.attrelid = x.oid and a.attname = 'company_id' and a.attnum = any(k.conkey))`,
  'unique indexes contain the company': `select t, i.indexrelid::regclass::text as d from x join pg_index i on i.indrelid = x.oid and i.indisunique
     where not exists (select from pg_attribute a where a.attrelid = x.oid and a.attname = 'company_id' and a.attnum = any(i.indkey::int2[]))`,
  'foreign keys contain the company': `select t, k.conname as d from x join pg_constraint k on k.conrelid = x.oid and k.contype = 'f'
     where not exists (select from pg_attribute a where a.attrelid = x.oid and a.attname = 'company_id' and a.attnum = any(k.conkey))`,
  'a primary key': `select t, '' as d from x where not exists (select from pg_constraint k where k.conrelid = x.oid and k.contype = 'p')`,
  'foreign keys are indexed': `select t, k.conname as d from x join pg_constraint k on k.conrelid = x.oid and k.contype = 'f'
     where not exists (select from pg_index i where i.indrelid = x.oid and i.indpred is null and k.conkey <@ (i.indkey::int2[])[0:array_length(k.conkey, 1) - 1])
       and not exists (select from pg_index i where i.indrelid = x.oid and (i.indkey::int2[])[0] = any(k.conkey) and (i.indkey::int2[])[1] = any(k.conkey))`,
  'no ON DELETE SET NULL': `select t, k.conname as d from x join pg_constraint k on k.conrelid = x.oid and k.confdeltype in ('n','d')`,
  'no triggers': `select t, g.tgname as d from x join pg_trigger g on g.tgrelid = x.oid and not g.tgisinternal`,
  'money is bigint fen': `select t, a.attname as d from x join pg_attribute a on a.attrelid = x.oid and a.attnum > 0 and not a.attisdropped
     where (a.attname like '%\\_fen' and format_type(a.atttypid, null) <> 'bigint') or (a.attname ~ '(amount|balance|price_total)$' and a.attname !~ '_fen$')`,
  'no floats, no money, no varchar, no timestamp without zone, no enum': `select t, a.attname || ' ' || format_type(a.atttypid, a.atttypmod) as d from x join pg_attribute a on a.attrelid = x.oid and a.attnum > 0 and not a.attisdropped
     join pg_type y on y.oid = a.atttypid where format_type(a.atttypid, null) in ('real','double precision','money','character varying','timestamp without time zone','time without time zone') or y.typtype = 'e'`,
  'names carry the unit': `select t, a.attname as d from x join pg_attribute a on a.attrelid = x.oid and a.attnum > 0 and not a.attisdropped
     where (format_type(a.atttypid, null) = 'timestamp with time zone' and a.attname !~ '(_at|_until)$' and a.attname <> 'at') or (format_type(a.atttypid, null) = 'date' and a.attname !~ '(_on|_day)$')`,
  'comments in Chinese on table and columns': `select t, coalesce(a.attname, '') as d from x join pg_attribute a on a.attrelid = x.oid and a.attnum > 0 and not a.attisdropped
     where coalesce(col_description(x.oid, a.attnum), '') !~ '[一-龥]' or coalesce(obj_description(x.oid), '') !~ '[一-龥]'`,
}
const TENANT_ONLY = new Set(['every table has its company', 'row-level security is on and forced', 'policy checks reads and writes, on a plain expression', 'keys contain the company', 'unique indexes contain the company', 'foreign keys contain the company'])

export async function schemaFindings(c: pg.Client): Promise<Finding[]> {
  const out: Finding[] = []
  for (const [rule, query] of Object.entries(RULES)) {
    const { rows } = await c.query<{ t: string; d: string }>(`with x as (${TABLES}) ${query}`)
    for (const r of rows) if (!(TENANT_ONLY.has(rule) && WITHOUT_COMPANY.includes(r.t))) out.push({ rule, file: r.t, detail: r.d })
  }
  const app = await c.query<{ d: string }>(`select 'heyuan_app owns ' || relname as d from pg_class where relowner = 'heyuan_app'::regrole
    union all select 'heyuan_app bypasses row security' from pg_roles where rolname = 'heyuan_app' and (rolsuper or rolbypassrls)
    union all select 'append-only ' || t || ' may be changed' from unnest(array['kernel.audit','kernel.audit_seal','kernel.event','ledger.journal','ledger.posting','ledger.closing','ledger.closing_balance','payment.allocation','payment.tender','payment.wallet_entry','payment.settlement','payment.refund_line','billing.reduction','billing.waiver_line','funds.policy','funds.standard','funds.entry','funds.use_step','funds.use_payment','funds.share_payment','funds.interest_line','system.approval_decision','system.approval_flow']) t
      where has_table_privilege('heyuan_app', t, 'update') or has_table_privilege('heyuan_app', t, 'delete')`)
  for (const r of app.rows) out.push({ rule: 'the application owns nothing and cannot rewrite history', file: 'heyuan_app', detail: r.d })
  return out
}
export const schemaRules = [...Object.keys(RULES), 'the application owns nothing and cannot rewrite history']

// The migration lint can fail: for each rule a statement that breaks it, and one that keeps it.
import { describe, expect, test } from 'vitest'
import { migrationFindings, migrationRules } from '../../tools/lint/migrations.ts'
import { migrationFiles } from '../../src/kernel/migrate.ts'

test('the migrations are clean', async () => {
  const found = await migrationFindings(migrationFiles())
  expect(found.map((f) => `${f.rule}: ${f.file} ${f.detail}`)).toEqual([])
})

const CASES: Record<string, [bad: string, good: string]> = {
  'no now() in ON CONFLICT DO UPDATE: take excluded': ['insert into a.b (id, at) values (1, now()) on conflict (id) do update set at = now()', 'insert into a.b (id, at) values (1, now()) on conflict (id) do update set at = excluded.at'],
  'no volatile value in UPDATE: pass it': ['update a.b set at = clock_timestamp()', 'update a.b set at = now()'],
  'SET only LOCAL': ["set search_path = 'a'", "set local search_path = 'a'"],
  'no GRANT ON ALL TABLES': ['grant select on all tables in schema a to heyuan_app', 'grant select on a.b to heyuan_app'],
  'ADD COLUMN carries no constraint: add it by name': ["alter table a.b add column c text check (c <> '')", 'alter table a.b add column c text'],
  'ADD COLUMN NOT NULL has a default': ['alter table a.b add column c int not null', 'alter table a.b add column c int not null default 0'],
  'no serial, no identity below bigint': ['create table a.b (id serial)', 'create table a.b (id bigint generated always as identity)'],
  'a constraint is not renamed': ['alter table a.b rename constraint x to y', 'alter table a.b rename column x to y'],
  'no inheritance': ['create table a.b () inherits (a.c)', "create table a.b partition of a.c for values from ('2026-01-01') to ('2026-02-01')"],
  'one level of partitions': ["create table a.b partition of a.c for values from ('2026-01-01') to ('2026-02-01') partition by hash (id)", 'create table a.b (id int) partition by range (id)'],
  'no triggers, rules, enums or listening': ["create type a.colour as enum ('red')", "create table a.b (colour text check (colour in ('red')))"],
  'no ON DELETE SET NULL or DEFAULT': ['alter table a.b add constraint f foreign key (company_id, x) references a.c on delete set null', 'alter table a.b add constraint f foreign key (company_id, x) references a.c on delete cascade'],
  'a foreign key names its columns and carries the company': ['create table a.b (company_id bigint, c uuid references a.c)', 'create table a.b (company_id bigint, c uuid, foreign key (company_id, c) references a.c)'],
  'one transaction, and it is ours': ['commit', 'select 1'],
}
describe('planted faults', () => {
  test.each(migrationRules)('%s', async (rule) => {
    const [bad, good] = CASES[rule]!
    expect((await migrationFindings([{ name: '9999_bad.sql', sql: `select 1;\n${bad};` }])).map((f) => [f.rule, f.file])).toContainEqual([rule, 'db/migrations/9999_bad.sql:2'])
    expect((await migrationFindings([{ name: '9999_good.sql', sql: good }])).map((f) => f.rule)).toEqual([])
  })
  test('what does not parse is no migration', async () => {
    await expect(migrationFindings([{ name: '9999_bad.sql', sql: 'create tabel a.b ()' }])).rejects.toThrow(/syntax error/)
  })
})

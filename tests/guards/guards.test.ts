// Every guard shows that it can fail: a planted fault for each rule must be found, and the tree itself must be clean.
import { existsSync, readFileSync, readdirSync } from 'node:fs'
import pg from 'pg'
import { z } from 'zod'
import { beforeAll, describe, expect, inject, test } from 'vitest'
import { contracts } from '../../src/apps/contracts.ts'
import { contract, write } from '../../src/kernel/contract.ts'
import { contractFindings } from '../../tools/lint/contracts.ts'
import { WITHOUT_COMPANY, schemaFindings, schemaRules } from '../../tools/lint/schema.ts'
import { readmeFindings, tidy, tidyRules } from '../../tools/lint/tidy.ts'
import { sourcesIn, walls } from '../../tools/lint/walls.ts'
import { onServer, withDatabase } from '../global.ts'

const show = (f: { rule: string; file: string; detail: string }[]) => f.map((x) => `${x.rule}: ${x.file} ${x.detail}`)
const root = process.cwd()

describe('walls', () => {
  test('the tree is clean', () => {
    const sources = sourcesIn(root)
    expect(sources.length).toBeGreaterThan(60)
    expect(show(walls(sources))).toEqual([])
  })
  const planted: [string, string, string][] = [
    ['kernel and ui know no module', 'src/kernel/bad.ts', "import { x } from '../modules/billing/contract.ts'"],
    ['screens never import server code', 'src/modules/billing/admin/Bad.tsx', "import { x } from '../server/runs.ts'"],
    ['screens never import server code', 'src/ui/bad.ts', "import { x } from '../kernel/db.ts'"],
    ['another module only by its front door', 'src/modules/payment/server/bad.ts', "import { x } from '../../billing/server/runs.ts'"],
    ['only modules of smaller rank', 'src/modules/billing/server/bad.ts', "import { x } from '../../payment/server/index.ts'"],
    ['modules know no app', 'src/modules/billing/server/bad.ts', "import { x } from '../../../apps/modules.ts'"],
    ['faces do not import each other', 'src/modules/billing/admin/Bad.tsx', "import { x } from '../resident/MyBillsPage.tsx'"],
    ['modules know no world', 'src/modules/billing/server/bad.ts', "import { x } from '../../../world/plan.ts'"],
    ['every module has a rank', 'src/modules/nowhere/server/bad.ts', "import { x } from '../../billing/server/index.ts'"],
  ]
  test.each(planted)('%s: found in %s', (rule, file, text) => {
    expect(walls([{ file, text }]).map((f) => f.rule)).toContain(rule)
  })
  test('a cycle is found', () => {
    const found = walls([{ file: 'src/kernel/a.ts', text: "import './b.ts'" }, { file: 'src/kernel/b.ts', text: "import './a.ts'" }])
    expect(found.map((f) => f.rule)).toEqual(['no cycles'])
  })
})

describe('tidy', () => {
  test('the tree is clean', () => {
    expect(show(tidy(sourcesIn(root, ['src/**/*.ts', 'src/**/*.tsx', 'tests/**/*.ts', 'tools/**/*.ts', 'bench/**/*.ts'])))).toEqual([])
  })
  const planted: Record<string, [string, string]> = {
    'write only at home': ['src/modules/payment/server/bad.ts', "await scope.db.updateTable('billing.bill').set({})"],
    'no instant cut as text': ['src/modules/payment/server/bad.ts', 'const day = r.asked_at?.slice(0, 10)'],
    'no clock outside the kernel': ['src/modules/payment/server/bad.ts', 'const t = Date.now()'],
    'no float in a money path': ['src/modules/payment/server/bad.ts', 'const y = (amount_fen / 100).toFixed(2)'],
    'amounts in sentences are grouped': ['src/modules/billing/server/bad.ts', 'const x = `共 ${yuan(fen(o.amount_fen))} 元`'],
    'no leftover marks': ['src/modules/payment/server/bad.ts', 'const a = 1 // TODO later'],
    'no machine path, no registry host': ['src/modules/payment/server/bad.ts', "const p = '/home/someone/x'"],
    'files stay under 400 lines': ['src/modules/payment/server/bad.ts', 'x\n'.repeat(402)],
    'no string-built SQL': ['src/modules/payment/server/bad.ts', 'sql.raw(`select ${name}`)'],
    'no mocks of our own code': ['src/modules/payment/server/bad.test.ts', "vi.mock('./x.ts')"],
  }
  test.each(tidyRules)('%s', (rule) => {
    const [file, text] = planted[rule]!
    expect(tidy([{ file, text }]).map((f) => f.rule)).toContain(rule)
  })
})

describe('module READMEs', () => {
  test('each says what it owns, its clocks, invariants and who may see', () => {
    const found = readdirSync('src/modules').flatMap((m) => readmeFindings(m, existsSync(`src/modules/${m}/README.md`) ? readFileSync(`src/modules/${m}/README.md`, 'utf8') : null))
    expect(show(found)).toEqual([])
  })
  test('a missing one and an empty one are found', () => {
    expect(readmeFindings('bad', null)).toHaveLength(1)
    expect(readmeFindings('bad', '# bad')).not.toHaveLength(0)
  })
})

describe('contracts', () => {
  test('are bounded, worded and labelled', () => {
    expect(show(contractFindings(contracts))).toEqual([])
  })
  test('planted faults are found', () => {
    const bad = contract('bad', { one: write({ zh: '', may: 'bad.one', takes: z.object({ list: z.array(z.uuid()), text: z.string() }), gives: z.object({}), refuses: ['bad.nowhere'] }) })
    const rules = new Set(contractFindings([{ name: 'bad', contract: bad, words: null }]).map((f) => f.rule))
    expect([...rules].sort()).toEqual(['every call has a Chinese label', 'every input has a bound', 'every permission is worded', 'every refusal is worded'])
  })
})

describe('schema', () => {
  let c: pg.Client
  const name = `guard_${process.pid}`
  beforeAll(async () => {
    await onServer(inject('serverUrl'), `create database ${name} template ${inject('template')}`)
    c = new pg.Client({ connectionString: withDatabase(inject('serverUrl'), name) })
    await c.connect()
    return async () => {
      await c.end()
      await onServer(inject('serverUrl'), `drop database ${name} with (force)`)
    }
  })
  test('the schema is clean', async () => {
    expect(show(await schemaFindings(c))).toEqual([])
  })
  test('the list of platform tables has no stale entry', async () => {
    const { rows } = await c.query<{ t: string }>(`select n.nspname || '.' || r.relname as t from pg_class r join pg_namespace n on n.oid = r.relnamespace where r.relkind in ('r','p') and not r.relrowsecurity and not r.relispartition and n.nspname not like 'pg_%' and n.nspname <> 'information_schema'`)
    expect(rows.map((r) => r.t).sort()).toEqual([...WITHOUT_COMPANY].sort())
  })
  test('a table that breaks every rule is found by every rule', async () => {
    await c.query(`begin; create schema bad; create type bad.colour as enum ('red'); create table bad.other (id int primary key);
      create table bad.thing (id int unique, other_id int references bad.other on delete set null, price_fen numeric, ratio real, made timestamptz, c bad.colour);
      create table bad.nokey (id int); create function bad.f() returns trigger language plpgsql as 'begin return new; end'; create trigger t before insert on bad.thing for each row execute function bad.f();
      alter table bad.nokey owner to heyuan_app`)
    const found = await schemaFindings(c)
    await c.query('rollback')
    const rules = new Set(found.map((f) => f.rule))
    expect(schemaRules.filter((r) => !rules.has(r))).toEqual([])
  })
})

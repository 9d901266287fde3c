// Plants what the application cannot write, so that a proof has something to find: as the owner, without foreign keys, in a transaction that
// is rolled back. A row is given only the columns that matter; the others get a value of their type.
import type { Finding } from '../../src/kernel/app.ts'
import type { Scope } from '../../src/kernel/scope.ts'
import type { TestApp } from '../harness.ts'

export interface Planter {
  scope: Scope
  /** Runs a statement as the owner. */
  run(text: string, values?: unknown[]): Promise<void>
  /** Inserts one row; gives it back whole. */
  row(table: string, values?: Record<string, unknown>): Promise<Record<string, unknown>>
}

const FILL: Record<string, string> = { uuid: 'gen_random_uuid()', text: `'planted'`, int8: '1', int4: '1', int2: '1', numeric: '1', date: `date '2026-01-01'`, timestamptz: `timestamptz '2026-01-01 00:00:00+08'`, jsonb: `'{}'::jsonb`, bool: 'false', _uuid: `'{}'::uuid[]`, _text: `'{}'::text[]` }

class Undone extends Error {}

/** Plants a fault, runs the proofs over it, takes it back; gives what the proofs found. */
export async function withFault(t: TestApp, plant: (p: Planter) => Promise<void>, proofs: (scope: Scope) => Promise<Finding[]>): Promise<Finding[]> {
  let found: Finding[] = []
  await t
    .inside(async (scope) => {
      const { client } = scope
      await client.query('set local role none')
      await client.query('set local session_replication_role = replica')
      await plant({
        scope,
        run: async (text, values = []) => void (await client.query(text, values)),
        row: async (table, values = {}) => {
          const [schema, name] = table.split('.')
          const { rows } = await client.query<{ name: string; type: string }>(
            `select column_name as name, udt_name as type from information_schema.columns where table_schema = $1 and table_name = $2 and is_nullable = 'NO' and column_default is null and is_identity = 'NO'`, [schema, name])
          const given = { company_id: scope.company_id, ...values } as Record<string, unknown>
          const more = rows.filter((r) => !(r.name in given))
          const names = [...Object.keys(given), ...more.map((r) => r.name)]
          const holders = [...Object.keys(given).map((_, i) => `$${i + 1}`), ...more.map((r) => FILL[r.type] ?? `'planted'`)]
          const made = await client.query<Record<string, unknown>>(`insert into ${table} (${names.join(', ')}) values (${holders.join(', ')}) returning *`, Object.values(given))
          return made.rows[0]!
        },
      })
      await client.query('set local role heyuan_app')
      found = await proofs(scope)
      throw new Undone()
    })
    .catch((error: unknown) => {
      if (!(error instanceof Undone)) throw error
    })
  return found
}

// Transactions on the wire: what is asked together, and the COMMIT of a read that waits for company.
import { beforeAll, expect, test } from 'vitest'
import { testApp, type TestApp } from '../../tests/harness.ts'
import { asOwner, inTransaction, openDatabase, readMany } from './db.ts'

let t: TestApp
beforeAll(async () => {
  t = await testApp()
})

test('a write behind a read on the same connection is a transaction of its own, and so is a lone statement', async () => {
  const d = openDatabase(t.url, { max: 1, application_name: 'one' })
  try {
    const company_id = t.company_id
    const read = () => inTransaction(d, { company_id, readOnly: true }, ({ client }) => client.query('select txid_current_snapshot()'))
    const write = (id: string) => inTransaction(d, { company_id }, ({ client }) => client.query(`insert into kernel.request (company_id, request_id, call, input_hash, at) values ($1, $2, 'x', 'x', now())`, [company_id, id]))
    const id = (n: number) => `00000000-0000-4000-8000-00000000000${n}`
    await read()
    await write(id(1))
    await read()
    // Alone: outside any company, and not within the read before it.
    expect((await d.pool.query(`select current_setting('transaction_read_only') as r, coalesce(current_setting('app.company_id', true), '') as c`)).rows).toEqual([{ r: 'off', c: '' }])
    await Promise.all([read(), write(id(2)), read(), write(id(3)), read()])
    expect((await inTransaction(d, { company_id, readOnly: true }, ({ client }) => client.query(`select count(*)::int as n from kernel.request where call = 'x'`))).rows).toEqual([{ n: 3 }])
    await expect(inTransaction(d, { company_id, readOnly: true }, ({ client }) => client.query('delete from kernel.request'))).rejects.toThrow()
    await write(id(4))
  } finally {
    await d.end()
  }
})

test('a read that nothing follows is ended all the same', async () => {
  const d = openDatabase(t.url, { max: 1, application_name: 'lonely' })
  try {
    await inTransaction(d, { company_id: t.company_id, readOnly: true }, ({ client }) => client.query('select 1'))
    const state = () => asOwner(t.url, async (c) => (await c.query<{ state: string }>(`select state from pg_stat_activity where application_name = 'lonely' and datname = current_database() and state is not null order by backend_start limit 1`)).rows[0]?.state)
    await expect.poll(state, { timeout: 120_000 }).toBe('idle')
  } finally {
    await d.end()
  }
})

test('what is read together is of one moment, though another writes between', async () => {
  const ids = [1, 2].map((n) => `00000000-0000-4000-8000-0000000000a${n}`)
  const write = (request_id: string) => inTransaction(t.app.d, { company_id: t.company_id }, ({ client }) => client.query(`insert into kernel.request (company_id, request_id, call, input_hash, at) values ($1, $2, 'moment', 'x', now())`, [t.company_id, request_id]))
  const count = (o: { readOnly: boolean }) => inTransaction(t.app.d, { company_id: t.company_id, ...o }, async ({ client }) => {
    const n = async () => (await client.query<{ n: number }>(`select count(*)::int as n from kernel.request where call = 'moment'`)).rows[0]!.n
    const first = await n()
    await write(ids.pop()!)
    return (await n()) - first
  })
  expect(await count({ readOnly: true })).toBe(0)
  // Who changes something sees what others did while he waited for a lock.
  expect(await count({ readOnly: false })).toBe(1)
})

test('statements read together see one company, and the fault of one is the fault of all', async () => {
  const q = (text: string) => ({ name: text, text, values: [] })
  const [a, b] = await readMany(t.app.d, t.other_company_id, [q(`select current_setting('app.company_id') as c`), q('select count(*)::int as n from identity.member m join identity.company c on c.company_id = m.company_id group by m.company_id')])
  expect(a).toEqual([{ c: String(t.other_company_id) }])
  expect(b).toHaveLength(1)
  await expect(readMany(t.app.d, t.company_id, [q('select 1 as x'), q('select 1/0 as y')])).rejects.toThrow('division')
  expect(await readMany(t.app.d, t.company_id, [q('select 1 as x')])).toEqual([[{ x: 1 }]])
})

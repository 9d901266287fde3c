// The engine: who may, cancelling, dying workers, races, what is left behind.
import { beforeAll, describe, expect, test } from 'vitest'
import { applied, community, digest, previewed, startIt, table, undone, upload } from '../../../../tests/import_kit.ts'
import { expectRefused, rid, testApp, type TestApp } from '../../../../tests/harness.ts'
import { asOwner } from '../../../kernel/db.ts'
import { setClock } from '../../../kernel/clock.ts'
import { property } from '../../property/contract.ts'
import { system } from '../contract.ts'
import { purgeImports } from './purge.ts'

let t: TestApp
beforeAll(async () => {
  t = await testApp()
})
let n = 0
const place = (): Promise<string> => community(t.as('admin'), `引擎小区${++n}`)
const HEAD = ['房号', '建筑面积', '业主', '电话']
const nameOf = (i: number): string => `业主${String(i).replace(/\d/g, (d) => '零壹贰叁肆伍陆柒捌玖'[Number(d)]!)}`
const many = (count: number) => table(HEAD, Array.from({ length: count }, (_, i) => [`${1 + Math.floor(i / 400)}-${1 + (Math.floor(i / 100) % 4)}-${101 + (i % 100)}`, '90', nameOf(i), `138${String(i).padStart(8, '0')}`]))
const jobOf = (import_id: string, name: string) => asOwner(t.url, async (c) => (await c.query<{ job_id: number; state: string; attempts: number; fence: number; done_count: string }>(`select job_id, state, attempts, fence, done_count from kernel.job where name = $1 and payload->>'import_id' = $2 order by job_id desc limit 1`, [name, import_id])).rows[0]!)
const view = (import_id: string) => t.as('admin')(system.import, { import_id })
/**
 * Does something while a job stands in the middle of its work: a lock of ours on a table that it writes holds it there, however fast the machine.
 * `pid` is the connection that waits.
 */
const inTheMiddle = (table_name: string, begin: () => Promise<unknown>, act: (pid: number) => Promise<unknown>): Promise<void> =>
  asOwner(t.url, async (c) => {
    await begin()
    await c.query('begin')
    await c.query(`lock table ${table_name} in share mode`)
    const running = t.drain()
    for (let i = 0; ; i++) {
      const { rows } = await c.query<{ pid: number }>(`select pid from pg_locks where relation = $1::regclass and not granted`, [table_name])
      if (rows[0]) {
        await act(rows[0].pid)
        break
      }
      if (i > 3_000) throw new Error(`the job did not come to ${table_name}`)
      await new Promise((r) => setTimeout(r, 20))
    }
    await c.query('commit')
    await running
  })

/** Houses and persons are written by then, owners are not. */
const midWriting = (import_id: string, act: (pid: number) => Promise<unknown>): Promise<void> => inTheMiddle('people.ownership', () => t.as('admin')(system.applyImport, { import_id }), act)

describe('who may', () => {
  test('another company, another community, another post', async () => {
    const mine = await place()
    const other = await place()
    const d = await previewed(t, { community_id: mine, bytes: await table(HEAD, [['1-1-101', '90', '张三', '']]) })
    const far = await t.hire('manager', { scope_kind: 'community', scope_ids: [other] })
    for (const as of [t.as('other_admin'), far]) {
      await expectRefused(as(system.import, { import_id: d.import_id }), 'kernel.not_found')
      await expectRefused(as(system.importRows, { import_id: d.import_id }), 'kernel.not_found')
      await expectRefused(as(system.importErrors, { import_id: d.import_id }), 'kernel.not_found')
      await expectRefused(as(system.applyImport, { import_id: d.import_id }), 'kernel.not_found')
      await expectRefused(as(system.undoImport, { import_id: d.import_id }), 'kernel.not_found')
      await expectRefused(as(system.cancelImport, { import_id: d.import_id }), 'kernel.not_found')
      expect((await as(system.imports, {})).rows.map((b) => b.import_id)).not.toContain(d.import_id)
    }
    const near = await t.hire('manager', { scope_kind: 'community', scope_ids: [mine] })
    expect((await near(system.import, { import_id: d.import_id })).state).toBe('previewed')
    await expectRefused(t.as('cashier')(system.imports, {}), 'kernel.forbidden')
    const file_id = await upload(t, far.token, 'x.xlsx', await table(HEAD, [['1-1-101', '90', '', '']]))
    await expectRefused(far(system.startImport, { kind: 'people.houses', community_id: mine, file_id }), 'kernel.not_found')
    await expectRefused(near(system.startImport, { kind: 'people.houses', community_id: mine, file_id }), 'system.file_not_found')
    await expectRefused(far(system.importTemplate, { kind: 'people.houses', community_id: mine }), 'kernel.not_found')
  })
})

describe('cancelling', () => {
  test('in the middle of writing 20,000 rows leaves nothing, and it can be applied again', async () => {
    const community_id = await place()
    const d = await previewed(t, { community_id, bytes: await many(20_000) })
    expect(d.view).toMatchObject({ state: 'previewed', bad_count: 0, counts: { new: 20_000 } })
    const before = await digest(t)
    await midWriting(d.import_id, () => t.as('admin')(system.cancelImport, { import_id: d.import_id }))
    expect(await view(d.import_id)).toMatchObject({ state: 'previewed', error: '已取消入库,没有写入任何数据', can: { apply: true } })
    expect(await digest(t)).toBe(before)
  }, 120_000)

  test('in the middle of reading drops the rows; before the job began, at once', async () => {
    const s = await startIt(t, { community_id: await place(), bytes: await many(8_000) })
    const ask = { import_id: s.import_id, sheet_name: s.sheet_name, header_row: s.header_row, mapping: [{ index: 0, field: 'room' }, { index: 1, field: 'built_area_m2' }] }
    await inTheMiddle('system.import_row', () => t.as('admin')(system.previewImport, ask), () => t.as('admin')(system.cancelImport, { import_id: s.import_id }))
    expect((await view(s.import_id)).state).toBe('cancelled')
    const left = await asOwner(t.url, async (c) => (await c.query('select 1 from system.import_row where import_id = $1', [s.import_id])).rowCount)
    expect(left).toBe(0)
    const w = await startIt(t, { community_id: await place(), bytes: await many(10) })
    await t.as('admin')(system.previewImport, { ...ask, import_id: w.import_id })
    await t.as('admin')(system.cancelImport, { import_id: w.import_id })
    expect((await view(w.import_id)).state).toBe('cancelled')
    await t.drain()
    expect((await view(w.import_id)).state).toBe('cancelled')
    await expectRefused(t.as('admin')(system.cancelImport, { import_id: w.import_id }), 'system.wrong_import_state')
  }, 120_000)
})

describe('a worker that dies', () => {
  test('in the middle of writing: the lease runs out and the next one writes it once', async () => {
    const community_id = await place()
    const d = await previewed(t, { community_id, bytes: await many(2_500) })
    const before = await digest(t)
    // The statement is broken off under the worker: whatever the transaction wrote is rolled back, as when the machine dies.
    await midWriting(d.import_id, (pid) => asOwner(t.url, (c) => c.query('select pg_cancel_backend($1)', [pid])))
    const { job_id } = await jobOf(d.import_id, 'system.import_apply')
    expect(await digest(t)).toBe(before)
    expect(await jobOf(d.import_id, 'system.import_apply')).toMatchObject({ state: 'waiting' })
    expect((await view(d.import_id)).state).toBe('applying')
    // A dead worker writes no end: the job still runs under a lease that is over.
    await asOwner(t.url, (c) => c.query(`update kernel.job set state = 'running', lease_until = now() - interval '1 minute' where job_id = $1`, [job_id]))
    await t.drain()
    expect((await view(d.import_id)).state).toBe('applied')
    expect((await t.as('admin')(property.houses, { community_id })).total).toBe(2_500)
    expect((await jobOf(d.import_id, 'system.import_apply')).attempts).toBe(2)
  }, 120_000)

  test('one that was only slow finds its turn gone and rolls back', async () => {
    const community_id = await place()
    const d = await previewed(t, { community_id, bytes: await many(2_500) })
    await midWriting(d.import_id, () => asOwner(t.url, (c) => c.query(`update kernel.job set fence = fence + 1, lease_until = now() - interval '1 minute' where name = 'system.import_apply' and payload->>'import_id' = $1`, [d.import_id])))
    await t.drain()
    expect((await view(d.import_id)).state).toBe('applied')
    expect((await t.as('admin')(property.houses, { community_id })).total).toBe(2_500)
  }, 120_000)

  test('for good: the batch says so and can be taken back by cancelling', async () => {
    const d = await previewed(t, { community_id: await place(), bytes: await many(10) })
    await t.as('admin')(system.applyImport, { import_id: d.import_id })
    const { job_id } = await jobOf(d.import_id, 'system.import_apply')
    await asOwner(t.url, (c) => c.query(`update kernel.job set state = 'failed' where job_id = $1`, [job_id]))
    await asOwner(t.url, (c) => c.query(`update system.import_batch set job_id = $2 where import_id = $1`, [d.import_id, job_id]))
    expect((await view(d.import_id)).error).toContain('后台任务没有完成')
    await t.as('admin')(system.cancelImport, { import_id: d.import_id })
    expect((await view(d.import_id)).can.apply).toBe(true)
  })
})

describe('doubled', () => {
  test('the confirmation sent twice, and by two people at once, writes once', async () => {
    const community_id = await place()
    const d = await previewed(t, { community_id, bytes: await many(20) })
    const ask = { import_id: d.import_id, request_id: rid() }
    const both = await Promise.allSettled([t.as('admin')(system.applyImport, ask), t.as('admin')(system.applyImport, ask), t.as('manager')(system.applyImport, { import_id: d.import_id })])
    expect(both.filter((r) => r.status === 'rejected').map((r) => (r as { reason: { code: string } }).reason.code).every((c) => c === 'system.wrong_import_state')).toBe(true)
    await t.drain()
    expect((await t.as('admin')(property.houses, { community_id })).total).toBe(20)
    const jobs = await asOwner(t.url, async (c) => (await c.query(`select 1 from kernel.job where name = 'system.import_apply' and payload->>'import_id' = $1`, [d.import_id])).rowCount)
    expect(jobs).toBe(1)
  })
  test('two imports of the same houses: the second finds them there', async () => {
    const community_id = await place()
    const [a, b] = [await previewed(t, { community_id, bytes: await many(30) }), await previewed(t, { community_id, bytes: await many(30) })]
    await t.as('admin')(system.applyImport, { import_id: a.import_id })
    await t.as('admin')(system.applyImport, { import_id: b.import_id })
    await t.drain()
    expect((await t.as('admin')(property.houses, { community_id })).total).toBe(30)
    expect((await view(b.import_id)).state).toBe('applied')
  })
})

describe('what is kept', () => {
  test('after 90 days the rows are gone, the batch stays and can do nothing more', async () => {
    const d = await applied(t, { community_id: await place(), bytes: await many(10) })
    setClock(new Date(Date.now() + 91 * 86_400_000).toISOString())
    try {
      await t.inside((s) => purgeImports(s))
    } finally {
      setClock(undefined)
    }
    expect(await view(d.import_id)).toMatchObject({ state: 'applied', can: { undo: 'system.import_expired' } })
    await expectRefused(t.as('admin')(system.undoImport, { import_id: d.import_id }), 'system.import_expired')
    expect((await t.as('admin')(system.importRows, { import_id: d.import_id })).total).toBe(0)
  })
  test('undo of a whole 1,500 row import restores every table', async () => {
    const community_id = await place()
    const before = await digest(t)
    const d = await applied(t, { community_id, bytes: await many(1_500) })
    expect(d.view.state).toBe('applied')
    expect((await undone(t, d.import_id)).state).toBe('undone')
    expect(await digest(t)).toBe(before)
  }, 120_000)
})

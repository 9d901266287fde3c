// A large run whose worker dies between two buildings: the page says how far it got, a second person goes on with it, and what changed
// meanwhile is named and billed by a draft of its own. Chunks of one building each, so that two houses are enough.
import { sql } from 'kysely'
import { beforeAll, expect, test } from 'vitest'
import { billing } from '../../src/modules/billing/contract.ts'
import { storeChunks } from '../../src/modules/billing/server/chunks.ts'
import { previewOf } from '../../src/modules/billing/server/preview.ts'
import { stage, tariff, type Stage } from './stage.ts'

let s: Stage
let fee_item_ids: string[]
beforeAll(async () => {
  s = await stage({ worker_dies_at: 'run.chunk_committed' })
  ;({ fee_item_ids } = await tariff(s))
}, 240_000)

const job = (run_id: string) => s.t.inside(async (x) => (await sql<{ state: string; job_id: number }>`select state, job_id from kernel.job where company_id = ${x.company_id} and name = 'billing.publish' and payload->>'run_id' = ${run_id} order by job_id desc limit 1`.execute(x.db)).rows[0])
const done = (run_id: string) => s.t.inside(async (x) => (await sql<{ n: number }>`select count(*)::int as n from billing.run_chunk where company_id = ${x.company_id} and run_id = ${run_id} and done_at is not null`.execute(x.db)).rows[0]!.n)

test('继续发布 and 补出 after the worker died between two buildings', async () => {
  const period = (await s.t.as('cashier')(billing.nextPeriod, { community_id: s.w.community_id })).period
  const run = await s.t.as('cashier')(billing.createRun, { community_id: s.w.community_id, period, fee_item_ids })
  await s.t.inside(async (x) => storeChunks(x, run.run_id, (await previewOf(x, { run_id: run.run_id, community_id: s.w.community_id, period_on: `${period}-01`, fee_item_ids, house_id: null })).buildings, 1))
  const page = await s.window({ width: 1440, token: s.t.tokens.get('finance')! })
  await page.goto(`${s.base}/admin/billing/runs/${run.run_id}`)
  await page.getByRole('button', { name: '发布', exact: true }).click()
  await page.getByRole('dialog').getByRole('button', { name: '发布' }).click()
  await page.getByText('正在后台分段发布').waitFor()
  await expect.poll(() => done(run.run_id), { timeout: 90_000 }).toBe(1)
  // The worker is dead. Whoever took the job over came no further either and has given up: as a database that is full for a day would leave it.
  const { job_id } = (await job(run.run_id))!
  await s.t.app.d.pool.query(`update kernel.job set state = 'failed', error = $2, ended_at = now(), lease_until = null, fence = fence + 1 where job_id = $1`, [job_id, 'Error: 磁盘空间不足'])
  // A building that is not written yet changes meanwhile.
  const changed = await s.t.inside(async (x) => (await sql<{ name: string }>`with last as (select digests->0->>'building_id' as id from billing.run_chunk where company_id = ${x.company_id} and run_id = ${run.run_id} and done_at is null order by chunk_no desc limit 1),
    h as (update property.house h set built_area_m2 = built_area_m2 + 1 from last where h.company_id = ${x.company_id} and h.building_id = last.id::uuid returning 1)
    select y.name from property.building y, last, (select count(*) from h) n where y.company_id = ${x.company_id} and y.building_id = last.id::uuid`.execute(x.db)).rows[0]!.name)
  await page.getByText('后台发布中断').waitFor()
  await page.getByText('磁盘空间不足').waitFor()
  const residents = async () => (await s.t.as('finance')(billing.run, { run_id: run.run_id })).published_at
  expect(await residents()).toBeNull()
  await page.getByRole('button', { name: '继续发布' }).click()
  await page.getByText('正在后台分段发布').waitFor()
  await s.t.drain()
  await page.getByText(`${changed} 的资料在试算之后有变动`).waitFor()
  await page.getByRole('button', { name: '补出' }).waitFor()
  const published = await s.t.as('finance')(billing.run, { run_id: run.run_id })
  expect(published).toMatchObject({ state: 'published', left_out: [changed] })
  // Whoever pressed it has drafted the rest; the one who drafted the first may publish it.
  await page.getByRole('button', { name: '补出' }).click()
  await page.waitForURL((url) => url.pathname.includes('/billing/runs/') && !url.pathname.endsWith(run.run_id))
  await page.getByRole('button', { name: '发布', exact: true }).waitFor()
  expect(await page.getByRole('button', { name: '发布', exact: true }).isDisabled()).toBe(true)
  const second = await s.window({ width: 1440, token: s.t.tokens.get('manager')! })
  await second.goto(page.url())
  await second.getByRole('button', { name: '发布', exact: true }).click()
  await second.getByRole('dialog').getByRole('button', { name: '发布' }).click()
  await second.getByText('已发布').first().waitFor()
  const { totals } = await s.t.as('manager')(billing.bills, { page: 1, with_totals: true })
  expect(totals?.count).toBe(run.preview.line_count)
}, 240_000)

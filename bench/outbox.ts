// outbox.send: five hundred steps of orders done without network, sent as a phone sends them: fifty in a request, one request after the other,
// each step a transaction of its own with its audit row. The bar is ten seconds; a phone's way to the server is not in it.
import { mkdtempSync, rmSync } from 'node:fs'
import { randomUUID } from 'node:crypto'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { ChildProcess } from 'node:child_process'
import type { Figure } from '../tools/bench.ts'
import { asOwner } from '../src/kernel/db.ts'
import { PORT, headers, post, start, uuid } from './orders.ts'

const BAR_S = 10
const BATCH = 50
/** What each order goes through; a hundred orders, as many as one may have in hand. */
const STEPS = [['arriveOrder', {}], ['suspendOrder', { cause: 'parts' }], ['resumeOrder', {}], ['suspendOrder', { cause: 'absent' }], ['resumeOrder', {}]] as const

export async function run({ url, size }: { url: string; size: number }): Promise<Figure[]> {
  const dir = mkdtempSync(join(tmpdir(), 'heyuan-bench-'))
  const children: ChildProcess[] = []
  try {
    const token = await start(url, dir, children)
    const kinds = (await post(token, 'categories', {})) as { rows: { category_id: string; name: string }[] }
    const input = { source: 'desk', community_id: uuid('c'), house_id: uuid('h1'), category_id: kinds.rows.find((k) => k.name === '水龙头、洁具')!.category_id, words: '水龙头滴水' }
    const ids: string[] = []
    for (let n = 0; n < size / STEPS.length; n++) ids.push(((await post(token, 'createOrder', input)) as { order_id: string }).order_id)
    await asOwner(url, (c) => c.query(`update orders.work_order set state = 'accepted', accepted_at = now(), assigned_at = now(), assignee_id = (select account_id from identity.account where login = 'bench')`))
    const entries = ids.flatMap((order_id) => STEPS.map(([call, more]) => ({ call: `orders.${call}`, chain: order_id, input: { request_id: randomUUID(), order_id, ...more } })))
    const began = performance.now()
    for (let at = 0; at < entries.length; at += BATCH) await send(token, entries.slice(at, at + BATCH))
    const seconds = (performance.now() - began) / 1000
    // The queue once more, as a second tab would: only looked up.
    const again = performance.now()
    for (let at = 0; at < entries.length; at += BATCH) await send(token, entries.slice(at, at + BATCH))
    const replay = (performance.now() - again) / 1000
    const steps = await asOwner(url, async (c) => (await c.query<{ n: number }>(`select count(*)::int as n from orders.step where action <> 'report'`)).rows[0]!.n)
    if (steps !== entries.length) throw new Error(`${steps} steps for ${entries.length} records`)
    return [{ bench: 'outbox.send', size: entries.length, value: Math.round(seconds * 1000) / 1000, unit: 's', limit: BAR_S, ratio: Math.round((seconds / BAR_S) * 1000) / 1000, note: `${BATCH} in a request; the same queue once more in ${replay.toFixed(2)} s, each record once` }]
  } finally {
    for (const c of children) c.kill('SIGKILL')
    rmSync(dir, { recursive: true, force: true })
  }
}

async function send(token: string, entries: readonly unknown[]): Promise<void> {
  const r = await fetch(`http://127.0.0.1:${PORT}/api/batch`, { method: 'POST', headers: headers(token), body: JSON.stringify({ entries }) })
  const { outcomes } = (await r.json()) as { outcomes: { status: number }[] }
  const bad = outcomes.find((o) => o.status !== 200)
  if (bad) throw new Error(JSON.stringify(bad).slice(0, 300))
}

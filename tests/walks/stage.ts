// The product as people meet it: server and worker as processes of their own over a clone of the template, the tiny world in it,
// the simulated gateway beside it, and a browser.
import { fork, type ChildProcess } from 'node:child_process'
import { randomUUID } from 'node:crypto'
import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import AxeBuilder from '@axe-core/playwright'
import { expect, onTestFailed } from 'vitest'
import type { Browser, BrowserContext, Page } from 'playwright-core'
import { makeFront } from '../../src/apps/front.ts'
import { nowIso, nowMs, setClock } from '../../src/kernel/clock.ts'
import { billing } from '../../src/modules/billing/contract.ts'
import { payment } from '../../src/modules/payment/contract.ts'
import { startSim } from '../../src/world/outside/wechat_sim/index.ts'
import { atEnd } from '../at_end.ts'
import { openBrowser } from '../browser.ts'
import { freePort } from '../free_port.ts'
import { testApp, type TestApp } from '../harness.ts'
import { tinyWorld, type TinyWorld } from '../tiny_world.ts'

export interface Stage {
  t: TestApp
  w: TinyWorld
  base: string
  browser: Browser
  /** A fresh browser window of a person, signed in or not. */
  window(o: { width: number; height?: number; face?: 'admin' | 'resident' | 'staff'; token?: string }): Promise<Page>
  /** The hour moves, for the product and for every window (a stage with `at`). */
  itIs(at: string): Promise<void>
}

/**
 * `at`: the hour it is on this stage, in the product and in every window. The server then runs in this process, whose clock a test moves with `itIs`;
 * jobs run when the test says `t.drain()`.
 * `worker_dies_at`: the worker is killed (-9) there, as `HEYUAN_CRASH_AT` names it, and stays dead.
 */
export async function stage(o: { at?: string; worker_dies_at?: string } = {}): Promise<Stage> {
  // Of a stage before this one nothing may be left.
  setClock(o.at)
  const t = await testApp()
  const w = await tinyWorld(t)
  const port = await freePort()
  const base = `http://localhost:${port}`
  const sim = await startSim({ dir: t.data_dir, scale: 0.01, ...(o.at ? { now: () => new Date(nowMs()) } : {}) })
  const env = { ...process.env, HEYUAN_DATABASE_URL: t.url, HEYUAN_DATA: t.data_dir, HEYUAN_MODE: 'test', HEYUAN_PORT: String(port), HEYUAN_LOG: 'quiet' }
  const children: ChildProcess[] = []
  const front = o.at ? await makeFront(t.app) : undefined
  await front?.listen({ port, host: '127.0.0.1' })
  for (const name of o.at ? [] : ['server', 'worker']) {
    const child = fork(join(process.cwd(), `src/apps/${name}.ts`), { env: name === 'worker' && o.worker_dies_at ? { ...env, HEYUAN_CRASH_AT: o.worker_dies_at } : env, stdio: ['ignore', 'inherit', 'inherit', 'ipc'] })
    children.push(child)
    await new Promise<void>((ready, failed) => {
      child.once('message', () => ready())
      child.once('exit', (code) => failed(new Error(`${name} ended with ${code}`)))
    })
  }
  const channel = await t.as('admin')(payment.saveChannel, { kind: 'wechat', name: '微信支付(模拟)', simulated: true, config: { ...sim.config, way: 'h5', notify_base: `http://127.0.0.1:${port}` } })
  await t.as('admin')(payment.setChannel, { channel_id: channel.channel_id, enabled: true })
  // First passwords are changed at the first sign-in; these people have done so.
  await t.app.d.pool.query('update identity.account set must_change = false')
  const browser = await openBrowser()
  const contexts: BrowserContext[] = []
  const pages: Page[] = []
  atEnd(async () => {
    for (const c of contexts) await c.close()
    await browser.close()
    for (const c of children) c.kill('SIGTERM')
    await front?.close()
    setClock(undefined)
    await sim.stop()
  })
  const window: Stage['window'] = async ({ width, height = 900, face = 'admin', token }) => {
    const context = await browser.newContext({ viewport: { width, height }, locale: 'zh-CN', timezoneId: 'Asia/Shanghai', hasTouch: face !== 'admin' })
    contexts.push(context)
    if (token) await context.addCookies([{ name: `heyuan_${face}`, value: token, url: base, httpOnly: true, sameSite: 'Lax' }])
    const page = await context.newPage()
    pages.push(page)
    if (o.at) await page.clock.setFixedTime(nowIso())
    page.setDefaultTimeout(90_000)
    const said: string[] = []
    page.on('pageerror', (e) => said.push(`page error: ${e.message}`))
    page.on('console', (m) => {
      if (m.type() === 'error') said.push(m.text())
    })
    page.on('response', (r) => {
      if (r.status() >= 400) said.push(`${r.status()} ${r.url()}`)
    })
    // What a failure looked like: the picture and what the page said.
    onTestFailed(async (c) => {
      const name = c.task.name.replace(/\W+/g, '-').slice(0, 60)
      await page.screenshot({ path: `test-results/${name}-${width}.png` }).catch(() => {})
      const shown = await page.locator('body').innerText({ timeout: 5000 }).catch(() => '')
      const heard = `${page.url()}\n${said.slice(-10).join('\n')}\n${shown.slice(0, 2000)}`
      mkdirSync('test-results', { recursive: true })
      writeFileSync(`test-results/${name}-${width}-${randomUUID().slice(0, 8)}.txt`, heard)
      console.error(heard)
    })
    return page
  }
  const itIs = async (at: string): Promise<void> => {
    setClock(at)
    for (const p of pages) if (!p.isClosed()) await p.clock.setFixedTime(at)
  }
  return { t, w, base, browser, window, itIs }
}

/** Property fee by area and a bay fee, priced, from the day the houses were handed over. */
export async function tariff(s: Stage): Promise<{ fee_item_ids: string[] }> {
  const as = s.t.as('admin')
  const common = { community_id: s.w.community_id, meter_kind: null, fee_class: 'property' as const, cycle: 'month' as const, season_from: null, season_to: null, proration: 'real_days' as const, bill_unsold: true, due_days: 15, account_code: '6001', sort_no: 1 }
  const fee = await as(billing.saveFeeItem, { ...common, code: 'WY', name: '物业服务费', shape: 'area', area_kind: 'built', unit_name: '元/㎡·月', house_kinds: ['dwelling', 'shop'], applies: 'all' })
  await as(billing.publishPrice, { fee_item_id: fee.fee_item_id, house_kind: null, unit_price: '1.2', from_on: '2025-01-01', basis: '物业服务合同' })
  return { fee_item_ids: [fee.fee_item_id] }
}

/** No violation of WCAG A or AA on what is shown. */
export async function expectAccessible(page: Page): Promise<void> {
  // A toast on its way in or out has the contrast of neither.
  await page.locator('.adm-toast-mask').waitFor({ state: 'hidden' })
  // The legacy mode needs no second page, which a browser without a GPU may refuse.
  const r = await new AxeBuilder({ page: page as never }).setLegacyMode().withTags(['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa']).analyze()
  expect(r.violations.map((v) => `${v.id}: ${v.nodes.map((n) => n.target.join(' ')).slice(0, 3).join(' | ')}`)).toEqual([])
}

/** Writes on the pad that is open, as a finger does, once the sheet stands still. */
export async function sign(page: Page): Promise<void> {
  const pad = page.getByRole('img', { name: '签名:请用手指在此书写' })
  await pad.scrollIntoViewIfNeeded()
  let y = -1
  await expect.poll(async () => { const was = y; y = Math.round((await pad.boundingBox())!.y); return y === was }, { interval: 200, timeout: 120_000 }).toBe(true)
  const box = (await pad.boundingBox())!
  await page.mouse.move(box.x + 20, box.y + 60)
  await page.mouse.down()
  for (let i = 1; i <= 10; i++) await page.mouse.move(box.x + 20 + i * 20, box.y + 60 + (i % 2) * 40)
  await page.mouse.up()
}

/** The sign-in code that went to the phone, from the job that sends it. */
export async function codeSentTo(t: TestApp, phone: string): Promise<string> {
  for (let n = 0; n < 50; n++) {
    const r = await t.app.d.pool.query<{ code: string }>(`select payload->'params'->>'code' as code from kernel.job where name = 'messages.send_sms' and payload->>'phone' = $1 and created_at > now() - interval '1 minute' order by job_id desc limit 1`, [phone])
    if (r.rows[0]?.code) return r.rows[0].code
    await new Promise((done) => setTimeout(done, 200))
  }
  throw new Error('no code was sent')
}

// Rules by the clock: each moment judged once for each device, what nobody knew or looked at acts on nothing, and stands written down.
import mqtt, { type MqttClient } from 'mqtt'
import { sql } from 'kysely'
import { afterAll, afterEach, beforeAll, expect, it } from 'vitest'
import { expectRefused, testApp, type TestApp } from '../../../../tests/harness.ts'
import { tinyWorld, type TinyWorld } from '../../../../tests/tiny_world.ts'
import { setClock } from '../../../kernel/clock.ts'
import { billing } from '../../billing/contract.ts'
import { iot, type RuleBody, type ScheduleTrigger } from '../contract.ts'
import { startGateway, type Gateway } from './gateway/index.ts'
import { runRuleSlot, slotsDue } from './rule_clock.ts'

let t: TestApp
let w: TinyWorld
let g: Gateway
let product_id: string
const fans: { device_id: string; secret: string; client?: MqttClient; heard: string[] }[] = []
const day = '2027-03-04'
const clock = (hm: string, on = day): void => setClock(new Date(`${on}T${hm}:00+08:00`).toISOString())
const at = (hm: string, on = day): string => new Date(`${on}T${hm}:00+08:00`).toISOString()
/** The gateway lives at the moment that the clock says. */
const listens = () => t.inside((s) => sql`update iot.gateway set beat_at = ${s.now}`.execute(s.db))
const say = async (n: number, o: object) => { await fans[n]!.client!.publishAsync(`v1/${fans[n]!.device_id}/telemetry`, JSON.stringify(o), { qos: 1 }); await g.tick() }
const trigger = (more: Partial<ScheduleTrigger> = {}): ScheduleTrigger => ({ kind: 'schedule', times: ['18:30'], days: 'all', weekdays: [], from_on: day, to_on: null, all: true, terms: [{ not: false, device_id: null, on: { kind: 'is', point: 'fan', op: 'equal', value: 1 } }], ...more })
const body = (more: Partial<RuleBody>): RuleBody => ({ trigger: trigger(), hours: null, cool_down_s: 0, level: null, order_category_id: null, command: null, back_command: null, scene_id: null, notify: null, webhook: false, ...more })
const rule = (name: string, more: Partial<RuleBody>) => ({ name, product_id, community_id: w.community_id, device_id: null, body: body(more) })
const due = () => t.inside(slotsDue)
const all = async () => { for (const d of await due()) await t.inside((s) => runRuleSlot(s, d)) }
const slots = async (rule_id: string) => (await t.as('foreman')(iot.ruleSlots, { rule_id })).rows
const stop = (rule_id: string) => t.as('foreman')(iot.stopRule, { rule_id, stopped: true })

beforeAll(async () => {
  t = await testApp()
  w = await tinyWorld(t)
  await t.as('foreman')(iot.loadProducts, {})
  clock('12:00')
  // Sessions of staff last twelve hours; this day is months away.
  await t.app.d.pool.query(`update identity.session set expires_at = '2028-01-01'`)
  product_id = (await t.as('foreman')(iot.products, {})).rows.find((p) => p.code === 'co_garage')!.product_id
  for (const no of ['F-1', 'F-2', 'F-3']) fans.push({ ...(await t.as('foreman')(iot.saveDevice, { community_id: w.community_id, building_id: null, place: '地下车库', product_id, no, name: `风机${no}`, address: null, bus_id: null, gateway_id: null, equipment_id: null, meter_id: null, note: null })), heard: [] } as (typeof fans)[number])
  g = await startGateway(t.app, { mqtt_port: 0, http_port: 0, clock: false, onLost: () => {} })
  // The third is away.
  for (const f of fans.slice(0, 2)) {
    f.client = await mqtt.connectAsync({ host: '127.0.0.1', port: g.mqtt.port, clientId: f.device_id, username: f.device_id, password: f.secret, reconnectPeriod: 0, connectTimeout: 20_000 })
    f.client.on('message', (_topic, b) => void f.heard.push((JSON.parse(b.toString()) as { command: string }).command))
    await f.client.subscribeAsync(`v1/${f.device_id}/cmd/#`)
  }
}, 120_000)
afterEach(() => clock('12:00'))
afterAll(async () => {
  setClock(undefined)
  await Promise.all(fans.map(async (f) => f.client?.endAsync(true)))
  await g?.stop()
})

it('acts once for whom its terms hold, and says of the others why not', async () => {
  clock('18:00')
  const { rule_id } = await t.as('foreman')(iot.saveRule, rule('下班关风机', { level: 'minor', command: { device_id: null, command: 'fan_off', arg: null } }))
  expect((await t.as('foreman')(iot.rules, {})).rows.find((r) => r.rule_id === rule_id)).toMatchObject({ when_text: '每天 18:30,当风机为运行', next_at: at('18:30'), missed_count: 0 })
  clock('18:29')
  await say(0, { fan: 1, co: 3 })
  await say(1, { fan: 0, co: 3 })
  await listens()
  expect(await due()).toEqual([])
  clock('18:31')
  await listens()
  const now = await due()
  expect(now.map((d) => [d.rule.name, d.slot_at, d.missed])).toEqual([['下班关风机', at('18:30'), false]])
  // Two workers, or one that begins anew.
  await Promise.all([t.inside((s) => runRuleSlot(s, now[0]!)), t.inside((s) => runRuleSlot(s, now[0]!))])
  await t.inside((s) => runRuleSlot(s, now[0]!))
  expect(await due()).toEqual([])
  const fires = await t.as('foreman')(iot.ruleFires, { rule_id })
  expect(fires.rows.map((r) => [r.device_name, r.facts, r.acts.map((a) => a.kind)])).toEqual([['风机F-1', '时刻 2027-03-04 18:30,成立的条件 风机 运行', ['alarm', 'command']]])
  expect(await slots(rule_id)).toEqual([expect.objectContaining({ slot_at: at('18:30'), missed: false, fired_count: 1, unmet_count: 1, unknown_count: 1, lines: [
    { device_id: fans[0]!.device_id, device_name: '风机F-1', met: 'yes', text: '风机 运行' }, { device_id: fans[2]!.device_id, device_name: '风机F-3', met: 'unknown', text: '风机 不明' }, { device_id: fans[1]!.device_id, device_name: '风机F-2', met: 'no', text: '风机 停' },
  ] })])
  expect((await t.as('foreman')(iot.commands, { device_id: fans[0]!.device_id })).total).toBe(1)
  expect((await t.as('foreman')(iot.commands, { device_id: fans[1]!.device_id })).total).toBe(0)
  // The next day it does not run: the alarm of the day before is over.
  const raised = async () => (await t.as('foreman')(iot.alarms, { open: true, page_size: 50 })).rows.filter((a) => a.kind === `rule:${rule_id}`).length
  expect(await raised()).toBe(1)
  clock('18:31', '2027-03-05')
  await say(0, { fan: 0 })
  await listens()
  await all()
  expect(await raised()).toBe(0)
  // Who has said nothing since yesterday is not taken for off.
  expect((await slots(rule_id))[0]).toMatchObject({ fired_count: 0, unmet_count: 1, unknown_count: 2 })
  await stop(rule_id)
})
it('does not act when no gateway listens: it waits, then the moment is missed and stays so', async () => {
  clock('18:00')
  const { rule_id } = await t.as('foreman')(iot.saveRule, rule('无人监听', { notify: 'handle' }))
  const bare = await t.as('foreman')(iot.saveRule, rule('到时就通知', { trigger: trigger({ terms: [] }), notify: 'handle' }))
  clock('18:29')
  await say(0, { fan: 1, co: 3 })
  await listens()
  // Nine minutes later nobody has heard anything; what needs no knowledge is done.
  clock('18:38')
  expect((await due()).map((d) => d.rule.name)).toEqual(['到时就通知'])
  await all()
  clock('18:41')
  await all()
  expect(await slots(rule_id)).toEqual([expect.objectContaining({ missed: true, fired_count: 0, lines: [] })])
  await listens()
  await all()
  expect((await t.as('foreman')(iot.ruleFires, { rule_id })).total).toBe(0)
  expect((await t.as('foreman')(iot.rules, {})).rows.find((r) => r.rule_id === rule_id)).toMatchObject({ missed_count: 1, next_at: at('18:30', '2027-03-05') })
  expect((await slots(bare.rule_id))[0]).toMatchObject({ missed: false, fired_count: 3 })
  // Changed after its moment, or begun again, it does not catch up.
  await stop(bare.rule_id)
  clock('18:40', '2027-03-05')
  await t.as('foreman')(iot.stopRule, { rule_id: bare.rule_id, stopped: false })
  expect((await due()).filter((d) => d.rule.rule_id === bare.rule_id)).toEqual([])
  await stop(bare.rule_id)
  await stop(rule_id)
})
it('tells once for several devices, on the days of the calendar', async () => {
  await t.as('admin')(billing.saveDaysOff, { year: 2027, off: ['2027-03-05'], works: [] })
  clock('18:00')
  const { rule_id } = await t.as('foreman')(iot.saveRule, rule('上班前巡查', { trigger: trigger({ days: 'work', times: ['08:00'], terms: [] }), notify: 'handle' }))
  // Friday rests.
  clock('08:01', '2027-03-05')
  expect(await due()).toEqual([])
  clock('08:01', '2027-03-08')
  await all()
  const fires = (await t.as('foreman')(iot.ruleFires, { rule_id })).rows
  expect(fires.map((r) => r.acts.length).sort()).toEqual([0, 0, 1])
  expect(fires.filter((r) => r.acts.length === 0).map((r) => r.did)).toEqual(['同一时刻已做', '同一时刻已做'])
  await stop(rule_id)
})
it('tries on what was measured when it would have fired', async () => {
  clock('18:29')
  await say(0, { fan: 1 })
  await say(1, { fan: 0 })
  clock('18:50')
  const tried = await t.as('foreman')(iot.tryRule, { ...rule('试', { notify: 'handle', trigger: trigger({ from_on: '2027-06-01', times: ['18:30', '18:45'] }) }), days: 1 })
  // At a quarter to seven nobody had spoken for longer than the product allows.
  expect(tried.rows).toEqual([{ device_name: '风机F-1', at: at('18:30'), facts: '风机 运行' }])
  expect(tried).toMatchObject({ fire_count: 1, sample_count: 2, cut: false })
  const silent = await t.as('foreman')(iot.tryRule, { ...rule('试', { notify: 'handle', trigger: trigger({ times: ['18:45'], terms: [{ not: false, device_id: null, on: { kind: 'no_data', for_s: 900 } }, { not: true, device_id: fans[2]!.device_id, on: { kind: 'is', point: 'co', op: 'above', value: 10 } }], all: false }) }), days: 1 })
  expect(silent.fire_count).toBe(3)
})
it('is written with what a clock can mean', async () => {
  const wrong = (more: Partial<RuleBody>) => expectRefused(t.as('foreman')(iot.saveRule, rule('错', { notify: 'handle', ...more })), 'iot.rule_wrong')
  await wrong({ hours: { from_h: 1, to_h: 2 } })
  await wrong({ cool_down_s: 60 })
  await wrong({ trigger: trigger({ days: 'week', weekdays: [] }) })
  await wrong({ trigger: trigger({ to_on: '2027-03-01' }) })
  await wrong({ trigger: trigger({ terms: [{ not: false, device_id: null, on: { kind: 'is', point: 'nothing', op: 'equal', value: 1 } }] }) })
  await wrong({ command: { device_id: null, command: 'fan_on', arg: null }, back_command: { device_id: null, command: 'fan_off', arg: null } })
  await expectRefused(t.as('foreman')(iot.saveRule, rule('错', { notify: 'handle', trigger: trigger({ terms: [{ not: false, device_id: '00000000-0000-4000-8000-000000000009', on: { kind: 'is', point: 'fan', op: 'equal', value: 1 } }] }) })), 'iot.elsewhere')
})

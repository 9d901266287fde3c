// Scenes by hand, by the clock and by a rule of several devices; limits held between two values.
import mqtt, { type MqttClient } from 'mqtt'
import { afterAll, afterEach, beforeAll, expect, it } from 'vitest'
import { expectRefused, testApp, type TestApp } from '../../../../../tests/harness.ts'
import { tinyWorld, type TinyWorld } from '../../../../../tests/tiny_world.ts'
import { until } from '../../../../../tests/until.ts'
import { dayOf, setClock } from '../../../../kernel/clock.ts'
import { billing } from '../../../billing/contract.ts'
import { iot, type RuleBody, type SceneStep } from '../../contract.ts'
import { dueNow, runSlot, type Due } from '../schedules.ts'
import { startGateway, type Gateway } from './index.ts'

let t: TestApp
let w: TinyWorld
let g: Gateway
const products = new Map<string, string>()
interface Fan {
  device_id: string
  secret: string
  client?: MqttClient
  heard: string[]
}
const fans: Fan[] = []
const register = async (no: string, code = 'co_garage') => t.as('foreman')(iot.saveDevice, { community_id: w.community_id, building_id: null, place: '地下车库', product_id: products.get(code)!, no, name: `设备${no}`, address: null, bus_id: null, gateway_id: null, equipment_id: null, meter_id: null, note: null })
async function connect(f: Fan): Promise<void> {
  f.client = await mqtt.connectAsync({ host: '127.0.0.1', port: g.mqtt.port, clientId: f.device_id, username: f.device_id, password: f.secret, reconnectPeriod: 0, connectTimeout: 20_000 })
  f.client.on('message', (topic, body) => {
    const c = JSON.parse(body.toString()) as { command: string }
    f.heard.push(c.command)
    f.client!.publish(`${topic}/reply`, JSON.stringify({ ok: true }), { qos: 1 })
    // The test may be over before the broker has said that it heard this.
    say(f, { fan: c.command === 'fan_on' ? 1 : 0 }).catch(() => {})
  })
  await f.client.subscribeAsync(`v1/${f.device_id}/cmd/#`)
}
// With its age: the clock of these tests jumps by months, and what has no time after such a gap is in doubt (ADR 0579).
const say = (f: Fan, o: object) => f.client!.publishAsync(`v1/${f.device_id}/telemetry`, JSON.stringify({ age_s: 0, ...o }), { qos: 1 })
const step = (command: string, device_ids: string[] = []): SceneStep => ({ product_id: products.get('co_garage')!, device_ids, command, arg: null })
const save = (name: string, body: SceneStep[]) => t.as('foreman')(iot.saveScene, { community_id: w.community_id, name, body })
const settled = (run_id: string) => until(async () => { const r = await t.as('foreman')(iot.sceneRun, { run_id }); return r.items.every((i) => !['queued', 'sent', 'accepted'].includes(i.state)) && r })
const body = (more: Partial<RuleBody>): RuleBody => ({ trigger: { kind: 'threshold', point: 'co', op: 'above', limit: 30, back: 20, for_s: 0 }, hours: null, cool_down_s: 0, level: null, order_category_id: null, command: null, back_command: null, scene_id: null, notify: null, webhook: false, ...more })

beforeAll(async () => {
  t = await testApp()
  w = await tinyWorld(t)
  await t.as('foreman')(iot.loadProducts, {})
  for (const p of (await t.as('foreman')(iot.products, {})).rows) products.set(p.code, p.product_id)
  for (const no of ['F-1', 'F-2', 'F-3']) fans.push({ ...(await register(no)), heard: [] } as Fan)
  g = await startGateway(t.app, { mqtt_port: 0, http_port: 0, clock: false, onLost: () => {} })
  // The third is away.
  for (const f of fans.slice(0, 2)) {
    await connect(f)
    await say(f, { fan: 0, co: 3 })
  }
  await g.tick()
}, 120_000)
afterEach(() => setClock(undefined))
afterAll(async () => {
  await Promise.all(fans.map(async (f) => f.client?.endAsync(true)))
  await g?.stop()
})

it('tells each device for itself, and says of each what came of it', async () => {
  const { scene_id } = await save('全部风机开', [step('fan_on')])
  const guard = await t.hire('guard_head')
  const done = await guard(iot.runScene, { scene_id, reason: '巡查' })
  expect(done).toMatchObject({ sent_count: 2, not_sent_count: 1 })
  const r = await settled(done.run_id)
  expect(r.items.map((i) => [i.device_name, i.state, i.why])).toEqual([['设备F-1', 'confirmed', null], ['设备F-2', 'confirmed', null], ['设备F-3', 'not_sent', '设备不在线']])
  expect(r).toMatchObject({ total_count: 3, confirmed_count: 2, not_sent_count: 1, source: 'hand' })
  // What comes later is not told afterwards what it missed.
  await connect(fans[2]!)
  await say(fans[2]!, { fan: 0, co: 3 })
  await g.tick()
  expect(fans[2]!.heard).toEqual([])
  expect((await t.as('foreman')(iot.scenes, {})).rows[0]).toMatchObject({ device_count: 3, last_run: { run_id: done.run_id }, can: { run: true, write: true } })
})
it('holds nothing that endangers somebody, nothing of another place, and is written by those who may', async () => {
  const guard = await t.hire('guard_head')
  await expectRefused(guard(iot.saveScene, { community_id: w.community_id, name: '乱', body: [step('fan_on')] }), 'kernel.forbidden')
  await expectRefused(save('停泵', [{ product_id: products.get('pump_room')!, device_ids: [], command: 'stop1', arg: null }]), 'iot.scene_wrong')
  await expectRefused(save('外人', [step('fan_on', ['00000000-0000-4000-8000-000000000009'])]), 'iot.scene_wrong')
  await expectRefused(save('全部风机开', [step('fan_off')]), 'iot.scene_taken')
  const none = await t.hire('guard_head', { scope_kind: 'community', scope_ids: ['00000000-0000-4000-8000-000000000009'] })
  const { rows } = await t.as('foreman')(iot.scenes, {})
  await expectRefused(none(iot.runScene, { scene_id: rows[0]!.scene_id }), 'kernel.not_found')
})
it('by the clock: working days of the calendar, each instant once, and what was missed stays missed', async () => {
  const { scene_id } = await save('傍晚开风机', [step('fan_on', [fans[0]!.device_id])])
  // A Thursday; the Friday after it rests by the calendar.
  const day = '2027-03-04'
  await t.as('admin')(billing.saveDaysOff, { year: 2027, off: ['2027-03-05'], works: [] })
  const clock = (hm: string, on = day): void => setClock(new Date(`${on}T${hm}:00+08:00`).toISOString())
  clock('12:00')
  // Sessions of staff last twelve hours; this day is months away.
  await t.app.d.pool.query(`update identity.session set expires_at = '2028-01-01'`)
  const { schedule_id } = await t.as('foreman')(iot.saveSchedule, { scene_id, from_on: day, to_on: null, days: 'work', weekdays: [], times: ['18:30', '06:00'] })
  const due = () => t.inside(dueNow)
  clock('18:29')
  expect(await due()).toEqual([])
  clock('18:31')
  const now = await due()
  expect(now.map((d: Due) => [d.schedule_id, d.missed])).toEqual([[schedule_id, false]])
  await Promise.all([t.inside((s) => runSlot(s, now[0]!)), t.inside((s) => runSlot(s, now[0]!))])
  expect(await due()).toEqual([])
  const runs = await t.as('foreman')(iot.sceneRuns, { scene_id })
  expect(runs.rows.map((r) => [r.source, r.missed, r.total_count])).toEqual([['schedule', false, 1]])
  // Friday rests; on Monday at seven nothing had run since before six.
  clock('07:00', '2027-03-05')
  expect(await due()).toEqual([])
  clock('07:00', '2027-03-08')
  const late = await due()
  expect(late.map((d) => [dayOf(d.slot_at), d.missed])).toEqual([['2027-03-08', true]])
  await t.inside((s) => runSlot(s, late[0]!))
  expect((await t.as('foreman')(iot.sceneRuns, { scene_id })).rows[0]).toMatchObject({ missed: true, total_count: 0 })
  expect((await t.as('foreman')(iot.scene, { scene_id })).schedules[0]).toMatchObject({ days_text: '工作日', missed_count: 1, next_at: new Date('2027-03-08T18:30:00+08:00').toISOString() })
  await t.as('foreman')(iot.stopSchedule, { schedule_id, stopped: true })
  clock('18:31', '2027-03-08')
  expect(await due()).toEqual([])
  setClock(undefined)
})
it('keeps a value within its limits: on beyond one, off behind the other', async () => {
  const [one] = fans as [Fan]
  await say(one, { fan: 0 })
  const { rule_id } = await t.as('foreman')(iot.saveRule, { name: '一氧化碳控制', product_id: products.get('co_garage')!, community_id: null, device_id: one.device_id, body: body({ command: { device_id: null, command: 'fan_on', arg: null }, back_command: { device_id: null, command: 'fan_off', arg: null } }) })
  await g.reload()
  const before = one.heard.length
  const all_done = () => until(async () => (await t.as('foreman')(iot.commands, { device_id: one.device_id })).rows.every((r) => !['queued', 'sent', 'accepted'].includes(r.state)))
  await say(one, { co: 45 })
  await g.actor.settle()
  await until(async () => one.heard.length === before + 1)
  await all_done()
  await say(one, { co: 25 })
  await g.actor.settle()
  // A gateway that begins anew knows that its command still holds.
  await g.reload()
  await say(one, { co: 12 })
  await g.actor.settle()
  await until(async () => one.heard.length === before + 2)
  await all_done()
  expect(one.heard.slice(before)).toEqual(['fan_on', 'fan_off'])
  expect((await t.as('foreman')(iot.ruleFires, { rule_id })).rows.map((r) => r.did)).toEqual(['恢复:命令「关风机」', '命令「开风机」'])
  await t.as('foreman')(iot.stopRule, { rule_id, stopped: true })
})
it('two devices together play a scene, tell those above, and say which conditions held', async () => {
  const [one, two, three] = fans as [Fan, Fan, Fan]
  await Promise.all(fans.map((f) => say(f, { fan: 0, co: 3 })))
  const { scene_id } = await save('应急排风', [step('fan_on', [three.device_id])])
  const above = (f: Fan): { not: boolean; device_id: string; on: { kind: 'threshold'; point: string; op: 'above'; limit: number; back: number; for_s: number } } => ({ not: false, device_id: f.device_id, on: { kind: 'threshold', point: 'co', op: 'above', limit: 30, back: 20, for_s: 0 } })
  const rule = { name: '两处同时超限', product_id: products.get('co_garage')!, community_id: null, device_id: null, body: body({ trigger: { kind: 'group', all: true, within_s: 600, terms: [above(one), above(two)] }, level: 'critical', scene_id, notify: 'above' }) }
  await expectRefused(t.as('foreman')(iot.saveRule, { ...rule, body: { ...rule.body, command: { device_id: null, command: 'fan_on', arg: null } } }), 'iot.rule_wrong')
  const { rule_id } = await t.as('foreman')(iot.saveRule, rule)
  await g.reload()
  await say(one, { co: 40 })
  await g.actor.settle()
  expect((await t.as('foreman')(iot.ruleFires, { rule_id })).total).toBe(0)
  await say(two, { co: 50 })
  await g.actor.settle()
  const fires = await t.as('foreman')(iot.ruleFires, { rule_id })
  expect(fires.rows[0]!.facts).toContain('设备F-1 一氧化碳 40.0 ppm')
  expect(fires.rows[0]!.facts).toContain('设备F-2 一氧化碳 50.0 ppm')
  expect(fires.rows[0]!.did).toMatch(/^报警、场景「应急排风」发出 1 台、通知 \d+ 人$/)
  await until(async () => three.heard.includes('fan_on'))
  const a = (await t.as('foreman')(iot.alarms, { open: true, page_size: 50 })).rows.find((x) => x.kind === `rule:${rule_id}`)!
  expect(a.level).toBe('critical')
  const tried = await t.as('foreman')(iot.tryRule, { ...rule, days: 1 })
  expect(tried.fire_count).toBeGreaterThanOrEqual(1)
  expect((await t.as('foreman')(iot.rules, {})).rows.find((r) => r.rule_id === rule_id)).toMatchObject({ then_text: '紧急报警、场景「应急排风」、通知上级' })
})

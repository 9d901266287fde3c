// What carries no time and may have waited somewhere is recorded and told, and moves nothing (H2): after an outage of the device, of us, or of the database, and when the device says that
// it has sent it before. A device without a clock that speaks as usual is believed.
import mqtt, { type MqttClient } from 'mqtt'
import { sql } from 'kysely'
import { afterAll, afterEach, beforeAll, describe, expect, it, test } from 'vitest'
import { testApp, type TestApp } from '../../../../../tests/harness.ts'
import { oneDevice } from '../../../../../tests/one_device.ts'
import { tinyWorld } from '../../../../../tests/tiny_world.ts'
import { until } from '../../../../../tests/until.ts'
import { setClock } from '../../../../kernel/clock.ts'
import { iot, type RuleBody } from '../../contract.ts'
import { startGateway, type Gateway } from './index.ts'
import { arrived, inDoubt, SETTLE_MS, through, type Line } from './line.ts'
import { readEvents } from './message.ts'

const LIMIT = 120_000
const line = (through_ms: number | null): Line => ({ through_ms, doubt_until_ms: 0, failing: false })
test('doubt begins with a gap, ends by itself, and neither a sign of life nor what failed ends it', () => {
  const m = line(0)
  arrived(m, LIMIT, LIMIT)
  expect(inDoubt(m, LIMIT, false)).toBe(false)
  expect(inDoubt(m, LIMIT, true)).toBe(true)
  arrived(m, LIMIT, LIMIT + 1)
  through(m, LIMIT + 1, true)
  expect([inDoubt(m, LIMIT + SETTLE_MS, false), inDoubt(m, LIMIT + 1 + SETTLE_MS, false)]).toEqual([true, false])
  // Signs of life keep it believed, unless the last message could not be stored.
  const quiet = line(0)
  through(quiet, 100_000, false)
  arrived(quiet, LIMIT, 200_000)
  expect(inDoubt(quiet, 200_000, false)).toBe(false)
  quiet.failing = true
  through(quiet, 300_000, false)
  arrived(quiet, LIMIT, 400_000)
  expect(inDoubt(quiet, 400_000, false)).toBe(true)
  const never = line(null)
  arrived(never, LIMIT, 5)
  expect(inDoubt(never, 5, false)).toBe(false)
})
test('a device without a clock may say how long ago', () => {
  const read = (o: object) => { const r = readEvents(Buffer.from(JSON.stringify({ kind: 'hello', ...o })), 1e12, LIMIT, () => 'own'); return r.ok && r.items[0] }
  expect(read({ age_s: 3 })).toMatchObject({ at_ms: 1e12 - 3000, own_time: true, replay: false, key: 'own' })
  expect(read({ age_s: 600, id: 7 })).toMatchObject({ at_ms: 1e12 - 600_000, own_time: true, replay: true, key: '7' })
  for (const o of [{ age_s: -1 }, { age_s: '3' }, { age_s: 1e12 }, {}, { ts: 0 }]) expect(read(o)).toMatchObject({ at_ms: 1e12, own_time: false })
})

describe('at the doors', () => {
  let t: TestApp
  let g: Gateway
  let client: MqttClient | undefined
  let device: { device_id: string; secret: string | null; product_id: string }
  const foreman = () => t.as('foreman')
  const start = async (): Promise<void> => { g = await startGateway(t.app, { mqtt_port: 0, http_port: 0, clock: false, onLost: () => {} }) }
  const connect = async (): Promise<void> => {
    client = await mqtt.connectAsync({ host: '127.0.0.1', port: g.mqtt.port, clientId: device.device_id, username: device.device_id, password: device.secret!, reconnectPeriod: 0, connectTimeout: 20_000 })
    client.on('message', (topic) => void client!.publish(`${topic}/reply`, JSON.stringify({ ok: true }), { qos: 1 }))
    await client.subscribeAsync(`v1/${device.device_id}/cmd/#`)
    await g.tick()
  }
  const later = (s: number): void => setClock(new Date(Date.now() + s * 1000).toISOString())
  const tell = (o: object = {}, dup = false) => client!.publishAsync(`v1/${device.device_id}/event`, JSON.stringify({ kind: 'hello', ...o }), { qos: 1, dup })
  const say = (o: object) => client!.publishAsync(`v1/${device.device_id}/telemetry`, JSON.stringify(o), { qos: 1 })
  /** Of the last firing: whether it gave its command. */
  const fires = async (rule_id: string) => {
    await g.actor.settle()
    return (await foreman()(iot.ruleFires, { rule_id, page_size: 50 })).rows
  }
  const last = async (rule_id: string): Promise<[n: number, told: string | null | undefined]> => {
    const list = await fires(rule_id)
    const command = list[0]?.acts.find((a) => a.kind === 'command')
    return [list.length, command?.state === 'failed' ? command.told : null]
  }
  const sources = () => t.inside(async (s) => (await sql<{ src: string }>`select src from iot.event where company_id = ${s.company_id} order by received_at, key`.execute(s.db)).rows.map((r) => r.src))
  const idle = () => until(async () => (await foreman()(iot.commands, { device_id: device.device_id, page_size: 50 })).rows.every((c) => !['queued', 'sent'].includes(c.state)))
  const body = (more: Partial<RuleBody>): RuleBody => ({ trigger: { kind: 'event', event: 'hello' }, hours: null, cool_down_s: 0, level: 'major', order_category_id: null, command: { device_id: null, command: 'ring', arg: null }, back_command: null, scene_id: null, notify: null, webhook: false, ...more })
  async function rule(name: string, more: Partial<RuleBody>): Promise<string> {
    const { rule_id } = await foreman()(iot.saveRule, { name, product_id: device.product_id, community_id: null, device_id: device.device_id, body: body(more) })
    await g.actor.loadAll()
    return rule_id
  }
  let event_rule: string
  const UNDATED = '未执行:时间不明'

  beforeAll(async () => {
    t = await testApp()
    const w = await tinyWorld(t)
    device = await oneDevice(t, w, { no: 'CK-1', name: '车库一', place: '车库', model: (m) => ({ events: [{ key: 'hello', name: '手报', level: 'critical' }], commands: [...m.commands, { key: 'ring', name: '响铃', safety: 'comfort', arg: null, ttl_s: 10, idempotent: false, confirm: null, where: null, value: null }] }) })
    await start()
    await connect()
    await say({ ts: Date.now(), co: 1 })
    event_rule = await rule('手报响铃', {})
  }, 120_000)
  afterEach(() => setClock(undefined))
  afterAll(async () => {
    await client?.endAsync(true)
    await g?.stop()
  })

  it('believes a device without a clock that speaks as usual, and not one that says it has sent it before', async () => {
    await tell()
    expect(await last(event_rule)).toEqual([1, null])
    await idle()
    await tell({}, true)
    expect(await last(event_rule)).toEqual([2, UNDATED])
    expect(await sources()).toEqual(['live', 'undated'])
    const a = (await foreman()(iot.alarms, { page_size: 50 })).rows.find((x) => x.kind === 'hello')!
    expect((await foreman()(iot.alarm, { alarm_id: a.alarm_id })).facts.map((f) => f.name)).toContain('时间不明')
    // With its time it is known not to be old, though it was sent before.
    await idle()
    await tell({ ts: Date.now(), id: 'dated' }, true)
    expect(await last(event_rule)).toEqual([3, null])
    await idle()
  })
  it('after an outage of the device: told for a while and nothing is moved, then as usual again', async () => {
    const [n] = await last(event_rule)
    await client!.endAsync(true)
    later(3600)
    await connect()
    await tell()
    expect(await last(event_rule)).toEqual([n + 1, UNDATED])
    later(3601)
    await tell({ age_s: 1 })
    expect(await last(event_rule)).toEqual([n + 2, null])
    await idle()
    later(3600 + 31)
    await tell()
    expect(await last(event_rule)).toEqual([n + 3, null])
    await idle()
  })
  it('after an outage of ours; and by HTTP', async () => {
    const [n] = await last(event_rule)
    later(7200)
    await client!.endAsync(true)
    await g.tick()
    await g.stop()
    later(10_800)
    await start()
    const post = await fetch(`http://127.0.0.1:${g.push.port}/v1/${device.device_id}/event`, { method: 'POST', headers: { authorization: `Bearer ${device.secret}` }, body: JSON.stringify({ kind: 'hello' }) })
    expect(post.status).toBe(200)
    expect(await last(event_rule)).toEqual([n + 1, UNDATED])
    await connect()
    await tell()
    expect(await last(event_rule)).toEqual([n + 2, UNDATED])
    later(10_800 + 31)
    await tell()
    expect(await last(event_rule)).toEqual([n + 3, null])
    await idle()
  })
  it('a limit that an undated value passes after an outage is told; the next certain value moves or ends it, and no uncertain one ends anything', async () => {
    const rule_id = await rule('一氧化碳高', { trigger: { kind: 'threshold', point: 'co', op: 'above', limit: 50, back: 40, for_s: 0 } })
    later(20_000)
    await say({ co: 70 })
    expect(await last(rule_id)).toEqual([1, UNDATED])
    later(20_001)
    await say({ co: 5 })
    await g.actor.settle()
    const open = async () => (await foreman()(iot.alarms, { page_size: 50 })).rows.find((a) => a.kind === `rule:${rule_id}`)!.state
    expect(await open()).toBe('active')
    later(20_031)
    await say({ co: 71 })
    expect(await last(rule_id)).toEqual([2, null])
    await idle()
    await say({ co: 5 })
    await g.actor.settle()
    expect(await open()).toBe('cleared')
    const samples = await t.inside(async (s) => (await sql<{ src: string }>`select src from iot.sample where company_id = ${s.company_id} and point = 'co' order by received_at, at desc limit 20`.execute(s.db)).rows.map((r) => r.src))
    expect(samples.filter((x) => x === 'replay')).toHaveLength(2)
  })
})
